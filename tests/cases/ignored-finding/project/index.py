import ujson
import yaml


def main_handler(event, context):
    return "ok"
