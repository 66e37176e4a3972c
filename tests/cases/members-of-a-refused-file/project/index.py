import os


def main_handler(event, context):
    print "in", os.getcwdu()
    return unicode(event)
