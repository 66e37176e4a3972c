import nowhere


def main_handler(event, context):
    return nowhere
