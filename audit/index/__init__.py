"""The package index: pages, metadata and files over HTTP or from disk, kept in a cache. An edge."""
