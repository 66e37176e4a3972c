def main_handler(event, context):
    return {"statusCode": 200}
