import urlparse


def show(x):
    print "shown", x, urlparse
