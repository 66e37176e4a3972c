from concurrent import futures
from enum import Enum


def main_handler(event, context):
    return str(Enum), str(futures)
