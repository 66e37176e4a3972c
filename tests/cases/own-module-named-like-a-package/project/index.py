import docker


def main_handler(event, context):
    return "ok"
