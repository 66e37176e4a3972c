from dataclasses import dataclass


def main_handler(event, context):
    return "ok"
