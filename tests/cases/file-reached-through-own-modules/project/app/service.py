from . import data

answer = data
