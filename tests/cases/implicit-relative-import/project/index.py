from app import main


def main_handler(event, context):
    return "ok"
