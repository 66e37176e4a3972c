import iniparse


def main_handler(event, context):
    return iniparse.__name__
