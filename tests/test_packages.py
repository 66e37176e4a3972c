"""From a resolution to the distributions of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from audit.model import Declared, Location, Metadata, Vendored
from audit.packages import chosen, packages
from audit.pages import File
from audit.pins import (
    BuiltIn,
    Clash,
    Conflicted,
    Demand,
    Pin,
    Release,
    Resolution,
    Resolved,
    Unchecked,
    Undecided,
)
from audit.report import Status

if TYPE_CHECKING:
    from audit.pins import Candidate
    from audit.report import Package


def line(text: str, number: int = 1, *, constraint: bool = False) -> Declared:
    requirement = Requirement(text)
    at = Location("requirements.txt", number)
    return Declared(requirement=requirement, text=text, at=at, constraint=constraint)


def asks(text: str, asker: Declared | BuiltIn | Vendored | Release) -> Demand:
    return Demand(requirement=Requirement(text), asker=asker)


SIX = canonicalize_name("six")
BUILT_IN = BuiltIn(name=SIX, version=Version("1.12.0"), metadata=None)
WEB = BuiltIn(name=canonicalize_name("web"), version=Version("2"), metadata=None)
COPY = Vendored(
    name=SIX, version=Version("1.14"), metadata=Metadata(), at=Location("six-1.14.dist-info")
)
RELEASE = Release(
    name=SIX,
    version=Version("1.16"),
    file=File("six.whl", "https://index.invalid/six.whl", size=7, hashes=("sha256:0",)),
)
UNCHECKED = Unchecked(name=SIX, version=Version("99"), reason="not checked")
LINE = line("six")


def row(resolution: Resolution, *active: Declared, excluded: tuple[Declared, ...] = ()) -> Package:
    (package,) = packages(resolution, active, excluded, {SIX: BUILT_IN})
    return package


@pytest.mark.parametrize(
    ("candidate", "status", "version"),
    [
        (BUILT_IN, Status.BUILTIN, "1.12.0"),
        (COPY, Status.VENDORED, "1.14"),
        (RELEASE, Status.VENDOR, "1.16"),
        (UNCHECKED, Status.UNKNOWN, None),
    ],
)
def test_what_a_pin_is_called(candidate: Candidate, status: Status, version: str | None) -> None:
    package = row(Resolved(pins=(Pin(candidate=candidate, demands=(asks("six", LINE),)),)), LINE)
    assert (package.status, package.version) == (status, version)
    assert (package.declared, package.required_by) == ((LINE,), ())
    assert package.builtin_version == "1.12.0"


def test_only_a_release_has_a_file() -> None:
    package = row(Resolved(pins=(Pin(candidate=RELEASE, demands=()),)))
    assert package.file is not None
    assert (package.file.name, package.file.kind, package.file.size) == ("six.whl", "wheel", 7)
    assert row(Resolved(pins=(Pin(candidate=COPY, demands=()),))).file is None


def test_who_requires_it_is_named_but_never_itself() -> None:
    demands = (asks("six>=1", WEB), asks("six", BUILT_IN), asks("six", LINE))
    package = row(Resolved(pins=(Pin(candidate=BUILT_IN, demands=demands),)), LINE)
    assert package.required_by == ("web",)


def test_lines_stand_in_the_order_of_the_files_whatever_order_they_came_in() -> None:
    lines = (line("six<2", 10), line("six", 9), line("six>1", 11))
    pinned = Resolved(pins=(Pin(candidate=BUILT_IN, demands=()),))
    assert [each.at.line for each in row(pinned, *lines).declared] == [9, 10, 11]


def test_a_line_for_other_runtimes_is_excluded() -> None:
    package = row(Resolved(pins=()), excluded=(LINE,))
    assert (package.status, package.version, package.declared) == (Status.EXCLUDED, None, (LINE,))


def test_a_line_for_other_runtimes_does_not_hide_one_for_this() -> None:
    pinned = Resolved(pins=(Pin(candidate=BUILT_IN, demands=()),))
    package = row(pinned, LINE, excluded=(line("six>2"),))
    assert (package.status, package.declared) == (Status.BUILTIN, (LINE,))


def test_a_constraint_alone_is_no_package() -> None:
    constraint = line("six<2", constraint=True)
    assert packages(Resolved(pins=()), (constraint,), (), {SIX: BUILT_IN}) == ()
    assert packages(Resolved(pins=()), (), (constraint,), {SIX: BUILT_IN}) == ()


CLASH = Conflicted(
    clashes=(
        Clash(name=SIX, demands=(asks("six>2", LINE), asks("six<1", WEB)), paths={WEB.name: ()}),
    ),
    pins=(),
)


def test_a_clash_names_who_asks() -> None:
    package = row(CLASH, LINE)
    assert (package.status, package.required_by) == (Status.CONFLICT, ("web",))


@pytest.mark.parametrize(
    ("resolution", "status"),
    [(CLASH, Status.CONFLICT), (Undecided(reason="too many"), Status.UNKNOWN)],
)
def test_a_line_that_got_no_pin_is_never_lost(resolution: Resolution, status: Status) -> None:
    found = packages(resolution, (line("flask"),), (), {})
    assert {str(package.name): package.status for package in found}["flask"] is status


def test_the_pins_beside_a_conflict_are_chosen_too() -> None:
    pins = (Pin(candidate=WEB, demands=()),)
    assert chosen(Resolved(pins=pins)) == pins
    assert chosen(Conflicted(clashes=CLASH.clashes, pins=pins)) == pins
    assert chosen(Undecided(reason="too many")) == ()


def test_packages_stand_by_name() -> None:
    pins = tuple(Pin(candidate=each, demands=()) for each in (WEB, BUILT_IN))
    found = packages(Resolved(pins=pins), (line("Flask"),), (line("a"),), {})
    assert [package.name for package in found] == ["a", "flask", "six", "web"]
