"""The reader of dates: the table of what is read, what tells ambiguous ones, and properties of random instants."""

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.text.date_cases import CASES, DAY, TIME, ZONE, DateCase
from text.dates import DAY_FIRST, MONTH_FIRST, DateContext, WrittenDate, order_of, read_date
from text.dates.customs import region_of

NOW = datetime(2024, 5, 20, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
EMPTY_DATES = {"1970-01-01T00:00:00Z"}
"""Dates that are read, and that the policy for plausible dates refuses."""


def read(text: str, language: str | None = "en", **known: object) -> WrittenDate | None:
    context = DateContext(NOW, BERLIN, "Europe/Berlin (source)", language, source_zone="Europe/Berlin")
    return read_date(text, context.__class__(**{**context.__dict__, **known}))


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.text not in EMPTY_DATES], ids=lambda case: f"{case.language}: {case.text}"
)
def test_a_date_is_read(case: DateCase) -> None:
    found = read(case.text, case.language)
    if case.instant is None:
        assert found is None
        return
    assert found is not None
    stated = ZONE if found.has_zone else TIME if found.has_time else DAY
    assert (found.at.strftime("%Y-%m-%dT%H:%M"), stated) == (case.instant, case.stated)


def test_the_table_is_long() -> None:
    assert len(CASES) >= 200
    assert len({case.language for case in CASES}) >= 40


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2021-06-17T20:45:56-04:00", "2021-06-17T20:45:56-04:00"),
        ("2021-06-17T20:45:56", "2021-06-17T20:45:56"),
        ("June 17, 2021 8:45 PM", "2021-06-17T20:45"),
        ("June 17, 2021 8:45 PM ET", "2021-06-17T20:45-04:00"),
        ("2021-06-17T20:45:56.5Z", "2021-06-17T20:45:56.500000+00:00"),
        ("June 17, 2021", "2021-06-17"),
        ("yesterday", "2024-05-19"),
        ("2 hours ago", None),
    ],
)
def test_what_is_stated_is_kept_as_precisely_as_it_is(text: str, local: str | None) -> None:
    found = read(text)
    assert found is not None
    assert found.local == local


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "UTC"])
@pytest.mark.parametrize("text", ["2023-06-22", "June 22, 2023", "22.06.2023"])
def test_a_day_is_the_day_that_is_written_in_every_zone(text: str, zone: str) -> None:
    found = read(text, zone=ZoneInfo(zone), source_zone=zone)
    assert found is not None
    assert found.at == datetime(2023, 6, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "known", "hours"),
    [
        ("IST", {}, 5.5),
        ("IST", {"host": "news.co.il"}, 2),
        ("IST", {"language": "he"}, 2),
        ("IST", {"source_zone": "Europe/Dublin"}, 1),
        ("IST", {"language": "en-IE"}, 1),
        ("CST", {}, -6),
        ("CST", {"language": "zh"}, 8),
        ("CST", {"source_zone": "Asia/Taipei"}, 8),
        ("EST", {"host": "paper.com.au"}, 10),
        ("EDT", {"source_zone": "Australia/Sydney"}, 11),
        ("BST", {"source_zone": "Asia/Dhaka"}, 6),
        ("PST", {"source_zone": "Asia/Manila"}, 8),
        ("AST", {"language": "ar"}, 3),
        ("AST", {"source_zone": "America/Halifax"}, -4),
        ("AST", {}, None),
        ("WST", {}, None),
    ],
)
def test_an_abbreviation_of_several_zones_is_told_by_the_source(
    name: str, known: dict[str, object], hours: float | None
) -> None:
    found = read(f"22 Jun 2023 13:11 {name}", **{"source_zone": "", **known})  # type: ignore[arg-type]
    assert found is not None
    distance = None if found.zone is None else found.at.astimezone(found.zone).utcoffset()
    assert distance == (None if hours is None else timedelta(hours=hours))
    assert found.has_zone is (hours is not None)


