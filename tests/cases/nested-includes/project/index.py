import requests
import six


def main_handler(event, context):
    return "ok"
