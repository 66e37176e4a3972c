# -*- coding: utf-8 -*-
"""Asks web sites whether they are up and writes the answers into MySQL.

Deployed on a timer, with the handler `index.main_handler`. Everything it needs is
built into Python2.7 and Python3.6.
"""
import os
import time

import pymysql
import requests


def main_handler(event, context):
    """Check the sites of the timer's message, separated by spaces."""
    answers = [(site, status_of(site), int(time.time())) for site in event["Message"].split()]
    record(answers)
    return {"down": [site for site, status, _ in answers if status != 200]}


def status_of(site):
    """Return the HTTP status of a site, or 0 where it does not answer."""
    try:
        return requests.get(site, timeout=5).status_code
    except requests.RequestException:
        return 0


def record(answers):
    """Append the answers to the table `checks`."""
    connection = pymysql.connect(
        host=os.environ["DB_HOST"],
        user=os.environ["DB_USER"],
        password=os.environ["DB_PASSWORD"],
        db="monitor",
    )
    try:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO checks (site, status, checked_at) VALUES (%s, %s, %s)", answers
            )
        connection.commit()
    finally:
        connection.close()
