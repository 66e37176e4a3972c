from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from audit.index.cache.store import MemoryStore
from audit.index.client import Client
from audit.index.pip.sources import Sources
from audit.model import Metadata
from audit.pages import Contents, File, Page
from audit.pins import Release
from audit.resolve.index import Unasked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.index.conftest import Stall

ALPHA, BETA = canonicalize_name("alpha"), canonicalize_name("beta")


@pytest.fixture
def client(stall: Stall) -> Iterator[Client]:
    each = Client(lambda: Sources(indexes=(stall.url(),)), MemoryStore())
    yield each
    each.close()


def newest(client: Client) -> Release:
    page = client.page(ALPHA)
    assert isinstance(page, Page)
    row = page.rows[0]
    return Release(ALPHA, Version(row.version), client.files(ALPHA, row.version)[0])


def test_nobody_is_asked_where_to_ask_before_a_question() -> None:
    def never() -> Sources:
        raise AssertionError

    client = Client(never, MemoryStore())
    assert (client.problems, client.shared, client.oldest) == ((), (), None)
    assert client.good_until == 0
    client.expect(())
    client.close()


def test_files_stand_in_the_order_of_their_signature(client: Client, stall: Stall) -> None:
    stall.sdist("alpha", "1.0")
    stall.wheel("alpha", "1.0")
    stall.page("alpha")
    page = client.page(ALPHA)
    assert isinstance(page, Page)
    tags = [trait.tags for trait in page.signatures[page.rows[0].signature]]
    kinds = [file.kind for file in client.files(ALPHA, "1.0")]
    assert [("sdist", "wheel")[bool(each)] for each in tags] == kinds == ["wheel", "sdist"]


@pytest.mark.parametrize("many", [False, True])
def test_threads_get_one_answer_each_asked_for_once(
    client: Client, stall: Stall, *, many: bool
) -> None:
    stall.wheel("alpha", "1.0", "beta", pause=0.02)
    stall.page("alpha", pause=0.02)
    told: list[object] = []

    def ask() -> None:
        release = newest(client)
        client.expect([BETA], [release])
        client.expect_contents([release])
        told.append((client.metadata(release), client.contents(release), client.page(BETA)))

    threads = [Thread(target=ask) for _ in range(30 if many else 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(told) == len(threads)
    assert len(set(map(repr, told))) == 1
    paths = stall.server.paths()
    assert sorted(set(paths)) == sorted(paths)


def test_an_answer_is_good_until_its_first_page_is_stale(client: Client, stall: Stall) -> None:
    stall.wheel("alpha", "1.0")
    stall.page("alpha", headers={"Cache-Control": "max-age=500"})
    stall.wheel("beta", "1.0")
    stall.page("beta", headers={"Cache-Control": "max-age=100"})
    client.page(ALPHA)
    first = client.good_until
    client.page(BETA)
    assert 0 < client.good_until <= first - 390
    client.page(canonicalize_name("absent"))
    assert client.good_until <= first - 490


def test_an_answer_that_lacks_something_is_not_good_for_later(client: Client, stall: Stall) -> None:
    url = stall.wheel("alpha", "1.0", beside=False)
    stall.page("alpha")
    stall.mishap(url, status=404)
    assert isinstance(client.metadata(newest(client)), Unasked)
    assert client.good_until == 0


@pytest.mark.parametrize("add", ["wheel", "sdist"])
def test_a_whole_file_says_all_there_is_to_say(client: Client, stall: Stall, add: str) -> None:
    getattr(stall, add)("alpha", "1.0", "beta", beside=False, ranges=False)
    stall.page("alpha", html=True)
    release = newest(client)
    metadata, contents = client.metadata(release), client.contents(release)
    assert isinstance(metadata, Metadata)
    assert isinstance(contents, Contents)
    assert [str(each) for each in metadata.requires] == ["beta"]
    assert contents.import_names == ("alpha",)
    files = [path for path in stall.asked("/files/") if not path.endswith(".metadata")]
    assert len(files) == 1


def test_after_the_end_every_question_is_answered_at_once(client: Client) -> None:
    client.close()
    answer = client.page(ALPHA)
    assert isinstance(answer, Unasked)
    assert "the run is over" in answer.reason


def test_a_host_without_any_metadata_beside_its_wheels_is_believed_soon(
    client: Client, stall: Stall
) -> None:
    for number in range(12):
        stall.wheel(f"n{number}", "1.0", beside=False)
        stall.page(f"n{number}")
        name = canonicalize_name(f"n{number}")
        client.page(name)
        (file,) = client.files(name, "1.0")
        assert isinstance(client.metadata(_release(name, file)), Metadata)
    assert len(stall.asked(".metadata")) == 4


def test_a_host_with_metadata_beside_some_wheels_is_asked_on(client: Client, stall: Stall) -> None:
    for number in range(12):
        stall.wheel(f"n{number}", "1.0", beside=number == 1)
        stall.page(f"n{number}", html=True)
        name = canonicalize_name(f"n{number}")
        client.page(name)
        (file,) = client.files(name, "1.0")
        assert isinstance(client.metadata(_release(name, file)), Metadata)
    assert len(stall.asked(".metadata")) == 12


def _release(name: str, file: File) -> Release:
    return Release(canonicalize_name(name), Version("1.0"), file)
