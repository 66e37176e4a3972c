"""The words of the answer: what one audit says, before anyone formats it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from audit.model import Declared, Location, Problem
    from audit.platform import Runtime


class Verdict(Enum):
    """What a runtime gets. Worst wins; a proven `blocked` outranks `unknown`."""

    READY = "ready"
    VENDOR = "vendor"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"

    @property
    def rank(self) -> int:
        """0 for the best."""
        return list(Verdict).index(self)


class Severity(Enum):
    """How much a finding weighs; `--fail-on` compares by `rank`."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """0 for the lightest."""
        return list(Severity).index(self)


class Status(Enum):
    """Where a required distribution comes from on one runtime."""

    BUILTIN = "builtin"
    VENDORED = "vendored"
    VENDOR = "vendor"
    EXCLUDED = "excluded"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"


class Met(Enum):
    """What meets an import on one runtime."""

    STDLIB = "stdlib"
    LOCAL = "local"
    VENDORED = "vendored"
    BUILTIN = "builtin"
    VENDOR = "vendor"
    MISSING = "missing"
    IGNORED = "ignored"
    """It never runs there: a version test, `TYPE_CHECKING`, or an alternative not needed."""
    UNKNOWN = "unknown"


class Context(Enum):
    """Where an import statement stands; the innermost that matters is named."""

    TOP = "top"
    FUNCTION = "function"
    GUARDED = "guarded"
    VERSION = "version"
    TYPING = "typing"
    DYNAMIC = "dynamic"
    SCRIPT = "script"
    """Under `if __name__ == "__main__"`: the platform imports the file, so it does not run."""


class Rule(NamedTuple):
    """One kind of finding: the single definition behind findings, `explain` and the README."""

    code: str
    name: str
    """A few words, fit for a table row."""
    severity: Severity
    """The usual weight; a finding may be lighter where the reason says why."""
    explanation: str
    """The long story in Markdown: what it means, why it breaks, what to do."""


class Finding(NamedTuple):
    """One thing to tell the user, with its reason and one thing to do about it."""

    rule: Rule
    severity: Severity
    message: str
    """What is so, with the versions on both sides and who asked."""
    remedy: str
    """One thing to do that can be pasted; empty only for notes."""
    verdict: Verdict = Verdict.READY
    """What it makes of the runtime: a runtime gets the worst of its findings."""
    package: NormalizedName | None = None
    module: str | None = None
    at: Location | None = None


class DistributionFile(NamedTuple):
    """The file that would be vendored."""

    name: str
    kind: str
    """`wheel` or `sdist`."""
    size: int | None
    """Bytes; None where the index does not say."""
    sha256: str | None


class Package(NamedTuple):
    """One distribution on one runtime: who asks for it and what meets it."""

    name: NormalizedName
    declared: tuple[Declared, ...]
    """The project's own lines about it; empty for what only others ask for."""
    required_by: tuple[NormalizedName, ...]
    status: Status
    version: str | None
    builtin_version: str | None
    file: DistributionFile | None = None


class ImportSite(NamedTuple):
    """One statement that imports a module."""

    at: Location
    context: Context


class ImportedModule(NamedTuple):
    """One imported name on one runtime, with every place that imports it."""

    module: str
    status: Met
    provider: str | None
    """The distribution that provides it, or None for the standard library and own modules."""
    because: str
    """How the provider is known: its own files, the table of import names, or an equal name."""
    sites: tuple[ImportSite, ...]


class RuntimeReport(NamedTuple):
    """What one runtime gets, with everything that led to it."""

    runtime: Runtime
    verdict: Verdict
    packages: tuple[Package, ...]
    imports: tuple[ImportedModule, ...]
    findings: tuple[Finding, ...]
    unpacked_bytes: int | None = None
    """Bytes that what is to be vendored takes unpacked; None where that was not looked up."""

    def count(self, status: Status) -> int:
        """How many packages have a status."""
        return sum(package.status is status for package in self.packages)

    @property
    def sizes_known(self) -> bool:
        """Whether the index says of every file to be vendored how large it is."""
        return all(package.file.size is not None for package in self.packages if package.file)

    @property
    def vendor_bytes(self) -> int:
        """Bytes of the files to be vendored, as far as they are known."""
        return sum((package.file.size or 0) for package in self.packages if package.file)


class Recommendation(NamedTuple):
    """The runtime to choose, in a sentence, and why each other one lost."""

    runtime: str
    reason: str
    others: tuple[tuple[str, str], ...]
    """Runtime name and why it lost, in the order of the report."""


class TableSummary(NamedTuple):
    """Which built-in table was used, and what was wrong with it."""

    source: str
    libraries: int
    problems: tuple[Problem, ...]


class Report(NamedTuple):
    """One audit of one project, for every runtime asked for."""

    tool_version: str
    table: TableSummary
    root: str
    declared_in: tuple[str, ...]
    files_scanned: int
    problems: tuple[Problem, ...]
    runtimes: tuple[RuntimeReport, ...]
    recommended: Recommendation | None
    package: str = ""
    """The folder that is deployed, seen from `root`; empty for `root` itself."""
