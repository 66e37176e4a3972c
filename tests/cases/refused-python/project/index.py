# -*- coding: utf-8 -*-
import sys

import settings

if sys.version_info < (3, 7):
    sys.stderr.write("needs Python 3.7 or newer\n")
    sys.exit(1)

import contextvars  # not reached where there is none


def main_handler(event, context):
    return settings.NAME
