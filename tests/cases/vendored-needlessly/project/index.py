import six


def main_handler(event, context):
    return six.__doc__
