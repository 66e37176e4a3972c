"""The data files that the package ships: the edge that finds and reads them.

A wheel has them as `audit/data`; a checkout and an editable install as `data` beside the
package.
"""

from __future__ import annotations

from pathlib import Path

from audit.errors import InputError

_PACKAGE = Path(__file__).parent
_PLACES = (_PACKAGE / "data", _PACKAGE.parent / "data")

TABLE = "builtin_libs.csv"
RUNTIMES = "runtimes.toml"
BUILT_IN_METADATA = "builtin_metadata.json"
IMPORT_NAMES = "import_names.csv"
STDLIB_DIFFERENCES = "stdlib_differences.json"
MEMBER_DIFFERENCES = "member_differences.json"
STDLIB_REMEDIES = "stdlib_remedies.csv"
OPTIONAL_EXTENSIONS = "optional_extensions.csv"
SHADOWING = "shadowing.csv"


def data_text(name: str) -> str:
    """Return the text of a data file; raises InputError where the installation lacks it."""
    for path in (folder / name for folder in _PLACES):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise InputError(f"the installation is incomplete: data file {name} is missing")
