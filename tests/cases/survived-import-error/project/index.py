try:
    from streams import fast
except ImportError:
    fast = None


def main_handler(event, context):
    return fast is None
