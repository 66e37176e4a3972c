from collections import Mapping


def is_mapping(thing):
    return isinstance(thing, Mapping)
