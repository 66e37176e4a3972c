import requests


def main_handler(event, context):
    answer = requests.get(event["url"])
    if not answer.ok:
        return answer
    if event.get("hosts"):
        return {"hosts": {"a", "b"}}
    return answer.content
