import ConfigParser
from urllib.parse import quote


def main_handler(event, context):
    return "ok"
