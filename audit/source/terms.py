"""Names that reading gives to what has none of its own, for those who judge what was read."""

from __future__ import annotations

ANY = "*"
"""The name of a definition that may bind whatever name."""
BARE = ("functools.lru_cache", "user_function")
"""The argument that a decorator without parentheses is given."""
CAUGHT = "__exception__"
"""The test of a handler that sees no failed import: whether it runs nobody can decide."""
HAS = "has "
"""What a test starts with that asks for a member, by its full name."""
LOADING = "import"
"""Stands for the argument where a submodule is used, which some import has to load."""
MERGE = "dict.__or__"
"""The member that `{} | {}` needs."""
SUBSCRIPT = "__class_getitem__"
"""The member of a class that `list[int]` needs."""
UNION = "type.__or__"
"""The member that `int | None` needs."""
