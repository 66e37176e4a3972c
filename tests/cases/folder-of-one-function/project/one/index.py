def main_handler(event, context):
    return f"{event}"
