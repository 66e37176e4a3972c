import oldlib


def main_handler(event, context):
    return oldlib.is_mapping(event)
