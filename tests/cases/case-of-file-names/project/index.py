from actions.utils import retry


def main_handler(event, context):
    return "ok"
