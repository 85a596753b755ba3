"""Kill notices, and headlines that only sound like one."""

import pytest

from ingest.kill_notices import is_kill_notice, subject_of
from model.story import Story

KILLS = [
    ("MANDATORY KILL: Flood story", ("Please kill the story.",), True),
    ("KILL: Flood reaches the old town", (), True),
    ("Flood reaches the old town", ("This story has been withdrawn.",), True),
    ("STORY REMOVED: Flood", ("The Associated Press has withdrawn its story about a flood.",), True),
    ("Kill Bill turns twenty", ("The film was first shown in 2003.",), False),
    ("Troops withdrawn from Kouma", ("The army has withdrawn from the town.",), False),
    ("Floods kill nine in Kouma", ("Nine people died on Friday.",), False),
]


SUBJECTS = {
    "KILL: Flood reaches the old town": "Flood reaches the old town",
    "MANDATORY KILL — Flood reaches the old town": "Flood reaches the old town",
    "Flood reaches the old town": "Flood reaches the old town",
    "MANDATORY KILL": "",
}


@pytest.mark.parametrize(("headline", "subject"), SUBJECTS.items())
def test_the_subject_of_a_notice(headline: str, subject: str) -> None:
    assert subject_of(Story(source="x", headline=headline)) == subject


@pytest.mark.parametrize(("headline", "body", "killed"), KILLS, ids=[case[0] for case in KILLS])
def test_kill_notices(headline: str, body: tuple[str, ...], killed: bool) -> None:
    assert is_kill_notice(Story(source="x", headline=headline, body=body)) is killed
