from enum import Enum


def main_handler(event, context):
    return str(Enum)