@pytest.mark.parametrize(
    ("known", "day", "order"),
    [
        ({"language": "de"}, date(2024, 4, 3), DAY_FIRST),
        ({"language": "en-GB"}, date(2024, 4, 3), DAY_FIRST),
        ({"language": "en", "host": "paper.co.uk"}, date(2024, 4, 3), DAY_FIRST),
        ({"language": "en", "source_zone": "Asia/Kolkata"}, date(2024, 4, 3), DAY_FIRST),
        ({"language": "en-US"}, date(2024, 3, 4), MONTH_FIRST),
        ({"language": "en", "host": "agency.gov"}, date(2024, 3, 4), MONTH_FIRST),
        ({"language": "en", "source_zone": "America/Chicago"}, date(2024, 3, 4), MONTH_FIRST),
        ({"language": "en", "host": "paper.com"}, date(2024, 3, 4), MONTH_FIRST),
        ({"language": None, "host": "paper.org"}, None, None),
        ({"language": "en-US", "order": DAY_FIRST}, date(2024, 4, 3), None),
        ({"language": "de", "order": MONTH_FIRST}, date(2024, 3, 4), None),
    ],
)
def test_numbers_follow_the_document_then_the_custom(
    known: dict[str, object], day: date | None, order: str | None
) -> None:
    found = read("3/4/2024", **{"source_zone": "", **known})  # type: ignore[arg-type]
    assert (found and found.day, found and found.order) == (day, order)


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["3/4/2024", "6/22/2023"], MONTH_FIRST),
        (["3/4/2024", "22/6/2023 10:00", "2023-06-22"], DAY_FIRST),
        (["6/22/2023", "22/6/2023"], None),
        (["3/4/2024", "1.2.2024"], None),
    ],
)
def test_the_dates_of_a_document_show_their_order(texts: list[str], order: str | None) -> None:
    assert order_of(texts) == order


@pytest.mark.parametrize(
    ("tag", "host", "region"),
    [
        ("en-GB", "paper.com", "GB"),
        ("en_us", None, "US"),
        ("zh-Hant-TW", None, "TW"),
        ("en", "paper.co.uk", "GB"),
        ("en", "paper.com.au", "AU"),
        ("en", "paper.io", None),
        (None, "agency.gov", "US"),
        (None, None, None),
    ],
)
def test_regions_are_told_by_tag_and_host(tag: str | None, host: str | None, region: str | None) -> None:
    assert region_of(tag, host) == region


ZONES = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
EXACT = st.datetimes(datetime(1971, 1, 1), datetime(2049, 1, 1), timezones=ZONES)  # noqa: DTZ001 (hypothesis adds it)
INSTANTS = EXACT.map(lambda at: at.replace(microsecond=0))
FORMATS = {
    "iso": lambda at: at.isoformat(),
    "iso with a blank": lambda at: at.isoformat(" "),
    "iso, basic": lambda at: at.strftime("%Y%m%dT%H%M%S%z"),
    "rfc 822": format_datetime,
    "rfc 850": lambda at: at.strftime("%A, %d-%b-%Y %H:%M:%S %z"),
    "asctime": lambda at: at.strftime("%a %b %d %H:%M:%S %z %Y"),
    "rfc 822, 12 hours": lambda at: at.strftime("%a, %d %b %Y %I:%M:%S %p %z"),
    "american": lambda at: at.strftime("%B %d, %Y at %I:%M:%S %p GMT%z"),
    "german": lambda at: at.strftime("%d.%m.%Y, %H:%M:%S Uhr %z"),
    "east asian": lambda at: at.strftime("%Y年%m月%d日 %H時%M分%S秒 %z"),
    "slashes": lambda at: at.strftime("%Y/%m/%d %H:%M:%S %z"),
    "javascript": lambda at: at.strftime("%a %b %d %Y %H:%M:%S GMT%z"),
}


@pytest.mark.parametrize("name", FORMATS)
@given(at=INSTANTS)
def test_an_instant_is_read_back_exactly(name: str, at: datetime) -> None:
    found = read(FORMATS[name](at))
    assert found is not None
    assert (found.at, found.has_zone) == (at, True)
    assert found.local is not None
    assert datetime.fromisoformat(found.local) == at


@given(at=EXACT)
def test_microseconds_are_kept(at: datetime) -> None:
    found = read(at.isoformat())
    assert found is not None
    assert found.at == at


GARBAGE = st.text(st.characters(blacklist_categories=("Cs", "Nd", "Nl", "No")), min_size=1, max_size=12)


@pytest.mark.parametrize("name", FORMATS)
@given(at=INSTANTS, garbage=GARBAGE)
def test_what_follows_a_stated_zone_never_makes_another_instant(name: str, at: datetime, garbage: str) -> None:
    found = read(f"{FORMATS[name](at)} {garbage}")
    assert found is None or found.at == at or not found.has_zone


@given(at=INSTANTS, garbage=GARBAGE)
def test_what_follows_a_clock_without_zone_is_a_zone_or_nothing(at: datetime, garbage: str) -> None:
    found = read(at.strftime("%Y-%m-%d %H:%M:%S ") + garbage)
    assert found is None or not found.has_time or found.has_zone or found.local == at.strftime("%Y-%m-%dT%H:%M:%S")


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = read(text)
    assert found is None or found.at.tzinfo is UTC


@given(st.from_regex(r"[0-9]{1,4}([-/. :T][0-9]{1,4}){1,5}( ?[AP]M)?( ?[-+Z][0-9:]{0,5})?", fullmatch=True))
def test_numbers_of_any_kind_are_a_date_or_none(text: str) -> None:
    found = read(text)
    assert found is None or 1600 <= found.at.year < 2201
