try:
    import yaml
except ImportError:
    yaml = None


def main_handler(event, context):
    return "ok"
