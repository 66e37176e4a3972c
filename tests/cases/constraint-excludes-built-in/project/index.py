import requests


def main_handler(event, context):
    return "ok"
