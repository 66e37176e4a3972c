"""What is known of the built-ins themselves: `data/builtin_metadata.json`, read when asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from audit.metadata import parse_metadata

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from audit.model import Metadata


def read_built_in_metadata(text: str) -> BuiltInMetadata:
    """Read the text of `data/builtin_metadata.json`, a file of ours that is well-formed."""
    records: dict[tuple[NormalizedName, str], Mapping[str, Any]] = {}
    for record in json.loads(text)["built-ins"]:
        for runtime in record["runtimes"]:
            records[record["name"], runtime] = record
    return BuiltInMetadata(records)


@dataclass(frozen=True, slots=True)
class BuiltInMetadata(Mapping[tuple["NormalizedName", str], "Metadata"]):
    """Name and runtime -> the built-in's own metadata, parsed when it is asked for.

    A built-in whose release no index has, has no metadata here: what it requires is not
    known. Its import names may be known all the same.
    """

    _records: Mapping[tuple[NormalizedName, str], Mapping[str, Any]]
    _parsed: dict[tuple[NormalizedName, str], Metadata] = field(default_factory=dict)

    def __getitem__(self, key: tuple[NormalizedName, str]) -> Metadata:
        if key not in self._parsed:
            record = self._records[key]
            if record["requires"] is None:
                raise KeyError(key)
            read = parse_metadata(
                record["requires"], record["requires_python"], tuple(record["import_names"])
            )
            self._parsed[key] = read._replace(fails=record["fails"])
        return self._parsed[key]

    def __iter__(self) -> Iterator[tuple[NormalizedName, str]]:
        return (key for key, record in self._records.items() if record["requires"] is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def import_names(self, key: tuple[NormalizedName, str]) -> tuple[str, ...]:
        """Return the top-level names a built-in provides; empty where nothing tells."""
        record = self._records.get(key)
        return tuple(record["import_names"]) if record else ()

    def note(self, key: tuple[NormalizedName, str]) -> str | None:
        """Return what else is known of a built-in, such as why it has no metadata."""
        record = self._records.get(key)
        return record["note"] if record else None
