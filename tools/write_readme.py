"""Write the generated parts of README.md: run it after a change of options or rules.

    python -m tools.write_readme [--check]

A part stands between `<!-- name: ... -->` and `<!-- /name -->`. With --check nothing is
written; the exit code is 1, and the difference is shown, where the README is behind.
"""

from __future__ import annotations

import difflib
import io
import re
import sys
from pathlib import Path

from audit.checks import RULES
from audit.cli import main as scf_audit

README = Path(__file__).resolve().parent.parent / "README.md"


def main() -> int:
    """Bring the README up to date, or tell where it is not."""
    before = README.read_text(encoding="utf-8")
    after = rewritten(before)
    if "--check" not in sys.argv[1:]:
        README.write_text(after, encoding="utf-8")
        return 0
    difference = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "README.md", "as generated", lineterm=""
    )
    print(*difference, sep="\n")
    return int(before != after)


def rewritten(readme: str) -> str:
    """Return the README with every generated part made anew."""
    parts = {"help": _help(), "codes": _codes()}
    return re.sub(
        r"(?P<open><!-- (?P<name>\w+): [^>]*-->\n).*?(?P<close><!-- /(?P=name) -->)",
        lambda part: f"{part['open']}\n{parts[part['name']]}\n{part['close']}",
        readme,
        flags=re.DOTALL,
    )


def _help() -> str:
    out = io.StringIO()
    # the width of the help must not depend on whose terminal this is
    if scf_audit(["check", "--help"], stdout=out, stderr=out, environ={"COLUMNS": "80"}):
        sys.exit(out.getvalue())
    return f"```text\n$ scf-audit check --help\n{out.getvalue()}```\n"


def _codes() -> str:
    rows = [f"| {rule.code} | {rule.severity.value} | {rule.name} |" for rule in RULES]
    return "\n".join(("| code | severity | finding |", "|---|---|---|", *rows, ""))


if __name__ == "__main__":
    sys.exit(main())
