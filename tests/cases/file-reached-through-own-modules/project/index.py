from app.service import answer


def main_handler(event, context):
    return "ok"
