import requests

import helper


def main_handler(event, context):
    return helper.greet(requests.get(event["url"]).text)
