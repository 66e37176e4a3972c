import charset_normalizer
import markupsafe


def main_handler(event, context):
    return str(markupsafe.escape(charset_normalizer.detect(event)))
