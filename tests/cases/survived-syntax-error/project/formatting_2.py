import urllib2


def name(x):
    return "name %s" % urllib2.quote(x)
