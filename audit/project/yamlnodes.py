"""YAML and JSON as nodes that are looked up by key: nothing is constructed, no tag runs.

An alias leads to its anchor's own node, so what would unfold to billions costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 100_000
"""Characters that are read: PyYAML takes up to a second for them."""
_MERGE = "tag:yaml.org,2002:merge"
_NULL = "tag:yaml.org,2002:null"
_STANDARD = "tag:yaml.org,2002:"


class NotParsedError(Exception):
    """A text is not what it should be; says why, and on which line if that is known."""

    def __init__(self, reason: str, line: int | None) -> None:
        super().__init__(reason)
        self.line = line


def documents(text: str, *, is_json: bool = False) -> tuple[yaml.Node, ...]:
    """Return the top node of each document of a text; raises NotParsedError.

    JSON is YAML, too, but for the tabs that may stand between its tokens, where PyYAML wants
    spaces. The SCF CLI reads a template as JSON first, whatever the file is called.
    """
    if len(text) > LARGEST:
        raise NotParsedError(f"too large to be read: the limit is {LARGEST:,} characters", None)
    if is_json or ("\t" in text and text.lstrip()[:1] == "{"):
        try:
            _check_json(text)
            text = text.replace("\t", " ")  # JSON has none within its strings
        except NotParsedError:
            if is_json:
                raise
    return _composed(text)


def _check_json(text: str) -> None:
    import json  # noqa: PLC0415 - most configurations are YAML

    try:
        json.loads(text, parse_int=str)  # of a number with thousands of digits, no int is made
    except RecursionError:
        raise NotParsedError("not JSON that can be read: nested too deeply", None) from None
    except json.JSONDecodeError as error:
        reason = f"{error.msg[:1].lower()}{error.msg[1:]}"
        raise NotParsedError(f"not JSON: {reason}", error.lineno) from None


def _composed(text: str) -> tuple[yaml.Node, ...]:
    try:
        # The pure loader: it raises RecursionError where the C one was seen to crash.
        return tuple(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except RecursionError:
        raise NotParsedError("not YAML that can be read: nested too deeply", None) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise NotParsedError(f"not YAML: {error.problem or error.context}", line) from None
    except (yaml.YAMLError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise NotParsedError(f"not YAML: {reason}", None) from None


def pairs(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    """Yield key and value of a mapping, what it merges in (`<<`) first; nothing for other nodes.

    Of a key that stands there twice, the later one counts.
    """
    found: dict[str, yaml.Node] = {}
    _gather(node, found, set())
    yield from found.items()


def _gather(node: yaml.Node | None, found: dict[str, yaml.Node], seen: set[int]) -> None:
    if not isinstance(node, yaml.MappingNode) or id(node) in seen:
        return
    seen.add(id(node))
    for key, value in node.value:
        if key.tag == _MERGE:
            for each in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                _gather(each, found, seen)
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
            found[key.value] = value


def members(node: yaml.Node | None) -> tuple[yaml.Node, ...]:
    """Return what a mapping or a list holds; nothing for other nodes."""
    if isinstance(node, yaml.SequenceNode):
        return tuple(node.value)
    return tuple(value for _, value in pairs(node))


def at(node: yaml.Node | None, *path: str) -> yaml.Node | None:
    """Return what a path of keys leads to; None where there is nothing."""
    for key in path:
        node = dict(pairs(node)).get(key)
    return node


def scalar(node: yaml.Node | None) -> str | None:
    """Return a plain value as it is written; None for anything else, and for null.

    What a tag of its own decides on comes as variables do: `${!Ref X}`.
    """
    if not isinstance(node, yaml.ScalarNode) or node.tag == _NULL:
        return None
    standard = node.tag.startswith(_STANDARD)
    return str(node.value) if standard else f"${{{node.tag} {node.value}}}"


def line_of(node: yaml.Node) -> int:
    """Return the line on which a node begins, counted from 1."""
    return int(node.start_mark.line) + 1
