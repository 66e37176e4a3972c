def detect(text):
    return str(text)
