def main_handler(event, context):
    body = event["body"]
    data = body.encode("utf-8")
    return {"body": data}
