from compat import DEBUG, string_types, text_type

try:
    from compat import urlopen
except ImportError:
    urlopen = None


def other():
    from compat import quote


def main_handler(event, context):
    return text_type(event)
