from qcloud_cos_v5 import CosConfig, CosS3Client


def main_handler(event, context):
    return "ok"
