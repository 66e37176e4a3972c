"""Pages of an index, JSON and HTML, and names of files, to what they list. Pure."""
