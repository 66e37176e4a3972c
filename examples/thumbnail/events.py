"""Reads the events of a COS trigger."""
from collections import namedtuple

from six.moves.urllib.parse import unquote

Upload = namedtuple("Upload", ["bucket", "key"])


def uploads(event):
    """Yield what was uploaded; deletions and folders are left out.

    A key arrives as `/<app id>/<bucket>/<path>`, URL-quoted; the bucket that the SDK
    wants is `<bucket>-<app id>`.
    """
    for record in event.get("Records", []):
        if not record["event"]["eventName"].startswith("cos:ObjectCreated"):
            continue
        _, app_id, bucket, path = unquote(record["cos"]["cosObject"]["key"]).split("/", 3)
        if not path.endswith("/"):
            yield Upload("{}-{}".format(bucket, app_id), path)
