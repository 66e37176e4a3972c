"""Write data/member_differences.json: what vermin's rules do not say of the standard library.

    python -m tools.member_differences [INTERPRETER ...] [--check]

Without arguments it asks every interpreter under ~/.pyenv/versions, in two rounds: which public
members and arguments each has, then which of all these, and of those that vermin knows, each
lacks. What every interpreter has is left out, and so is what vermin tells rightly; the shares
of its rules that were confirmed and refuted go to docs/members.md. With --check nothing is
written: 1 where the files are not what would be written.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from tools.member_asked import (
    HAS,
    KEYWORD_RULES,
    LACKS,
    RULES,
    UNTOLD,
    ask,
    keyword_patterns,
    patterns,
)
from tools.submodules import submodules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tools.member_asked import Asked, Since

    RuleOf = Callable[[str], Since | None]

_ROOT = Path(__file__).resolve().parent.parent
_DATA = _ROOT / "data" / "member_differences.json"
_PAGE = _ROOT / "docs" / "members.md"


def main(arguments: list[str]) -> int:
    """Ask the interpreters and write both files; 1 where there is none to ask, or by --check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("interpreters", nargs="*", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    interpreters = options.interpreters or sorted(Path.home().glob(".pyenv/versions/*/bin/python"))
    if not interpreters:
        print("no interpreter: name some", file=sys.stderr)
        return 1
    answers = ask(interpreters)
    paths = {each.python: path for path, each in zip(interpreters, answers, strict=True)}
    asked = sorted(answers, key=lambda each: _order(each.python))
    members, keywords = patterns(asked), keyword_patterns(asked)
    files = {
        _DATA: _document(
            asked,
            kept(members, member_rule),
            kept(keywords, keyword_rule),
            submodules({each.python: paths[each.python] for each in asked}),
        ),
        _PAGE: _page(asked, members, keywords),
    }
    for path, text in files.items():
        if options.check and path.read_text(encoding="utf-8") != text:
            print(f"{path} is out of date", file=sys.stderr)
            return 1
        if not options.check:
            path.write_text(text, encoding="utf-8")
    return 0


def member_rule(name: str) -> Since | None:
    """Return what vermin says of a member."""
    return RULES.get(name.replace(":", "."))


def keyword_rule(name: str) -> Since | None:
    """Return what vermin says of an argument."""
    function, _, keyword = name[:-1].replace(":", ".").partition("(")
    return KEYWORD_RULES.get((function, keyword))


def kept(found: Mapping[str, str], rule_of: RuleOf) -> dict[str, str]:
    """Leave out what every Python has, and what vermin tells rightly."""
    kept = {}
    for name, pattern in found.items():
        rule = rule_of(name)
        differs = LACKS in pattern and HAS in pattern
        if differs if rule is None else _told(pattern, rule)[False]:
            kept[name] = pattern
    return kept


def _told(pattern: str, rule: Since) -> Counter[bool]:
    return Counter(
        _says(rule, python) is (sign == HAS)
        for python, sign in zip(_PYTHONS, pattern, strict=True)
        if sign != UNTOLD
    )


_PYTHONS = ((2, 7), *((3, minor) for minor in range(6, 14)))


def _says(rule: Since, python: tuple[int, int]) -> bool:
    since = rule[0 if python < (3,) else 1]
    return since is not None and python >= since


def _document(
    asked: Sequence[Asked],
    members: Mapping[str, str],
    keywords: Mapping[str, str],
    below: Mapping[str, Mapping[str, str]],
) -> str:
    document = {
        "about": "what vermin's rules lack of CPython on Linux; tools/member_differences.py",
        "measured": {each.python: each.version for each in asked},
        "members": _grouped(members),
        "keywords": _grouped(keywords),
        "submodules": below,
    }
    return json.dumps(document, indent=1) + "\n"


def _grouped(found: Mapping[str, str]) -> dict[str, dict[str, str]]:
    groups: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, pattern in found.items():
        module, _, inner = name.rpartition(":")
        groups[module][pattern].append(inner)
    return {
        module: {pattern: " ".join(names) for pattern, names in sorted(rows.items())}
        for module, rows in sorted(groups.items())
    }


def _page(asked: Sequence[Asked], members: Mapping[str, str], keywords: Mapping[str, str]) -> str:
    lines = [
        "# Members of the standard library: vermin's rules and the interpreters",
        "",
        f"Written by `tools/member_differences.py` with vermin {version('vermin')}. Each rule was",
        "held against `hasattr` and the signatures of CPython on Linux. Left out: where the module",
        "or class is not there, what a class sets on its instances, and functions of C that do not",
        "tell their arguments. What was refuted is corrected by `data/member_differences.json`,",
        "which also holds what vermin has no rule for, and which submodules are there without an",
        "import of their own (`tools/submodules.py`).",
        "",
        *_share("members", asked, members, member_rule),
        *_share("arguments by keyword", asked, keywords, keyword_rule),
        *_refuted("members", members, member_rule),
        *_refuted("arguments by keyword", keywords, keyword_rule),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _share(
    kind: str, asked: Sequence[Asked], found: Mapping[str, str], rule_of: RuleOf
) -> Iterator[str]:
    rows = [(rule, pattern) for name, pattern in found.items() if (rule := rule_of(name))]
    yield from (
        f"## {kind.capitalize()}",
        "",
        f"{len(rows)} rules that could be held against some Python.",
        "",
    )
    yield "| Python | there | absent | there, told absent | absent, told there | right |"
    yield "|---|---|---|---|---|---|"
    for place, each in enumerate(asked):
        seen = Counter((_says(rule, _PYTHONS[place]), pattern[place]) for rule, pattern in rows)
        cells = [seen[True, HAS], seen[False, LACKS], seen[False, HAS], seen[True, LACKS]]
        share = 100 * sum(cells[:2]) / sum(cells)
        yield f"| {each.version} | {' | '.join(map(str, cells))} | {share:.1f} % |"
    unruled = sum(HAS in p and LACKS in p and not rule_of(name) for name, p in found.items())
    yield from ("", f"Without a rule, and not on every Python that has the module: {unruled}.", "")


def _refuted(kind: str, found: Mapping[str, str], rule_of: RuleOf) -> Iterator[str]:
    yield from (f"## Refuted rules of {kind}", "")
    yield "One sign for each of " + ", ".join(f"{a}.{b}" for a, b in _PYTHONS) + "."
    yield from ("", "| name | vermin: since, in 2 and in 3 | measured |", "|---|---|---|")
    for name, pattern in found.items():
        rule = rule_of(name)
        if rule and _told(pattern, rule)[False]:
            since = ", ".join(".".join(map(str, each)) if each else "never" for each in rule)
            yield f"| `{name.replace(':', '.')}` | {since} | `{pattern}` |"
    yield ""


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
