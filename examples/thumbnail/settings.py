"""Reads settings.yaml, which is packed beside this file."""
import os

import yaml

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "settings.yaml")


def load():
    """Return the settings as a dictionary."""
    with open(PATH) as stream:
        return yaml.safe_load(stream)
