"""Bytes over HTTP: hosts, logins, proxies, limits and patience. An edge."""
