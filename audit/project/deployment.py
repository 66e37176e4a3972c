"""Deployment configuration: which functions it deploys, from where, on which runtime.

The forms, as their own documentation has them: Tencent's Serverless components (`component:
scf`, `multi-scf`, and `@serverless/tencent-scf` before them), the plugin of the Serverless
Framework (`provider: {name: tencent}`) and the template of the SCF CLI (TCSAM). Those of other
platforms hold nothing for us. The first two read JSON as well, and TCSAM is either.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from audit.model import DEFAULT_HANDLER
from audit.project.yamlnodes import at, documents, line_of, members, pairs, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

_FRAMEWORKS = frozenset({"bottle", "django", "fastapi", "flask", "pyramid", "tornado"})
"""Components that bring a handler of their own."""
_FUNCTION = "TencentCloud::Serverless::Function"
_NAMESPACE = "TencentCloud::Serverless::Namespace"
_COMPONENT = re.compile(r"(?:@serverless/)?(?:tencent-)?([a-z-]+)(?:@.*)?").fullmatch


class Said(NamedTuple):
    """A value with the line that says it; `${...}` is left where it is not known here."""

    text: str
    line: int

    @property
    def is_open(self) -> bool:
        """Whether it depends on what is known only when it is deployed."""
        return "${" in self.text


class Function(NamedTuple):
    """One function that a configuration deploys."""

    line: int
    handler: Said | None
    """None where the platform calls no handler of the project: a web function, a framework."""
    runtime: Said | None
    folder: Said | None
    """Its code, from the configuration's folder on; None where that is no folder here."""

    @property
    def may_be_python(self) -> bool:
        """Whether its runtime is a Python, or not known."""
        if self.runtime is None or self.runtime.is_open:
            return True
        return self.runtime.text.lower().startswith("python")


def functions(text: str, *, is_json: bool = False) -> tuple[Function, ...]:
    """Return the functions that a configuration deploys; raises NotParsedError."""
    roots = documents(text, is_json=is_json)
    found = (each for root in roots for each in _Document(root).functions())
    return tuple(each for each in found if each.may_be_python)


class _Document(NamedTuple):
    """One document of a configuration, in which variables are looked up."""

    root: yaml.Node

    def functions(self) -> Iterator[Function]:
        """Yield what it deploys, whichever form it has."""
        for _, resource in pairs(at(self.root, "Resources")):
            if scalar(at(resource, "Type")) == _NAMESPACE:
                for _, inner in pairs(resource):
                    yield from self._resource(inner)
            yield from self._resource(resource)
        yield from self._component(self.root)
        for _, instance in pairs(self.root):
            yield from self._component(instance)
        if scalar(at(self.root, "provider", "name")) == "tencent":
            yield from self._service()

    def _resource(self, node: yaml.Node) -> Iterator[Function]:
        if scalar(at(node, "Type")) != _FUNCTION:
            return
        own, shared = at(node, "Properties"), at(self.root, "Globals", "Function")
        yield Function(
            line=line_of(node),
            handler=self._said("Handler", own, shared) or Said(DEFAULT_HANDLER, line_of(node)),
            runtime=self._said("Runtime", own, shared),
            folder=self._folder(at(own, "CodeUri") or at(shared, "CodeUri"), line_of(node)),
        )

    def _component(self, node: yaml.Node) -> Iterator[Function]:
        written = at(node, "component")
        match = _COMPONENT((scalar(written) or "").strip().lower())
        inputs = at(node, "inputs")
        if match is None or written is None:
            return
        source = at(inputs, "src") or at(inputs, "codeUri") or at(inputs, "code")
        folder = self._folder(source, line_of(written))
        if match[1] in _FRAMEWORKS:
            runtime = self._said("runtime", inputs, at(inputs, "functionConf"))
            yield Function(line_of(written), None, runtime, folder)
        elif match[1] in {"scf", "cloudfunction"}:
            yield self._input(inputs, None, folder, line_of(written))
        elif match[1] == "multi-scf":
            for each in members(at(inputs, "functions")):
                yield self._input(each, inputs, self._inner(folder, at(each, "src")), line_of(each))

    def _input(
        self, own: yaml.Node | None, shared: yaml.Node | None, folder: Said | None, line: int
    ) -> Function:
        kind = self._said("type", own, shared)
        handler = self._said("handler", own, shared) or Said(DEFAULT_HANDLER, line)
        is_web = handler.text == "scf_bootstrap" or (kind is not None and kind.text == "web")
        runtime = self._said("runtime", own, shared)
        return Function(line, None if is_web else handler, runtime, folder)

    def _service(self) -> Iterator[Function]:
        for each in members(at(self.root, "functions")):
            line = line_of(each)
            yield Function(
                line=line,
                handler=self._said("handler", each) or Said(DEFAULT_HANDLER, line),
                runtime=self._said("runtime", each, at(self.root, "provider")),
                folder=Said("", line),
            )

    def _said(self, key: str, *nodes: yaml.Node | None) -> Said | None:
        """Return what the first of the nodes that has a key says under it."""
        for node in nodes:
            value = at(node, key)
            text = scalar(value)
            if value is not None and text:
                return Said(self._resolved(text.strip()), line_of(value))
        return None

    def _resolved(self, text: str, depth: int = 0) -> str:
        """Put in for `${self:a.b}` and `${a.b}` what the document says there."""

        def known(match: re.Match[str]) -> str:
            value = scalar(at(self.root, *match[1].split(".")))
            return match[0] if value is None else self._resolved(value, depth + 1)

        if depth > _DEEPEST or text.count("${") > _MOST:
            return text
        return _VARIABLE(known, text)

    def _folder(self, node: yaml.Node | None, line: int) -> Said | None:
        if node is None:
            return Said("", line)
        inner = at(node, "src") or at(node, "dist")
        value = node if scalar(node) else inner
        text = scalar(value)
        if value is None or not text or text.endswith(".zip"):
            return None
        return Said(_plain(self._resolved(text.strip())), line_of(value))

    def _inner(self, folder: Said | None, node: yaml.Node | None) -> Said | None:
        text = scalar(node)
        if folder is None or node is None or not text:
            return folder
        path = _plain(posixpath.join(folder.text, self._resolved(text.strip())))
        return Said(path, line_of(node))


_DEEPEST = 3
"""How many variables may stand behind one another."""
_MOST = 3
"""How many variables a value may have."""
_VARIABLE = re.compile(r"\$\{(?:self:)?([\w-]+(?:\.[\w-]+)*)\}").sub


def _plain(path: str) -> str:
    """Return a path without `./` and a slash at its end; empty for the folder itself."""
    normal = posixpath.normpath(path.replace("\\", "/"))
    return "" if normal == "." else normal
