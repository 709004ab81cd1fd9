"""Single values of files: what is read, what is refused, and that errors repeat nothing that may be personal data."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.files.values.dates import DateReader
from sources.files.values.ratings import Rating, read_rating
from sources.files.values.unreadable import Ambiguous, Unreadable, shown

RATINGS = {
    "3": (3, None, None),
    " 3.5 ": (3.5, None, None),
    "3,5": (3.5, None, None),
    "3.": (3, None, None),
    ",5": (0.5, None, None),
    "3 Sterne": (3, None, None),
    "2.5 stars": (2.5, None, None),
    "3★": (3, None, None),
    "2/5": (2, 5, None),
    "7 / 10": (7, 10, None),
    "2 of 5 bubbles": (2, 5, None),
    "3.0 out of 5 stars": (3, 5, None),
    "3,0 von 5 Sternen": (3, 5, None),
    "3,7 su 5 stelle": (3.7, 5, None),
    "3 sur 5": (3, 5, None),
    "3,5 de 5 estrellas": (3.5, 5, None),
    "5つ星のうち3.5": (3.5, 5, None),
    "3.5 颗星，最多 5 颗星": (3.5, 5, None),
    "5 yıldız üzerinden 3,5": (3.5, 5, None),
    "Rated 3 out of 5 stars": (3, 5, None),
    "3 stars out of 5": (3, 5, None),
    "3 star rating": (3, None, None),
    "Rating: 3/5": (3, 5, None),
    "60%": (60, 100, 0),
    "TWO": (2, None, None),
    "four stars": (4, None, None),
    "★★☆☆☆": (2, 5, None),
    "★★★½☆": (3.5, 5, None),
    "⭐️⭐️": (2, 5, None),
    "☆☆☆☆☆": (0, 5, None),
    "٣": (3, None, None),
    "٣٫٥": (3.5, None, None),
    "４．５": (4.5, None, None),
    "4½": (4.5, None, None),
    "★4": (4, None, None),
    "5星": (5, None, None),
    "5 stars!": (5, None, None),
    "five-star": (5, None, None),
    "4-star": (4, None, None),
    "three out of five": (3, 5, None),
    "ui_bubble_rating bubble_45": (4.5, 5, None),
}


@pytest.mark.parametrize("spelling", RATINGS)
def test_ratings_are_read_as_they_are_spelled(spelling: str) -> None:
    assert read_rating(spelling) == Rating(*RATINGS[spelling])


def test_a_rating_above_the_best_one_is_left_to_validation() -> None:
    assert read_rating("10/5") == Rating(10, 5)


def test_an_unspecified_rating_is_none() -> None:
    assert read_rating("STAR_RATING_UNSPECIFIED") is None


@pytest.mark.parametrize(
    "value",
    [
        "good",
        "1,000",
        "3 apples",
        "",
        "1e999",
        "4/",
        True,
        [4],
        {"value": 4},
        10**400,
        "1_0",
        "★ nice",
        "1 2",
        "3-2",
        "someone",
    ],
)
def test_what_is_no_rating_is_refused(value: object) -> None:
    with pytest.raises(Unreadable):
        read_rating(value)


@given(st.floats(-1e6, 1e6).map(lambda number: round(number, 2)))
def test_any_number_is_read_with_a_point_and_with_a_comma(number: float) -> None:
    text = f"{number:.2f}"
    assert read_rating(text) == read_rating(text.replace(".", ",")) == Rating(number)


DATES = {
    "2016-02-03": "2016-02-03",
    "2016-2-3": "2016-02-03",
    "2016/02/03": "2016-02-03",
    "3.2.2016": "2016-02-03",
    "20160203": "2016-02-03",
    "2016-W05-3": "2016-02-03",
    "2016-02-03+02:00": "2016-02-03",
    "2016-02-03Z": "2016-02-03",
    "3 February 2016": "2016-02-03",
    "February 3rd, 2016": "2016-02-03",
    "Feb 3, 2016": "2016-02-03",
    "Wednesday, 3 February 2016": "2016-02-03",
    "03-Feb-2016": "2016-02-03",
    "3. Februar 2016": "2016-02-03",
    "3 février 2016": "2016-02-03",
    "3 февраля 2016 г.": "2016-02-03",
    "3 Şubat 2016": "2016-02-03",
    "3. 2. 2016": "2016-02-03",
    "2016. 2. 3.": "2016-02-03",
    "Dined on February 3, 2016": "2016-02-03",
    "/Date(1454457600000)/": "2016-02-03T00:00:00+00:00",
    "3 de febrero de 2016": "2016-02-03",
    "Reviewed in Exampleland on February 3, 2016": "2016-02-03",
    "3rd of February 2016": "2016-02-03",
    "Date of experience: February 03, 2016": "2016-02-03",
    "Posted February 3, 2016": "2016-02-03",
    "2016年2月3日": "2016-02-03",
    "2016년 2월 3일": "2016-02-03",
    "25/02/2016": "2016-02-25",
    "02/25/2016": "2016-02-25",
    "02/02/2016": "2016-02-02",
    "2016-02-03 04:05": "2016-02-03T04:05:00+00:00",
    "2016-02-03\u00a004:05": "2016-02-03T04:05:00+00:00",
    "2016-02-03T04:05:06Z": "2016-02-03T04:05:06+00:00",
    "2016-02-03T04:05:06 Z": "2016-02-03T04:05:06+00:00",
    "2016-02-03T04:05:06.123456789Z": "2016-02-03T04:05:06.123456+00:00",
    "2016-02-03 04:05:06.5 +0000": "2016-02-03T04:05:06.500000+00:00",
    "2016-02-03 04:05:06 UTC": "2016-02-03T04:05:06+00:00",
    "2016-02-03 04:05:06 PM": "2016-02-03T16:05:06+00:00",
    "2016-02-03T04:05:06+01:00[Europe/Paris]": "2016-02-03T04:05:06+01:00",
    "Wed, 03 Feb 2016 04:05:06 GMT": "2016-02-03T04:05:06+00:00",
    "Wed Feb 03 2016 04:05:06 GMT+0100 (Central European Standard Time)": "2016-02-03T04:05:06+01:00",
    "Wed Feb 03 04:05:06 -0500 2016": "2016-02-03T04:05:06-05:00",
    "Feb 3, 2016, 4:05 p.m.": "2016-02-03T16:05:00+00:00",
    "893222400": "1998-04-22T05:20:00+00:00",
    "893222400000": "1998-04-22T05:20:00+00:00",
    "1454472306": "2016-02-03T04:05:06+00:00",
    "1454472306789": "2016-02-03T04:05:06.789000+00:00",
}


@pytest.mark.parametrize("spelling", DATES)
def test_dates_are_read_as_they_are_spelled(spelling: str) -> None:
    assert DateReader().read(spelling) == DATES[spelling]


@pytest.mark.parametrize("value", [1454472306, 1454472306.0, 1454472306000])
def test_numbers_of_ten_digits_are_seconds_and_of_thirteen_milliseconds(value: float) -> None:
    assert DateReader().read(value) == "2016-02-03T04:05:06+00:00"


REFUSED = [
    ("February 2016", "is no date"), ("2016-02", "is no date"), ("2 weeks ago", "'2 weeks ago' is no date"),
    ("2016-02-03-10", "is no date"), ("2016-02-30", "no day of the calendar"), ("31 April 2016", "no day of the calendar"),
    ("2016-02-03 25:00", "no time of the clock"), ("03/04/2016", "--date-format, %d/%m/%Y or %m/%d/%Y"),
    ("3/4/16", "for a year of two digits %y"), ("3 listopada 2016", "is no date"), ("42403", "Excel's number of a day"), (-1000, "'-1000' lies before 1970"), (0, "10 digits are seconds"),
    (12345678901, "10 digits are seconds"), (9999999999, "lies in the year 2286"), (True, "true is no date"), (["2016"], "a list is no date"),
    ("2016-02-03T04:05:06 CEST", "is no date"), ("2016-02-03 04:05+99:00", "an offset that no zone has"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "why"), REFUSED)
def test_what_is_no_date_or_may_be_two_is_refused(value: object, why: str) -> None:
    with pytest.raises(Unreadable) as caught:
        DateReader().read(value)
    assert why in str(caught.value)


def test_a_given_form_settles_what_may_be_two_days_and_is_the_only_one() -> None:
    assert DateReader("%d/%m/%Y").read("03/04/2016") == "2016-04-03"
    assert DateReader("%m/%d/%Y").read("3/4/2016") == "2016-03-04"
    with pytest.raises(Unreadable, match="is not in the form --date-format %d/%m/%Y"):
        DateReader("%d/%m/%Y").read("2016-04-03")


def test_a_zone_is_for_times_that_name_none() -> None:
    reader = DateReader(timezone=ZoneInfo("Europe/Rome"))
    assert reader.read("2016-07-03 04:05") == "2016-07-03T04:05:00+02:00"
    assert reader.read("2016-07-03 04:05Z") == "2016-07-03T04:05:00+00:00"
    assert reader.read("2016-07-03") == "2016-07-03"
    assert reader.read(datetime(2016, 7, 3, 4)) == "2016-07-03T04:00:00+02:00"  # noqa: DTZ001 -- a naive time is meant
    assert reader.read(date(2016, 7, 3)) == "2016-07-03"


@given(st.datetimes(datetime(1970, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 -- bounds are naive
def test_any_moment_comes_back_from_iso_and_rfc_2822(moment: datetime) -> None:
    assert DateReader().read(moment.isoformat()) == moment.isoformat()
    assert DateReader().read(f"{moment:%a, %d %b %Y %H:%M:%S GMT}") == moment.replace(microsecond=0).isoformat()


@given(st.text(max_size=40) | st.from_regex(r"[0-9/.: +-]{1,25}", fullmatch=True))
def test_no_text_raises_anything_else(text: str) -> None:
    for read in (DateReader().read, read_rating):
        with suppress(Unreadable):
            read(text)


@pytest.mark.parametrize(
    "value", ["Anna Example", "anna@mail.example", "+49 151 2345678", "0151-234-5678", "five stars by Anna"]
)
def test_what_may_be_personal_data_is_not_repeated(value: str) -> None:
    assert shown(value) == f"a text of {len(value)} characters"


@pytest.mark.parametrize("value", ["FIVE", "4 stars", "2 weeks ago", "03/04/2016", "2016-02-30 10:00", "not rated"])
def test_what_is_a_rating_or_date_is_repeated(value: str) -> None:
    assert shown(value) in {repr(value), f"a text of {len(value)} characters"}
    assert shown("03/04/2016") == "'03/04/2016'"


def test_two_meanings_are_told_from_none() -> None:
    with pytest.raises(Ambiguous):
        DateReader().read("01/02/2016")
