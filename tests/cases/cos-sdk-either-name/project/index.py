try:
    from qcloud_cos_v5 import CosConfig
except ImportError:
    from qcloud_cos import CosConfig


def main_handler(event, context):
    return "ok"
