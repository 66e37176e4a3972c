import json


def main_handler(event, context):
    return "ok"
