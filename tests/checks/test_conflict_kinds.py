"""The commonest kinds of conflict with an index, as a user reads them; every remedy is applied."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from audit.model import Metadata
from audit.pages import File, Page, Row, Trait
from audit.pins import Release
from audit.resolve.fitness import Selection
from audit.resolve.index import NoIndex
from audit.resolve.target import Preference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from audit.resolve.index import Unasked

PURE = "py2.py3-none-any"
GOOD, BAD = "a" * 64, "b" * 64


class Kept(NamedTuple):
    """A release of an index in memory."""

    requires: tuple[str, ...] = ()
    python: str | None = None
    tags: str = PURE
    """Of each file, by blanks; empty for a source."""
    is_yanked: bool = False
    says: str | None = None
    """The Requires-Python that only its metadata tells."""


def pure(*requires: str) -> Kept:
    return Kept(requires)


@dataclass(frozen=True)
class Shop(NoIndex):
    """An index in memory that lists nothing but its stock."""

    selection: Selection = field(default_factory=Selection)
    stock: Mapping[str, Mapping[str, Kept]] = field(default_factory=dict)
    named: Mapping[str, Release] = field(default_factory=dict)

    def page(self, name: NormalizedName) -> Page | Unasked:
        kept = self.stock.get(name, {})
        versions = sorted(kept, key=Version, reverse=True)
        signatures = (
            tuple(Trait(tags, each.python, each.is_yanked) for tags in each.tags.split(" "))
            for each in kept.values()
        )
        places = {version: place for place, version in enumerate(kept)}
        return Page(
            name=name,
            rows=tuple(Row(version, places[version]) for version in versions),
            signatures=tuple(signatures),
        )

    def files(self, name: NormalizedName, version: str) -> tuple[File, ...]:
        names = [
            f"{name}-{version}-{tags}.whl" if tags else f"{name}-{version}.tar.gz"
            for tags in self.stock[name][version].tags.split(" ")
        ]
        digest = (f"sha256:{GOOD}",)
        return tuple(File(each, f"https://index.invalid/{each}", 1, digest) for each in names)

    def metadata(self, release: Release) -> Metadata | Unasked:
        kept = self.stock[release.name][str(release.version)]
        return Metadata(requires=tuple(map(Requirement, kept.requires)), requires_python=kept.says)

    def direct(self, name: NormalizedName, url: str) -> Release | Unasked:  # noqa: ARG002  # the Protocol's question
        return self.named[url]


def file(text: str, name: str) -> Release:
    distribution, version = text.split()
    kept = File(name=name.rpartition("/")[2], url=f"https://{name}")
    return Release(canonicalize_name(distribution), Version(version), kept)


NUMPY = {
    "1.19.5": Kept(python=">=3.6"),
    "1.20.0": Kept(python=">=3.7"),
    "1.21.6": Kept(python=">=3.7"),
    "1.26.4": Kept(python=">=3.9"),
    "2.0.0rc1": Kept(python=">=3.9"),
}
PANDAS = {
    "1.1.5": Kept(tags="cp36-cp36m-manylinux1_x86_64"),
    "1.1.6": Kept(tags="cp36-cp36m-manylinux_2_24_x86_64"),
}
CELERY = {
    "celery": {"4.4.7": pure("kombu<4.7,>=4.6.10"), "5.0.0": pure("kombu>=5")},
    "kombu": {"4.6.10": pure(), "4.6.11": pure(), "5.0.0": pure(), "5.1.0": pure()},
}
BOTO = {
    "boto3": {f"1.{n}": pure(f"botocore=={n}.0") for n in range(18, 24)},
    "botocore": {
        f"{n}.0": pure("urllib3<1.25" if n < 20 else "urllib3>=1.25") for n in range(18, 24)
    },
    "requests": {"2.21.0": pure("urllib3<1.25,>=1.21.1"), "2.27.1": pure("urllib3<1.27")},
    "urllib3": {"1.24.2": pure(), "1.26.0": pure()},
}
SIX = {"six": {"1.15.0": pure(), "1.16.0": pure()}}
WHEEL = "example.com/six-1.16.0-cp39-cp39-linux_x86_64.whl"
YANKED = {"six": {"1.15.0": pure(), "1.16.0": Kept(is_yanked=True)}}


KINDS = (
    pytest.param(
        {
            "requirements": "numpy>=1.20\n",
            "index": Shop(stock={"numpy": NUMPY}),
            "runtimes": ["3.6", "3.7"],
        },
        "no release of numpy for Python3.6 meets numpy>=1.20 (requirements.txt:1); "
        "newest for Python3.6 is 1.19.5; 1.20.0 to 1.26.4 need Python >=3.7, the "
        "newest >=3.9; no such conflict on Python3.7",
        "write numpy>=1.19.5 at requirements.txt:1",
        id="the newest needs a newer Python",
    ),
    pytest.param(
        {
            "requirements": "numpy>=1.20\n",
            "index": Shop(stock={"numpy": NUMPY}),
            "built_ins": {"numpy 1.15.0": ()},
        },
        "no release of numpy for Python3.6 meets numpy>=1.20 (requirements.txt:1); "
        "newest for Python3.6 is 1.19.5; 1.20.0 to 1.26.4 need Python >=3.7, the "
        "newest >=3.9; Python3.6 has built-in numpy 1.15.0",
        "write numpy>=1.15.0 at requirements.txt:1",
        id="so it does where there is a built-in",
    ),
    pytest.param(
        {"requirements": "pandas==1.1.6\n", "index": Shop(stock={"pandas": PANDAS})},
        "no release of pandas for Python3.6 meets pandas==1.1.6 (requirements.txt:1); "
        "newest for Python3.6 is 1.1.5; 1.1.6 has wheels for glibc 2.24 and newer "
        "only",
        "write pandas==1.1.5 at requirements.txt:1",
        id="wheels for a newer glibc",
    ),
    pytest.param(
        {
            "requirements": "pandas>=1.1\n",
            "index": Shop(stock={"pandas": PANDAS}),
            "runtimes": ["3.9"],
        },
        "no release of pandas for Python3.9 meets pandas>=1.1 (requirements.txt:1); "
        "no other release fits Python3.9 either; 1.1.5 and 1.1.6 have wheels for cp36 "
        "only",
        "loosen or drop pandas>=1.1 (requirements.txt:1)",
        id="wheels for another ABI",
    ),
    pytest.param(
        {"requirements": "kombu<5\nkombu>=5\n", "index": Shop(stock=CELERY)},
        "kombu<5 (requirements.txt:1) and kombu>=5 (requirements.txt:2) cannot be met together",
        "write kombu>=4.6.11 at requirements.txt:2",
        id="two lines exclude each other",
    ),
    pytest.param(
        {"requirements": "celery==4.4.7\nkombu>=5\n", "index": Shop(stock=CELERY)},
        "celery==4.4.7 (requirements.txt:1) and kombu>=5 (requirements.txt:2) cannot "
        "be met together; celery 4.4.7 needs kombu<4.7,>=4.6.10",
        "write kombu>=4.6.11 at requirements.txt:2",
        id="a line against what a dependency needs",
    ),
    pytest.param(
        {"requirements": "boto3>=1.20\nrequests==2.21.0\n", "index": Shop(stock=BOTO)},
        "boto3>=1.20 (requirements.txt:1) and requests==2.21.0 (requirements.txt:2) "
        "cannot be met together; boto3 1.20 to 1.23 (4 releases) need botocore 20.0 "
        "or newer; requests 2.21.0 needs urllib3<1.25,>=1.21.1; botocore 20.0 to 23.0 "
        "(4 releases) need urllib3>=1.25",
        "write requests==2.27.1 at requirements.txt:2",
        id="two dependencies against each other, through chains",
    ),
    pytest.param(
        {
            "requirements": "boto3>=1.20\nrequests==2.21.0\n",
            "index": Shop(stock=BOTO),
            "built_ins": {"requests 2.21.0": ("urllib3<1.25,>=1.21.1",), "urllib3 1.24.2": ()},
        },
        "boto3>=1.20 (requirements.txt:1) and requests==2.21.0 (requirements.txt:2) "
        "cannot be met together; boto3 1.20 to 1.23 (4 releases) need botocore 20.0 "
        "or newer; built-in requests 2.21.0 needs urllib3<1.25,>=1.21.1; botocore "
        "20.0 to 23.0 (4 releases) need urllib3>=1.25; Python3.6 has built-in urllib3 "
        "1.24.2",
        "write requests==2.27.1 at requirements.txt:2",
        id="one of them is built in",
    ),
    pytest.param(
        {"requirements": "six==1.99\n", "index": Shop(stock=SIX)},
        "no release of six meets six==1.99 (requirements.txt:1); the newest is 1.16.0",
        "write six==1.16.0 at requirements.txt:1",
        id="a version that does not exist",
    ),
    pytest.param(
        {"requirements": "numpy==1.22\n", "index": Shop(stock={"numpy": NUMPY})},
        "no release of numpy meets numpy==1.22 (requirements.txt:1); the newest is "
        "1.26.4, for Python3.6 1.19.5",
        "write numpy==1.19.5 at requirements.txt:1",
        id="nor does this, and the newest does not fit",
    ),
    pytest.param(
        {
            "requirements": "nunpy\n",
            "index": Shop(stock={"numpy": NUMPY}),
            "built_ins": {"numpy 1.15.0": ()},
        },
        "no index has nunpy (requirements.txt:1)",
        "did you mean numpy? Mend or drop nunpy (requirements.txt:1)",
        id="a name that no index has",
    ),
    pytest.param(
        {"requirements": "yaml>=5\n", "index": Shop(stock={})},
        "no index has yaml>=5 (requirements.txt:1)",
        "did you mean pyyaml? Mend or drop yaml>=5 (requirements.txt:1)",
        id="an import name",
    ),
    pytest.param(
        {"requirements": "celery\n", "index": Shop(stock={"celery": CELERY["celery"]})},
        "celery (requirements.txt:1) cannot be met on Python3.6; celery 4.4.7 and "
        "5.0.0 need kombu<4.7,>=4.6.10 or kombu>=5; no index has kombu",
        "find the index that has kombu, or drop celery (requirements.txt:1)",
        id="a name that no index has, further down",
    ),
    pytest.param(
        {"requirements": "six>=1.16\n", "index": Shop(stock=YANKED)},
        "no release of six for Python3.6 meets six>=1.16 (requirements.txt:1); newest "
        "for Python3.6 is 1.15.0; 1.16.0 is yanked",
        "write six>=1.15.0 at requirements.txt:1",
        id="yanked",
    ),
    pytest.param(
        {"requirements": f"six==1.16.0 --hash=sha256:{BAD}\n", "index": Shop(stock=SIX)},
        "no release of six for Python3.6 meets six==1.16.0 with --hash "
        "(requirements.txt:1); 1.16.0 has no file with the given hash",
        "mend the hash, or do without: write six==1.16.0, without --hash, at requirements.txt:1",
        id="the hash excludes it",
    ),
    pytest.param(
        {
            "requirements": "celery==4.4.7\n",
            "constraints": "kombu>=5\n",
            "index": Shop(stock=CELERY),
        },
        "celery==4.4.7 (requirements.txt:1) and kombu>=5 (constraints.txt:1) cannot "
        "be met together; celery 4.4.7 needs kombu<4.7,>=4.6.10",
        "write kombu>=4.6.11 at constraints.txt:1",
        id="the constraint excludes it",
    ),
    pytest.param(
        {
            "requirements": "requests\nurllib3>=1.26\n",
            "index": Shop(stock=BOTO),
            "built_ins": {"requests 2.21.0": ("urllib3<1.25,>=1.21.1",), "urllib3 1.24.2": ()},
            "preference": Preference.REQUIRE,
        },
        "nothing that Python3.6 may use meets urllib3>=1.26 (requirements.txt:2); "
        "Python3.6 has built-in urllib3 1.24.2, and --builtins require allows no other",
        "write urllib3>=1.24.2 at requirements.txt:2",
        id="built-ins are required",
    ),
    pytest.param(
        {
            "requirements": "boto3==1.22\nrequests\n",
            "index": Shop(stock=BOTO),
            "built_ins": {"requests 2.21.0": ("urllib3<1.25,>=1.21.1",), "urllib3 1.24.2": ()},
            "preference": Preference.REQUIRE,
        },
        "boto3==1.22 (requirements.txt:1) cannot be met on Python3.6; boto3 1.22 "
        "needs botocore==22.0; botocore 22.0 needs urllib3>=1.25; Python3.6 has "
        "built-in urllib3 1.24.2, and --builtins require allows no other",
        "write boto3==1.19 at requirements.txt:1",
        id="built-ins are required, against a need",
    ),
    pytest.param(
        {
            "requirements": "foo>1\nfoo<3\n",
            "index": Shop(stock={"foo": {"1": pure(), "2rc1": pure(), "3": pure()}}),
        },
        "foo>1 (requirements.txt:1) and foo<3 (requirements.txt:2) cannot be met "
        "together; no such foo fits Python3.6; newest for Python3.6 is 3; 2rc1 is a "
        "pre-release, taken only where a requirement names one",
        "write foo<=3 at requirements.txt:2",
        id="only a pre-release is left",
    ),
    pytest.param(
        {
            "requirements": f"six @ https://me:pw@{WHEEL}\n",
            "index": Shop(
                stock=SIX,
                named={f"https://me:pw@{WHEEL}": file("six 1.16.0", WHEEL)},
            ),
        },
        "Python3.6 cannot use the file of six @ "
        "https://****@example.com/six-1.16.0-cp39-cp39-linux_x86_64.whl "
        "(requirements.txt:1); six 1.16.0 has wheels for cp39 only",
        "to take it from an index, write six==1.16.0 at requirements.txt:1",
        id="the file that a line names does not fit",
    ),
    pytest.param(
        {
            "requirements": "six>=1.16\n",
            "index": Shop(stock={"six": {"1.15.0": pure(), "1.16.0": Kept(says=">=3.8")}}),
        },
        "six>=1.16 (requirements.txt:1) cannot be met on Python3.6; six 1.16.0 needs Python >=3.8",
        "write six>=1.15.0 at requirements.txt:1",
        id="only its metadata refuses the Python",
    ),
    pytest.param(
        {
            "requirements": "web\n",
            "index": Shop(
                stock={
                    "web": {"1": pure("yarl")},
                    "yarl": {"1.15.0": Kept(says=">=3.7"), "1.16.0": Kept(says=">=3.8")},
                }
            ),
        },
        "web (requirements.txt:1) cannot be met on Python3.6; web 1 needs yarl; yarl "
        "1.15.0 and 1.16.0 need Python >=3.7 or >=3.8",
        "drop web (requirements.txt:1)",
        id="only its metadata refuses the Python, further down",
    ),
    pytest.param(
        {
            "requirements": "old\n",
            "index": Shop(
                stock={"old": {"1": Kept(tags="")}},
                selection=Selection(only_binary=frozenset([":all:"])),
            ),
        },
        "old (requirements.txt:1) has no release for Python3.6; 1 is kept out by --only-binary",
        "take --only-binary back for old, or drop old (requirements.txt:1)",
        id="--only-binary leaves nothing",
    ),
    pytest.param(
        {
            "requirements": "web\n",
            "index": Shop(
                stock={
                    "web": {"1": pure("a", "b")},
                    "a": {"1": pure("c<1")},
                    "b": {"1": pure("c>1")},
                    "c": {"0.5": pure(), "2": pure()},
                }
            ),
        },
        "web (requirements.txt:1) cannot be met on Python3.6; web 1 needs a and b; a "
        "1 needs c<1; b 1 needs c>1",
        "drop web (requirements.txt:1)",
        id="one line, whose needs exclude each other",
    ),
    pytest.param(
        {
            "requirements": "urllib3>=1.25\n",
            "sources": {"index.py": "import requests\n"},
            "built_ins": {"requests 2.21.0": ("urllib3<1.25,>=1.21.1",), "urllib3 1.24.2": ()},
            "index": Shop(stock={"urllib3": BOTO["urllib3"]}),
        },
        "urllib3>=1.25 (requirements.txt:1) and requests (imported, declared nowhere) "
        "cannot be met together; built-in requests 2.21.0 needs "
        "urllib3<1.25,>=1.21.1; Python3.6 has built-in urllib3 1.24.2",
        "write urllib3>=1.24.2 at requirements.txt:1",
        id="a line against what is imported only",
    ),
    pytest.param(
        {
            "requirements": "celery==4.4.7\n",
            "index": Shop(stock={**CELERY, "kombu": {"5.0.0": pure()}}),
        },
        "celery==4.4.7 (requirements.txt:1) cannot be met on Python3.6; celery 4.4.7 "
        "needs kombu<4.7,>=4.6.10; there is no such kombu; the newest is 5.0.0",
        "write celery==5.0.0 at requirements.txt:1",
        id="removed from the index",
    ),
    pytest.param(
        {
            "requirements": "scan>=1\n",
            "index": Shop(
                stock={
                    "scan": {
                        "0.9": pure(),
                        "1.0": Kept(python="<3"),
                        "1.1": Kept(tags="cp27-cp27mu-manylinux1_x86_64"),
                        "1.2": Kept(tags="cp36-cp36m-win_amd64 "),
                        "1.3": Kept(tags="cp36-cp36m-win_amd64 "),
                        "1.4": Kept(is_yanked=True),
                        "1.5": Kept(python=">=3.8"),
                    }
                }
            ),
        },
        "no release of scan for Python3.6 meets scan>=1 (requirements.txt:1); newest for "
        "Python3.6 is 0.9; 1.5 needs Python >=3.8; 1.4 is yanked; 1.2 and 1.3 have wheels for "
        "Windows only, and their source has to be compiled; 2 older ones do not fit either",
        "write scan>=0.9 at requirements.txt:1, or compile scan on CentOS 7 with python3.6, and "
        "pack what that gives",
        id="many reasons: the newest releases are told",
    ),
    pytest.param(
        {
            "requirements": "web\nold>=4\n",
            "index": Shop(
                stock={
                    "web": {"1": pure("old<2"), "2": pure("old<3,>0"), "3": pure("old<4")},
                    "old": {"1": pure(), "4": pure()},
                }
            ),
        },
        "web (requirements.txt:1) and old>=4 (requirements.txt:2) cannot be met together; "
        "web 1 to 3 (3 releases) need old older than 4",
        "write old>=1 at requirements.txt:2",
        id="every release needs something older",
    ),
    pytest.param(
        {
            "requirements": f"celery==4.4.7\nkombu==5.0.0 --hash=sha256:{GOOD}\n",
            "index": Shop(stock=CELERY),
        },
        "celery==4.4.7 (requirements.txt:1) and kombu==5.0.0 with --hash (requirements.txt:2) "
        "cannot be met together; celery 4.4.7 needs kombu<4.7,>=4.6.10",
        "write kombu==4.6.11, with hashes of its own, at requirements.txt:2",
        id="a line with a hash against what a dependency needs",
    ),
)


@pytest.mark.parametrize(("case", "message", "remedy"), KINDS)
def test_a_conflict_says_what_exists_and_what_to_write(
    told: Callable[..., Any], case: dict[str, Any], message: str, remedy: str
) -> None:
    ((_, *said),) = told("SCF101", **case)
    assert said == [message, remedy]


@pytest.mark.parametrize(
    ("selection", "verdict"),
    [
        pytest.param(Selection(), "warning unknown", id="who compiles it has it"),
        pytest.param(
            Selection(only_binary=frozenset({":all:"})), "error blocked", id="nobody may compile it"
        ),
    ],
)
def test_what_could_be_compiled_is_not_proven_to_be_impossible(
    told: Callable[..., Any], selection: Selection, verdict: str
) -> None:
    # psycopg2 2.9 has wheels for Windows alone, and is built on Linux every day.
    stock = {"driver": {"2.9": Kept(tags="cp36-cp36m-win_amd64 ")}}
    index = Shop(stock=stock, selection=selection)
    ((head, *_),) = told("SCF101", requirements="driver>=2\n", index=index)
    assert head == f"{verdict} requirements.txt:1 driver"


def test_a_distribution_whose_metadata_refuses_the_python_is_what_the_conflict_is_about(
    told: Callable[..., Any],
) -> None:
    stock = {"web": {"1": pure("yarl")}, "yarl": {"1": Kept(says=">=3.8")}}
    ((head, *_),) = told("SCF101", requirements="web\n", index=Shop(stock=stock))
    assert head == "error blocked requirements.txt:1 yarl"


def test_a_file_that_fits_is_never_to_be_taken_from_an_index_instead(
    told: Callable[..., Any],
) -> None:
    # Whoever has the name of a private package there need not be its author.
    wheel = "example.com/mine-1-py3-none-any.whl"
    index = Shop(
        stock={"mine": {"1": pure("kombu>=5"), "2": pure()}, "kombu": CELERY["kombu"]},
        named={f"https://{wheel}": file("mine 1", wheel)},
    )
    case = {"requirements": f"mine @ https://{wheel}\nkombu<5\n", "index": index}
    ((_, _, remedy),) = told("SCF101", **case)
    assert remedy == "write kombu<=5.1.0 at requirements.txt:2"


DJANGO = {
    "django": {
        "3.2": Kept(("asgiref<4,>=3.2.10",)),
        "4.0": Kept(("asgiref<4,>=3.4.1",), python=">=3.8"),
        "4.1": Kept(("asgiref<4,>=3.5.2",), python=">=3.8"),
        "4.2": Kept(("asgiref<4,>=3.6.0",), python=">=3.8"),
    },
    "asgiref": {"3.2.10": pure(), "3.4.1": pure(), "3.7.0": Kept(python=">=3.7")},
}


def test_a_line_that_cannot_be_met_elsewhere_for_another_reason_is_not_told_to_do_there(
    told: Callable[..., Any],
) -> None:
    case = {"requirements": "django>=4.0\nasgiref<3.3\n", "index": Shop(stock=DJANGO)}
    assert told("SCF101", **case, runtimes=["3.6", "3.9", "3.10"]) == [
        (
            "error blocked requirements.txt:1 django",
            (
                "no release of django for Python3.6 meets django>=4.0 (requirements.txt:1); "
                "newest for Python3.6 is 3.2; 4.0 to 4.2 need Python >=3.8"
            ),
            "write django>=3.2 at requirements.txt:1",
        )
    ]
    assert told("SCF101", **case, runtimes=["3.9", "3.6"]) == [
        (
            "error blocked requirements.txt:2 asgiref",
            (
                "django>=4.0 (requirements.txt:1) and asgiref<3.3 (requirements.txt:2) "
                "cannot be met together; django 4.0 to 4.2 (3 releases) need "
                "asgiref 3.4.1 or newer and older than 4"
            ),
            "write django>=3.2 at requirements.txt:1",
        )
    ]


@pytest.mark.parametrize(
    ("case", "remedy"),
    [
        pytest.param(kind.values[0], kind.values[2], id=kind.id)
        for kind in KINDS
        if "write " in str(kind.values[2])
    ],
)
def test_what_a_remedy_says_to_write_ends_the_conflict(
    told: Callable[..., Any], case: dict[str, Any], remedy: str
) -> None:
    assert told("SCF101", **{**case, **_written(case, remedy)}) == []


_WRITE = re.compile(r"write (.+?)(?:, with[^,]+,)? at (\w+)\.txt:(\d+)(?:$|, or compile)")


def _written(case: Mapping[str, Any], remedy: str) -> dict[str, str]:
    match = _WRITE.search(remedy)
    assert match, remedy
    text, file, number = match.groups()
    lines = case[file].splitlines()
    lines[int(number) - 1] = text
    return {file: "\n".join(lines)}
