try:
    import formatting
except SyntaxError:
    import formatting_2 as formatting

try:
    import printing
except Exception:
    import printing_3 as printing


def main_handler(event, context):
    printing.show(formatting.name("a"))
    return formatting.name("b")
