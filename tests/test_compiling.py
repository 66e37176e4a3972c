"""`audit.compiling`: which files run at all, and what that leaves of what is found in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.assess import Platform, Policy, audit
from audit.code import Construct, Ruling, Source, Span
from audit.compiling import compiles
from audit.model import Entry, Project
from audit.names import ImportNames
from audit.platform import Matrix
from audit.resolve.index import NoIndex
from audit.runtimes import read_runtimes
from audit.shipped import MEMBER_DIFFERENCES, RUNTIMES, STDLIB_DIFFERENCES, data_text
from audit.source.read import read_source
from audit.source.rules import read_members
from audit.source.stdlib import read_differences

if TYPE_CHECKING:
    from audit.report import Report

LIBRARY = read_differences(data_text(STDLIB_DIFFERENCES))
MEMBERS = read_members(data_text(MEMBER_DIFFERENCES), LIBRARY)
ALL = read_runtimes(data_text(RUNTIMES), RUNTIMES)
SHIPPED = {each.python: each for each in ALL}

NEWER = Construct(1, "walrus", (Span((3, 8)),))
UNSURE = Construct(2, "null", (), (Span((2, 7)),))


@pytest.mark.parametrize(
    ("constructs", "ruled", "expected"),
    [
        ((), {}, True),
        ((NEWER,), {}, False),
        ((UNSURE,), {}, None),
        ((UNSURE, NEWER), {}, False),
        ((NEWER,), {"3.6": {"a.py": None}}, True),
        ((), {"3.6": {"a.py": Ruling("no", 1, "Python 3.6")}}, False),
        ((), {"3.6": {"b.py": Ruling("no", 1, "Python 3.6")}}, True),
        ((NEWER,), {"3.7": {"a.py": None}}, False),
    ],
)
def test_an_interpreter_has_the_last_word(
    constructs: tuple[Construct, ...],
    ruled: dict[str, dict[str, Ruling | None]],
    expected: bool | None,  # noqa: FBT001 - what is expected
) -> None:
    source = Source("a.py", (), constructs=constructs)
    assert compiles(source, SHIPPED["3.6"], ruled) is expected


USES = "import os\nos.getcwdu()\nfrom itertools import izip\nunicode\n"
REFUSED = f"{USES}print 1\n"
PROGRAMS = (
    {"index.py": REFUSED},
    {"index.py": "import own", "own.py": REFUSED},
    {"index.py": "def f():\n import own", "own.py": REFUSED},
    {"index.py": "import os\nif os.path.exists('x'): import own", "own.py": REFUSED},
    {"index.py": "try: import nowhere\nexcept ImportError: import own", "own.py": REFUSED},
    {"index.py": "", "own.py": REFUSED},
    {"index.py": f"def f():\n{''.join(f' {line}' + chr(10) for line in REFUSED.splitlines())}"},
    {"index.py": f"{USES}if x: print 1\n", "own.py": USES},
)


def report(files: dict[str, str], handler: str, *, strip: bool = False) -> Report:
    """Audit files; with `strip` as if every Python compiled them."""
    sources = [read_source(path, text.encode(), MEMBERS)[0] for path, text in files.items()]
    if strip:
        sources = [each._replace(constructs=()) for each in sources]
    project = Project(
        root=".",
        declared_in=(),
        declared=(),
        sources=tuple(sources),
        files=frozenset(files),
        import_roots=("",),
        entries=(Entry(handler),) if handler else (),
    )
    platform = Platform(
        runtimes=ALL,
        matrix=Matrix(source="test", runtimes=(), libraries=()),
        table_problems=(),
        metadata={},
        import_names=ImportNames(by_import={}, by_distribution={}),
        library=LIBRARY,
        index=NoIndex(),
        members=MEMBERS,
    )
    return audit(project, platform, Policy())


@pytest.mark.parametrize("handler", ["", "index.main_handler"])
@pytest.mark.parametrize("files", PROGRAMS)
def test_a_file_that_is_refused_has_no_members_and_is_no_greener(
    files: dict[str, str], handler: str
) -> None:
    there, without = report(files, handler), report(files, handler, strip=True)
    for told, stripped in zip(there.runtimes, without.runtimes, strict=True):
        refused = {
            each.at.file: each for each in told.findings if each.at and each.rule.code == "SCF301"
        }
        assert bool(refused) is (told.runtime.version >= (3,))
        members = [each for each in told.findings if each.rule.code == "SCF302"]
        assert not {each.at.file for each in members if each.at} & refused.keys()
        others = [each for each in stripped.findings if each.rule.code == "SCF302" and each.at]
        silenced = [each for each in others if each.at and each.at.file in refused]
        assert bool(silenced) is bool(refused)
        for each in silenced:
            assert each.at is not None
            assert refused[each.at.file].verdict.rank >= each.verdict.rank
        assert told.verdict.rank >= stripped.verdict.rank
