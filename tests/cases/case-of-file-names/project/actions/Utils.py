def retry():
    pass
