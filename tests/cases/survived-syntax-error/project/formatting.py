def name(x):
    return f"name {x}"
