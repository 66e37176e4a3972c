import app


def main_handler(event, context):
    return "ok"
