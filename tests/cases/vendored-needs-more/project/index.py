import pocket


def main_handler(event, context):
    return "ok"
