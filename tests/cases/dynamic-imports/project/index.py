import importlib

ujson = importlib.import_module("ujson")
yaml = __import__("yaml")


def main_handler(event, context):
    return "ok"
