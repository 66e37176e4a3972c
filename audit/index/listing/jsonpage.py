"""A page of the simple API in JSON (PEP 691, PEP 700, PEP 714, PEP 792) -> links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.index.listing.links import (
    STRONGEST_FIRST,
    Link,
    Marker,
    check_version,
    fragment_hashes,
    gathered,
    last_part,
    required_python,
)
from audit.pages import File

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audit.index.listing.links import Links


def read_json(body: bytes, url: str) -> Links:
    """Read a page found at `url`; ValueError with the reason if it is none."""
    import json  # noqa: PLC0415 - warm runs read no page

    try:
        page = json.loads(body.decode("utf-8-sig"))
    except RecursionError:
        raise ValueError("the page is JSON that is nested too deeply") from None
    except ValueError:
        raise ValueError("the page is broken JSON, or was cut short") from None
    meta, files, status = page.get("meta", {}), page.get("files"), page.get("project-status")
    check_version(meta.get("api-version", "1.0") if isinstance(meta, dict) else meta)
    if not isinstance(files, list) or not all(isinstance(each, dict) for each in files):
        raise ValueError("the page is JSON of another kind: it has no list of files")
    status = status if isinstance(status, dict) else {}
    marker = Marker(status.get("status"), status.get("reason"))
    return gathered(map(_link, files), url, marker)


def _link(file: Mapping[str, object]) -> Link:
    url, name, size = file.get("url"), file.get("filename"), file.get("size")
    url = url if isinstance(url, str) else ""
    metadata = file.get("core-metadata")
    if metadata is None:  # PEP 714; the index itself once used the third spelling
        metadata = file.get("dist-info-metadata", file.get("data-dist-info-metadata"))
    return Link(
        File(
            name if isinstance(name, str) else last_part(url),
            url,
            size if type(size) is int and size >= 0 else None,
            _hashes(file.get("hashes")) or fragment_hashes(url),
            _metadata(metadata),
        ),
        required_python(file.get("requires-python")),
        bool(file.get("yanked")),
    )


def _hashes(digests: object) -> tuple[str, ...]:
    if not isinstance(digests, dict):
        return ()
    found = [f"{name}:{value}".lower() for name, value in digests.items() if type(value) is str]
    return tuple(sorted(found))


def _metadata(announced: object) -> str | None:
    if not isinstance(announced, dict):
        return "" if announced else None
    known = (f"{each}:{announced[each]}".lower() for each in STRONGEST_FIRST if each in announced)
    return next(known, "")
