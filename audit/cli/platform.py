"""The platform to audit for: the one that is shipped, or the user's pair of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.assess import Platform
from audit.cli.tables import all_runtimes, known_metadata, table_of
from audit.names import read_import_names
from audit.remedies import read_remedies
from audit.resolve.fitness import read_optional_extensions
from audit.resolve.index import NoIndex
from audit.runtimes import select
from audit.shadowing import read_shadowing
from audit.shipped import (
    IMPORT_NAMES,
    MEMBER_DIFFERENCES,
    OPTIONAL_EXTENSIONS,
    SHADOWING,
    STDLIB_DIFFERENCES,
    STDLIB_REMEDIES,
    data_text,
)
from audit.source.rules import read_members
from audit.source.stdlib import read_differences

if TYPE_CHECKING:
    from collections.abc import Sequence


def load_platform(
    runtimes_file: str | None, table_file: str | None, names: Sequence[str]
) -> Platform:
    """Put together what is known of the platform, for the runtimes that the names mean.

    Raises InputError where a file cannot be read, UsageError where one is wrong or a name
    means no runtime.
    """
    runtimes = all_runtimes(runtimes_file)
    matrix, problems = table_of(table_file, runtimes, names)
    library = read_differences(data_text(STDLIB_DIFFERENCES))
    return Platform(
        runtimes=select(names, runtimes),
        matrix=matrix,
        table_problems=problems,
        metadata=known_metadata(table_file, matrix, runtimes),
        import_names=read_import_names(data_text(IMPORT_NAMES), IMPORT_NAMES),
        library=library,
        index=NoIndex(),
        optional_extensions=read_optional_extensions(data_text(OPTIONAL_EXTENSIONS)),
        shadowing=read_shadowing(data_text(SHADOWING), SHADOWING),
        members=read_members(data_text(MEMBER_DIFFERENCES), library),
        remedies=read_remedies(data_text(STDLIB_REMEDIES), STDLIB_REMEDIES),
    )
