import json

import pymysql
import requests


def main_handler(event, context):
    return "ok"
