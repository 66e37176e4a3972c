import queue


def main_handler(event, context):
    return queue.push(event)
