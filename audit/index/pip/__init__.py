"""Where releases come from, as pip is configured: files, variables, options, lines. An edge."""
