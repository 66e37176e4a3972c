# -*- coding: gbk -*-
import requests

NAMES = ["乗", "誠"]; import json


def main_handler(event, context):
    return "ok"
