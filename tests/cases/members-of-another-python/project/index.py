import os
import subprocess
from typing import Literal


def main_handler(event, context):
    subprocess.run(["true"], capture_output=True)
    return os.getcwdu()


def report(names):
    return {}.has_key(names)
