def show(x):
    print("shown", x)
