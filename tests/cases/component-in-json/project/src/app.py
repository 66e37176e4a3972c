import helper


def run(event, context):
    return helper.fetch()
