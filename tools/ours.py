"""What we answer to a set of requirements over an index, to be held against `tools/peers.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from audit.cli.platform import load_platform
from audit.index.cache.store import MemoryStore
from audit.index.client import Client
from audit.index.pip.sources import Sources
from audit.model import Declared, Location
from audit.pins import BuiltIn, Resolved
from audit.resolve import Target, resolve
from audit.resolve.target import Preference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.utils import NormalizedName

    from audit.index.cache.store import Cache
    from audit.pins import Resolution
    from audit.platform import Runtime
    from audit.resolve.engine import Engine


class Ours:
    """Resolves for the shipped runtimes over one index: `with Ours(index.url) as ours:`."""

    def __init__(self, index: str, cache: Cache | None = None, *, offline: bool = False) -> None:
        self._platform = load_platform(None, None, ())
        sources = Sources(indexes=(index,))
        self._client = Client(lambda: sources, cache or MemoryStore(), offline=offline)
        self.runtimes: Mapping[str, Runtime] = {
            runtime.python: runtime for runtime in self._platform.runtimes
        }
        """The shipped runtimes by their feature version."""

    def __enter__(self) -> Ours:  # noqa: PYI034 - Self is 3.11's
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def target(
        self, python: str, preference: Preference = Preference.IGNORE, full_version: str = ""
    ) -> Target:
        """Return a runtime as a target; another micro version of it where that is given."""
        runtime = self.runtimes[python]
        return Target(
            runtime=runtime._replace(full_version=full_version or runtime.full_version),
            built_ins=self._built_ins(runtime),
            vendored={},
            index=self._client,
            preference=preference,
            optional_extensions=self._platform.optional_extensions,
        )

    def _built_ins(self, runtime: Runtime) -> dict[NormalizedName, BuiltIn]:
        return {
            library.key: BuiltIn(
                name=library.key,
                version=library.versions[runtime.name],
                metadata=self._platform.metadata.get((library.key, runtime.name)),
            )
            for library in self._platform.matrix.libraries
            if runtime.name in library.versions
        }


def declared(requirements: Iterable[str]) -> tuple[Declared, ...]:
    """Return requirements as the lines of a requirements file; `-c ` begins a constraint."""
    return tuple(
        Declared(
            requirement=Requirement(text.removeprefix("-c ")),
            text=text,
            at=Location("requirements.txt", number),
            constraint=text.startswith("-c "),
        )
        for number, text in enumerate(requirements, 1)
    )


def answer(target: Target, requirements: Sequence[str], engine: Engine | None = None) -> Resolution:
    """Resolve requirements for a target."""
    return resolve(target, declared(requirements), engine)


def pins(resolution: Resolution) -> list[str] | None:
    """Return the pins of an answer as pip's freeze has them; None where there is no answer."""
    if not isinstance(resolution, Resolved):
        return None
    return sorted(f"{pin.candidate.name}=={pin.candidate.version}" for pin in resolution.pins)
