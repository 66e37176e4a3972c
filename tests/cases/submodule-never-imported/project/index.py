import logging
import urllib
import xml.etree.ElementTree


def main_handler(event, context):
    logging.getLogger().addHandler(logging.handlers.MemoryHandler(10))
    xml.etree.ElementTree.fromstring("<a/>")
    return urllib.parse.quote(event["path"])
