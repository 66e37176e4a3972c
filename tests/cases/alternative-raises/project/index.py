try:
    import yaml
except ImportError:
    raise RuntimeError("pip install PyYAML")


def main_handler(event, context):
    return "ok"
