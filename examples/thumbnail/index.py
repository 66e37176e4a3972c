# -*- coding: utf-8 -*-
"""Makes thumbnails of the images that are uploaded to a COS bucket.

Deployed on a COS trigger ("object created"), with the handler `index.main_handler`.
"""
from __future__ import print_function

import json
import logging

import events
import settings
import storage
import thumbnails

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def main_handler(event, context):
    """Make every thumbnail of every image that the event names; return their keys."""
    config = settings.load()
    client = storage.client(config["region"])
    made = []
    for upload in events.uploads(event):
        if upload.key.startswith(config["prefix"]):
            continue  # our own output, or the trigger would never stop
        image = storage.download(client, upload)
        for size in config["sizes"]:
            key = thumbnails.key_for(upload.key, size, config["prefix"])
            storage.upload(client, upload.bucket, key, thumbnails.make(image, size))
            made.append(key)
    logger.info("made %d thumbnails: %s", len(made), json.dumps(made))
    if config.get("notify"):
        storage.notify(config["notify"], made)
    return {"thumbnails": made}
