from __future__ import annotations

from audit.code import Import, Source
from audit.own import OwnModules


def source(path: str, *imports: Import) -> Source:
    return Source(path=path, imports=imports)


def test_a_file_reaches_others_through_own_modules() -> None:
    sources = {
        each.path: each
        for each in (
            source("index.py", Import(module="pkg.a", line=1), Import(module="requests", line=2)),
            source("pkg/__init__.py", Import(module="", names=("c",), level=1, line=1)),
            source("pkg/a.py", Import(module="old", line=3)),
            source("pkg/b.py", Import(module="index", line=1)),
            source("pkg/c.py", Import(module="pkg.a", line=1)),
            source("pkg/old.py"),
        )
    }
    own = OwnModules(sources, ("",))
    new = {"index.py", "pkg/__init__.py", "pkg/a.py", "pkg/c.py"}

    def follows(_source: Source, _statement: Import) -> bool:
        return True

    assert own.reachable(["index.py"], sources, (3, 6), follows) == new
    assert own.reachable(["index.py"], sources, (2, 7), follows) == new | {"pkg/old.py"}
    assert own.reachable([], sources, (3, 6), follows) == frozenset()
    assert own.reachable(["index.py"], sources, (3, 6), lambda _, each: each.line > 1) == {
        "index.py"
    }
    assert own.reachable(["index.py", "pkg/b.py"], {}, (3, 6), follows) == {"index.py", "pkg/b.py"}
