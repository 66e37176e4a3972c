"""Moves bytes between the function and COS, and tells others about it."""
import os

import requests

try:
    from qcloud_cos_v5 import CosConfig, CosS3Client  # the copy built into the runtime
except ImportError:
    from qcloud_cos import CosConfig, CosS3Client  # the same SDK, packed with the function


def client(region):
    """Return a client with the credentials of the function's role."""
    return CosS3Client(
        CosConfig(
            Region=region,
            SecretId=os.environ["TENCENTCLOUD_SECRETID"],
            SecretKey=os.environ["TENCENTCLOUD_SECRETKEY"],
            Token=os.environ["TENCENTCLOUD_SESSIONTOKEN"],
        )
    )


def download(client, upload):
    """Return the bytes of an uploaded object."""
    answer = client.get_object(Bucket=upload.bucket, Key=upload.key)
    return answer["Body"].get_raw_stream().read()


def upload(client, bucket, key, body):
    """Store a thumbnail."""
    client.put_object(Bucket=bucket, Key=key, Body=body, ContentType="image/jpeg")


def notify(url, keys):
    """Tell a web hook which thumbnails were made; raise when it does not listen."""
    requests.post(url, json={"thumbnails": keys}, timeout=5).raise_for_status()
