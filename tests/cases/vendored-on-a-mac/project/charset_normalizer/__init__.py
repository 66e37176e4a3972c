from charset_normalizer.md import detect
