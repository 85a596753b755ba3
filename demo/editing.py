"""Editing: a draft becomes what one source prints, and a correction a new version of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from demo.dates import fill_dates, short_date
from demo.houses import House, story_path
from demo.story import Correction, Draft, TextBlock, WireCaption, WireStory

_CLOSINGS = {
    "continental": "Some information for this report was provided by {agencies}.",
    "meridian": "With files from {agencies}.",
    "harbour": "Additional reporting by {agencies}.",
    "northwire": "(Additional reporting by {agencies}; editing by the Tromsoe desk)",
}
_ADDED = (
    "Officials said the earlier count had included one case twice.",
    "A spokeswoman later added that the review would be finished within a month.",
    "The office has since published the full list on its notice board.",
    "Both sides confirmed the revised account on {day}.",
)
_ADDED_DE = (
    "Nach Angaben der Behörde war ein Fall zuvor doppelt gezählt worden.",
    "Eine Sprecherin ergänzte später, die Prüfung werde binnen eines Monats abgeschlossen.",
    "Die vollständige Liste hat das Amt inzwischen ausgehängt.",
    "Beide Seiten bestätigten die neue Darstellung am {day}.",
)


def print_story(draft: Draft, house: House, base: str, at: datetime) -> WireStory:
    """What `house` prints of a draft released at `at`: its own headline, its dates filled, its pictures hosted."""

    def fill(text: str) -> str:
        return fill_dates(text, at, house.timezone, house.language)

    return WireStory(
        url=base + story_path(house, draft),
        source=house.name,
        headline=fill(draft.headlines.get(house.name, draft.headline)),
        # The cooperative prints bare dispatches.
        deck=fill(draft.deck) if draft.deck and house.name != "northwire" else None,
        blocks=tuple(replace(block, text=fill(block.text)) for block in draft.blocks),
        language=house.language,
        section=draft.section,
        published_at=at.replace(second=0, microsecond=0),
        released_at=at,
        byline=draft.byline,
        dateline=draft.dateline,
        agencies=draft.agencies,
        captions=_host_captions(draft, house, base, fill),
        tags=draft.tags,
        closing=_closing(draft, house),
        copy_of=draft.slug if draft.wire_copy else None,
    )


def _host_captions(draft: Draft, house: House, base: str, fill: Callable[[str], str]) -> tuple[WireCaption, ...]:
    # The inline layout of the broadcaster is the only one that prints a label above a caption.
    return tuple(
        replace(
            caption,
            text=fill(caption.text),
            label=caption.label if house.name == "continental" else None,
            image_url=f"{base}/images/{draft.slug}-{number}.png",
        )
        for number, caption in enumerate(draft.captions, start=1)
    )


def _closing(draft: Draft, house: House) -> str | None:
    if draft.wire_copy or not draft.agencies or house.name not in _CLOSINGS:
        return None
    *first, last = draft.agencies
    names = f"{', '.join(first)} and {last}" if first else last
    return _CLOSINGS[house.name].format(agencies=names)


def lead_in(story: WireStory) -> str:
    """What the house prints before the first paragraph: place, date, agency and dash in its own manner."""
    if story.dateline is None:
        return ""
    tag = f" ({story.agencies[0]})" if story.copy_of else ""
    if story.source == "harbour":
        return f"{story.dateline}, {short_date(story.published_at, 'Asia/Singapore')}{tag} - "
    if story.source == "elbkurier":
        return f"{story.dateline} ({'/'.join(story.agencies)}) - " if story.agencies else f"{story.dateline} – "
    return f"{story.dateline}{tag} {'--' if story.source == 'northwire' else '—'} "


def apply_correction(story: WireStory, correction: Correction, at: datetime) -> WireStory:
    """The next version: the words changed everywhere, the note as last paragraph, modified at the second of `at`."""

    def mend(text: str) -> str:
        return text.replace(correction.old, correction.new)

    blocks = (
        *(replace(block, text=mend(block.text)) for block in story.blocks),
        TextBlock("paragraph", correction.note),
    )
    return replace(
        story,
        headline=mend(story.headline),
        blocks=blocks,
        modified_at=at.replace(microsecond=0),
        released_at=at,
        version=story.version + 1,
    )


def clarify(story: WireStory, at: datetime, timezone: str) -> WireStory:
    """The next version where no correction was prepared: a sentence more in the last paragraph, and a note."""
    german = story.language == "de"
    choices = _ADDED_DE if german else _ADDED
    added = fill_dates(choices[(story.version - 1) % len(choices)], at, timezone, story.language)
    last = story.blocks[-1]
    note = (
        f"Hinweis: Dieser Text wurde zum {story.version}. Mal ergänzt."
        if german
        else f"Clarification: This story has been updated to add detail (update {story.version})."
    )
    blocks = (*story.blocks[:-1], replace(last, text=f"{last.text} {added}"), TextBlock("paragraph", note))
    return replace(
        story,
        blocks=blocks,
        modified_at=at.replace(microsecond=0),
        released_at=at,
        version=story.version + 1,
    )
