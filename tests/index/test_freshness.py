from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.index.cache.freshness import UNSAID, fresh_for

DAY = 86_400.0
DATE = "Sun, 22 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, UNSAID),
        ({"Cache-Control": ""}, UNSAID),
        ({"Cache-Control": "public"}, UNSAID),
        ({"Cache-Control": "max-age=600, public"}, 600),
        ({"cache-control": "Max-Age = 5"}, 5),
        ({"CACHE-CONTROL": 'max-age="5"'}, 5),
        ({"Cache-Control": "max-age=0"}, 0),
        ({"Cache-Control": "max-age=-1"}, 0),
        ({"Cache-Control": "max-age=soon"}, 0),
        ({"Cache-Control": "max-age"}, 0),
        ({"Cache-Control": "max-age=5, max-age=500"}, 5),
        ({"Cache-Control": "max-age=99999999999999999999999"}, DAY),
        ({"Cache-Control": "s-maxage=5, max-age=50, must-revalidate, private"}, 50),
        ({"Cache-Control": "x-max-age=5"}, UNSAID),
        ({"Cache-Control": "max-age=600", "Age": "100"}, 500),
        ({"Cache-Control": "max-age=600", "Age": "1000"}, 0),
        ({"Cache-Control": "max-age=600", "Age": "?"}, 600),
        ({"Age": "100"}, UNSAID - 100),
        ({"Cache-Control": "no-cache"}, 0),
        ({"Cache-Control": "max-age=600, No-Cache"}, 0),
        ({"Cache-Control": 'no-cache="Set-Cookie, Age", max-age=600'}, 0),
        ({"Cache-Control": "no-store"}, None),
        ({"Cache-Control": "max-age=600,no-store"}, None),
        ({"Cache-Control": 'private="no-store", max-age=7'}, 7),
        ({"Cache-Control": "max-age=600", "Vary": "*"}, 0),
        ({"Cache-Control": "max-age=600", "Vary": "Accept"}, 600),
        ({"Expires": "Sun, 22 Nov 2026 10:01:00 GMT", "Date": DATE}, 60),
        ({"Expires": "Sun, 22 Nov 2026 09:01:00 GMT", "Date": DATE}, 0),
        ({"Expires": "Sun, 22 Nov 2036 09:01:00 GMT", "Date": DATE}, DAY),
        ({"Expires": "Sun, 22 Nov 2026 10:01:00 GMT", "Date": DATE, "Age": "20"}, 40),
        (
            {
                "Expires": "Sun, 22 Nov 2026 10:01:00 GMT",
                "Date": DATE,
                "Cache-Control": "max-age=5",
            },
            5,
        ),
        ({"Expires": "0", "Date": DATE}, 0),
        ({"Expires": "Sun, 22 Nov 2026 10:01:00 GMT"}, 0),
        ({"Expires": "Sun, 22 Nov 2026 10:01:00", "Date": DATE}, 0),
    ],
)
def test_an_answer_is_fresh_for_as_long_as_its_headers_say(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert fresh_for(headers) == seconds


NAMES = st.sampled_from(["Cache-Control", "Age", "Expires", "Date", "Vary"])
DIRECTIVES = st.sampled_from(["max-age=", "no-cache", '"', "\\", ",", "=", DATE, "9", " ", "-"])
TEXTS = st.lists(DIRECTIVES | st.text(max_size=3), max_size=6).map("".join)


@given(st.dictionaries(NAMES, TEXTS))
def test_whatever_a_server_says_is_at_most_a_day(headers: dict[str, str]) -> None:
    seconds = fresh_for(headers)

    assert seconds is None or 0 <= seconds <= DAY
