def main_handler(event, context):
    import ujson
    return ujson.dumps(event)
