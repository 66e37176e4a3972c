"""Python source, of 2 and 3 alike: imports, version tests, own modules, standard libraries."""
