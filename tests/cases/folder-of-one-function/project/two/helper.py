NAME = "two"
print NAME
