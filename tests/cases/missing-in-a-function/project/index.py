def faster(text):
    import ujson
    return ujson.loads(text)


def main_handler(event, context):
    return "ok"
