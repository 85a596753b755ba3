"""The confidence of a reading: what it may be, what is uncertain, and when it is clearly another."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from desk.importing.lines import read_line
from model.story import UNCERTAIN_BELOW, StoredStory, Story
from model.versions import is_moved
from tests.ingest.times import NOW


def story(**values: Any) -> Story:
    return Story.model_validate({"source": "wire", "headline": "One", **values})


@pytest.mark.parametrize(
    ("confidence", "uncertain"),
    [
        pytest.param({}, False, id="not judged"),
        pytest.param({"headline": 0.01}, False, id="of a field alone"),
        pytest.param({"story": 0.0}, True, id="refused"),
        pytest.param({"story": 0.349}, True, id="below"),
        pytest.param({"story": UNCERTAIN_BELOW}, False, id="at the limit"),
        pytest.param({"story": 1}, False, id="a whole number"),
        pytest.param({"story": None, "headline": 0.5}, False, id="null is unknown"),
    ],
)
def test_a_story_is_uncertain_below_the_limit(confidence: dict[str, float], uncertain: bool) -> None:
    assert story(confidence=confidence).is_uncertain is uncertain


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1.01", "-0.01", '"high"', "[]", "{}", "1e999"])
def test_a_line_with_no_probability_is_refused(value: str) -> None:
    """What JSON can't write down again would make the story unreadable in the store."""
    text = '{"headline": "One", "body": ["Text."], "confidence": {"story": VALUE}}'.replace("VALUE", value)
    with pytest.raises(ValidationError, match="confidence"):
        read_line(text, NOW)


def test_a_stored_story_shows_the_flag_and_takes_none_in() -> None:
    line = {"id": "1", "headline": "One", "source": "wire", "version": 1, "first_seen_at": NOW, "seen_at": NOW}
    stored = StoredStory.model_validate(line | {"confidence": {"story": 0.1}, "uncertain": False})
    assert json.loads(stored.model_dump_json())["uncertain"] is True


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        pytest.param({}, {}, False, id="none"),
        pytest.param({}, {"story": 0.9}, True, id="judged now"),
        pytest.param({"story": 0.9}, {"story": 0.85}, False, id="a little"),
        pytest.param({"story": 0.36}, {"story": 0.34}, True, id="a little, past the limit"),
        pytest.param({"story": 0.9, "deck": 0.5}, {"story": 0.9, "deck": 0.7}, True, id="another field"),
        pytest.param({"story": 0.9, "deck": 0.5}, {"story": 0.9}, True, id="a field less"),
    ],
)
def test_a_confidence_is_another_where_it_moved_clearly(old: Any, new: Any, moved: bool) -> None:
    assert is_moved(story(confidence=old), story(confidence=new)) is moved
