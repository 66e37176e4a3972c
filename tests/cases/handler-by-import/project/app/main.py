def run(event, context):
    import ujson

    return ujson.dumps(event)
