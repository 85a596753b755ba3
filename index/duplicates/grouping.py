"""Groups of near-identical stories, decided in steps that are bounded whatever the store holds.

Stories that are copies (index/duplicates/comparison.py) form a group, and so do copies of copies. Groups are decided
after a change of a story's text, in the order of the changes. A group of up to 64 stories is named by the one seen
first, and all of it is decided anew when one of its texts has changed; a larger one is joined and left story by story,
keeps its name, and is never joined with another large one.

The groups are the same in whatever order stories came, but for what these bounds cut: of more texts with one key than
are looked up, which are near depends on which were there; where a copy would bring stories together that are at odds
(are_at_odds), those that met first stay together; and two large groups stay two.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from pydantic_core import from_json

from index.duplicates.candidate_keys import keys, traits
from index.duplicates.comparison import FEWEST, RULES, ComparedText, compared_text, whole_text
from index.duplicates.groups import LARGE, Groups, members_of
from index.duplicates.text_lookup import KnownText, NewText, candidates, drop_texts, keep_texts, known_texts
from index.duplicates.words import scanned
from model.fields import BODY, LANGUAGE, PUBLISHED_AT, SOURCE
from store.sql.duplicates import DuplicatesWrites, Member, StoryText

_MOST_BESIDE = 1000
"""With so many stories of the same groups one step is full."""


class Waiting(NamedTuple):
    """A story whose group may have to be decided; `forced` where it has to, whatever its text."""

    story: StoryText
    forced: bool = False


def decide(step: DuplicatesWrites, found: Sequence[Waiting]) -> int:
    """Decide the groups of stories in their order as far as the bound lets it; returns how many that were.

    All of the small groups that they are in are decided with them.
    """
    known = known_texts(step, [one.story.id for one in found])
    moved = [one for one in found if one.forced or _has_moved(one.story, known)]
    groups = members_of(step, {one.story.group for one in moved if one.story.group is not None})
    moved, beside, waits = _as_far_as_bounded(moved, groups)
    done = found.index(waits) if waits else len(found)
    left = step.texts(beside)
    known |= known_texts(step, beside)
    changed = [*(one.story for one in moved), *(story for story in left if _has_moved(story, known))]
    texts_read = _write_texts(step, changed, known)
    if moved:
        decided = [*(one.story for one in moved), *left]
        texts = {story.id: known[story.id] for story in decided if story.id in known}
        _group(step, decided, texts, texts_read)
    return done


def _as_far_as_bounded(
    moved: list[Waiting], sizes: Mapping[str, Sequence[Member]]
) -> tuple[list[Waiting], list[str], Waiting | None]:
    """The stories to be decided in this step, those to be decided with them, and the first that has to wait."""
    beside: dict[str, None] = {}
    for index, one in enumerate(moved):
        members = sizes.get(one.story.group or "", ())
        if len(members) <= LARGE:
            beside.update(dict.fromkeys(member.id for member in members))
        if len(beside) > _MOST_BESIDE and index + 1 < len(moved):
            kept, cut = moved[: index + 1], moved[index + 1]
            break
    else:
        kept, cut = moved, None
    own = {one.story.id for one in kept}
    return kept, [story_id for story_id in beside if story_id not in own], cut


def _write_texts(
    step: DuplicatesWrites, changed: Sequence[StoryText], known: dict[str, KnownText]
) -> dict[str, ComparedText]:
    """Keep the texts of stories as they are now, in `known` too; those that have none any more are dropped."""
    texts = [(story, told) for story in changed if (told := _whole_text(story)) is not None]
    scans = scanned([told.text for _, told in texts])
    texts_read, new = {}, []
    for (story, told), scan, found in zip(texts, scans, keys(scans), strict=True):
        if scan.words >= FEWEST:
            texts_read[story.id] = told
            at = told.published_at or story.first_seen_at
            new.append(NewText(story.id, _digest(story), at, found, traits(told, scan)))
    without = {story.id for story in changed} & known.keys() - texts_read.keys()
    drop_texts(step, {story_id: known.pop(story_id) for story_id in without})
    known |= keep_texts(step, new, known)
    return texts_read


def _group(
    step: DuplicatesWrites,
    decided: Sequence[StoryText],
    texts: Mapping[str, KnownText],
    texts_read: Mapping[str, ComparedText],
) -> None:
    """Compare stories with those that may be their copies, and write the groups that come of it."""
    found = candidates(step, texts)
    read: dict[str, ComparedText | None] = dict(texts_read)

    def reading(ids: Sequence[str]) -> list[ComparedText | None]:
        if unread := [story_id for story_id in ids if story_id not in read]:
            read.update({story.id: _compared_text(story) for story in step.texts(unread)})
        return [read[story_id] for story_id in ids]

    members = {story.id: Member(story.id, story.first_seen_at, story.group) for story in decided}
    groups = Groups(step, members, reading)
    for story_id, known in texts.items():
        groups.join_copies(story_id, known, found[story_id])
    for member, name in groups.changes():
        step.set_group(member, name)


def _has_moved(story: StoryText, known: Mapping[str, KnownText]) -> bool:
    """Whether a story has another text, source or date than that by which its group was decided."""
    before = known.get(story.id)
    return before is None or before.digest != _digest(story)


def _digest(story: StoryText) -> int:
    """Another number for each reading and set of rules, and for a story that was merged into another."""
    content = f"{RULES} {story.merged_into}\n{story.reading}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big") >> 1


def _whole_text(story: StoryText) -> ComparedText | None:
    """The text of a story, however short; None for one that was merged into another."""
    return None if story.merged_into is not None else whole_text(*_told(story))


def _compared_text(story: StoryText) -> ComparedText | None:
    """The text of a story; None for one that was merged into another, and where there is too little of it."""
    return None if story.merged_into is not None else compared_text(*_told(story))


def _told(story: StoryText) -> tuple[str, datetime | None, Sequence[str], str | None]:
    """Source, date, body and language of a story."""
    reading = from_json(story.reading, cache_strings="keys")
    published_at = reading.get(PUBLISHED_AT)
    return (
        reading[SOURCE.attribute],
        datetime.fromisoformat(published_at) if published_at else None,
        reading.get(BODY.attribute, ()),
        reading.get(LANGUAGE.attribute),
    )
