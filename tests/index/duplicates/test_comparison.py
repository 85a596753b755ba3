"""Texts that are copies of one another, and texts that only look like it."""

from datetime import UTC, datetime, timedelta

import pytest

from index.duplicates.candidate_keys import BANDS, keys
from index.duplicates.comparison import compared_text, is_copy
from index.duplicates.words import scanned

NOON = datetime(2024, 5, 20, 12, tzinfo=UTC)
WIRE = (
    "The last lighthouse keeper on the northern coast handed over his keys on Monday, closing a line of families that "
    "had tended the lamp at Skerry Point since 1871. Automatic lights will take over the work, the harbour board said.",
    "Tomas Elwell, 64, climbed the 212 steps one more time at dusk and found the lamp already burning. “I had meant to "
    "light it myself,” he told a small crowd of neighbours who had rowed out with a cake.",
    "Shipping firms had asked for the change after two winters in which storms cut the island off for 19 days. The "
    "board put the saving at 340,000 a year, most of it for the boat that carried food, oil and the mail.",
    "A museum on the mainland will take the old lens, which weighs four tonnes and was ground in Birmingham. The house "
    "below the tower is to be let to painters in summer.",
)
TEXT = " ".join(WIRE)
BRIEF = (
    "The ferry Marlin ran aground off Skerry Point early on Tuesday with 31 passengers aboard, all of whom were taken "
    "off safely by two fishing boats, the coastguard said.",
)
QUAKE = (
    "An earthquake of magnitude {0} shook the sea floor {1} kilometres south of Port Ellen at {2}:15 local time on "
    "Monday, the geological institute said. Its centre lay at a depth of {3} kilometres. There were no reports of "
    "damage, and no warning of high waves was given. The coast has felt {4} quakes of magnitude 3 or more since "
    "January, the institute said. It runs {5} stations between the cape and the islands and puts out its bulletins on"
    " the half hour."
)
FORECAST = (
    "{0} will have a bright Monday with temperatures rising to {1} degrees in the afternoon, the weather office said. "
    "Winds from the west will blow at 40 kilometres an hour and reach 75 in gusts along the coast, where small boats "
    "should stay in harbour until the evening. The night will be clear, and the mercury is expected to fall to 3 "
    "degrees in {0} and the valleys behind it. Rain of 12 millimetres is likely by midnight, most of it in showers "
    "that will cross the district from the sea. The barometer at the harbour stood at 1012 hectopascals, falling "
    "since the last reading, and the water had a temperature of 8 degrees."
)
RESULTS = "{0} scored twice as {1} beat {2} 3-1 at home on Saturday to go {3} in the northern league. {4} had put the "
RESULTS += "guests ahead with a header, but the home side was level before the break and ran out winners in the rain."
DIARY = (
    "Monday: harbour board meets. Tuesday: parliament returns from recess. Wednesday: inflation figures for the month"
    " are due. Thursday: court hears the appeal of the dockers. Friday: trial of the bank's former head goes on in "
    "the capital."
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(WIRE, (TEXT,), id="in other paragraphs"),
        pytest.param(WIRE, WIRE[:2], id="cut to half"),
        pytest.param(WIRE, ("SKERRY POINT, Jan. 14 (Reuters) - " + WIRE[0], *WIRE[1:]), id="with a dateline and a tag"),
        pytest.param(WIRE, (*WIRE, "(Reporting by Anna Vell; Editing by Jo Marsh)", "Copyright 2024."), id="credits"),
        pytest.param(
            WIRE, (TEXT.replace("lamp", "light").replace("a year", "annually").upper(),), id="sub-edited, in capitals"
        ),
        pytest.param(WIRE, (TEXT.replace("340,000", "340000").replace("“", '"').replace("”", '"'),), id="typed anew"),
        pytest.param(WIRE, ("Our own reporter adds that it rained all day on the coast.", *WIRE), id="a line in front"),
        pytest.param(
            WIRE,
            ("PORT ELLEN — " + WIRE[0], WIRE[1], "(Additional reporting by Anna Vell in Ardbeg and Jo Marsh in Wick)"),
            id="cut, with a credit of its own",
        ),
        pytest.param(BRIEF, BRIEF, id="a brief as it stands"),
        pytest.param(
            (FORECAST.format("Wick", 14),),
            (
                "WICK, May 20 (CW) - " + FORECAST.format("Wick", 14).replace("likely", "expected"),
                "(Writing by Jo Marsh)",
            ),
            id="a bulletin with a dateline, a credit and a word changed",
        ),
        pytest.param(
            (FORECAST.format("Wick", 14) + " Reporting by Anna Vell in Ardbeg.",),
            (FORECAST.format("Wick", 14), "(Additional reporting by Jo Marsh in Port Ellen)"),
            id="each with a credit of its own",
        ),
    ],
)
def test_copies_in_two_papers(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    first, second = compared_text("voa", NOON, one), compared_text("bbc", NOON + timedelta(hours=5), other)
    assert first is not None
    assert second is not None
    assert is_copy(first, second)
    assert is_copy(second, first)
    ours, theirs = keys(scanned([first.text, second.text]))
    assert set(ours[:BANDS]) & set(theirs[:BANDS])


@pytest.mark.parametrize(
    ("one", "other", "hours"),
    [
        pytest.param((QUAKE.format(5.1, 80, 4, 10, 14, 9),), (QUAKE.format(4.6, 35, 11, 22, 15, 9),), 7, id="quakes"),
        pytest.param(
            (RESULTS.format("Adair", "Rovers", "United", "top", "Munro"),),
            (RESULTS.format("Baird", "Athletic", "City", "third", "Ogilvie"),),
            0,
            id="results",
        ),
        pytest.param((FORECAST.format("Wick", 14),), (FORECAST.format("Thurso", 14),), 0, id="another town"),
        pytest.param(
            (FORECAST.format("Wick", 14),), (FORECAST.format("Fort William", 14),), 0, id="a town of two words"
        ),
        pytest.param((FORECAST.format("Wick", 14),), (FORECAST.format("Wick", 15),), 0, id="another figure of many"),
        pytest.param(WIRE, WIRE[:1], 2, id="an alert ahead of the story"),
        pytest.param(BRIEF, (BRIEF[0].replace("Marlin", "Heron").replace("Tuesday", "Friday"),), 0, id="another ferry"),
        pytest.param(BRIEF, (BRIEF[0].replace("31", "13"),), 0, id="another figure in a brief"),
        pytest.param((DIARY,), (DIARY,), 24 * 7, id="the diary of another week"),
        pytest.param(WIRE, WIRE[2:], 24 * 30, id="half of it a month later"),
    ],
)
def test_different_stories(one: tuple[str, ...], other: tuple[str, ...], hours: float) -> None:
    first, second = compared_text("voa", NOON, one), compared_text("bbc", NOON + timedelta(hours=hours), other)
    assert first is not None
    assert second is not None
    assert not is_copy(first, second)
    assert not is_copy(second, first)


def test_an_update_by_the_same_source_is_a_story_of_its_own() -> None:
    alert, update = compared_text("voa", NOON, WIRE[:3]), compared_text("voa", NOON, WIRE)
    elsewhere = compared_text("bbc", NOON, WIRE)
    assert alert is not None
    assert update is not None
    assert elsewhere is not None
    assert not is_copy(alert, update)
    assert is_copy(alert, elsewhere)


def test_a_feature_printed_again_is_the_same_story() -> None:
    first, again = compared_text("voa", NOON, WIRE), compared_text("voa", NOON + timedelta(days=90), (TEXT,))
    assert first is not None
    assert again is not None
    assert is_copy(first, again)


@pytest.mark.parametrize("body", [(), ("Good morning. Here is the weather.",), ("Shr 12 cts vs 10 cts " * 2,)])
def test_a_few_words_are_nobodys_copy(body: tuple[str, ...]) -> None:
    assert compared_text("voa", NOON, body) is None


def test_scripts_without_blanks_are_compared_by_characters() -> None:
    text = (
        "東京で強い地震がありました。気象庁によると震源の深さは十キロで、津波の心配はありません。"
        "けが人の情報はまだ入っていません。"
    )
    first, second = compared_text("nhk", NOON, (text,)), compared_text("kyodo", NOON, (text[:45], text[45:]))
    assert first is not None
    assert second is not None
    assert is_copy(first, second)
