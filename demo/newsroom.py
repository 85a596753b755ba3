"""Newsroom: what is published at a moment, and what happens next.

The newsroom is a function of the clock: `advance(now)` performs every step of the programme that has fallen due, in
order, so that the same start and pace give the same stories whenever somebody asks.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import urlsplit

from demo.editing import apply_correction, clarify, print_story
from demo.houses import HOUSES, House
from demo.story import Draft, KillManner, WireStory


@dataclass
class PublishedEntry:
    """One address with all that was ever published under it, oldest version first."""

    draft: Draft
    house: House
    versions: list[WireStory]
    related: tuple[WireStory, ...] = ()
    killed: KillManner | None = None
    changed_at: datetime | None = field(default=None)

    @property
    def story(self) -> WireStory:
        """The newest version."""
        return self.versions[-1]


class Newsroom:
    """All that the five sources publish, corrected and withdrawn as the programme or a caller asks.

    `bases` maps a source's name to its address without the final slash; `compose` makes the draft of a number.
    """

    def __init__(
        self,
        *,
        drafts: Iterable[Draft],
        compose: Callable[[int], Draft],
        bases: Mapping[str, str],
        started_at: datetime,
        pace_seconds: float,
        composed_at_start: int,
    ) -> None:
        self._lock = threading.RLock()
        self._bases = dict(bases)
        self._compose = compose
        self._numbers = count(1)
        self._pace = timedelta(seconds=pace_seconds)
        self._started_at = started_at
        self._step = 0
        self._entries: dict[str, PublishedEntry] = {}
        self._by_house: dict[str, list[PublishedEntry]] = {house.name: [] for house in HOUSES}
        self._waiting = self._open(drafts, composed_at_start)

    def _open(self, drafts: Iterable[Draft], composed_at_start: int) -> list[Draft]:
        """Publish the past, oldest first; what has no age yet waits its turn."""
        drafts = list(drafts)
        past = [(draft.hours_before, draft) for draft in drafts if draft.hours_before is not None]
        waiting = [draft for draft in drafts if draft.hours_before is None]
        composed = (self._compose(next(self._numbers)) for _ in range(composed_at_start))
        past.extend((2.5 + 4.25 * place, draft) for place, draft in enumerate(composed, start=1))
        for hours, draft in sorted(past, key=lambda pair: -pair[0]):
            self._release(draft, self._started_at - timedelta(hours=hours))
        return waiting

    def advance(self, now: datetime) -> None:
        """Perform every step due at `now`; a clock that runs backwards undoes nothing."""
        with self._lock:
            while self._pace and self._started_at + (self._step + 1) * self._pace <= now:
                self._step += 1
                self._perform(self._step, self._started_at + self._step * self._pace)

    def _perform(self, step: int, at: datetime) -> None:
        if step % 40 in (6, 11):
            self._kill_next("notice" if step % 40 == 6 else "gone", at)
        elif step % 5 == 4:
            self._correct_next(at)
        else:
            self.publish(None, at)

    def publish(self, draft: Draft | None, at: datetime) -> list[WireStory]:
        """Release a draft under each carrier's address; without one the next of the programme.

        Raises ValueError where one of the addresses is taken.
        """
        with self._lock:
            if draft is None:
                # A hand-written story and a composed one take turns while there are hand-written ones.
                turn = self._step % 2 == 0 or self._step <= 2
                draft = self._waiting.pop(0) if self._waiting and turn else self._compose(next(self._numbers))
            return self._release(draft, at)

    def _release(self, draft: Draft, at: datetime) -> list[WireStory]:
        released = []
        for house in HOUSES:
            if house.name not in draft.sources:
                continue
            story = print_story(draft, house, self._bases[house.name], at)
            if story.url in self._entries:
                raise ValueError(f"{story.url} is taken; expected a draft with a slug of its own")
            older = [entry.story for entry in self._by_house[house.name][-8:] if not entry.draft.private]
            entry = PublishedEntry(draft, house, [story], related=tuple(older[-4:][::-1]), changed_at=at)
            self._entries[story.url] = entry
            self._by_house[house.name].append(entry)
            released.append(story)
        return released

    def correct(self, url: str, at: datetime) -> WireStory:
        """Publish the next version of a live story: its prepared correction first, then clarifications.

        Raises KeyError for an address that no story has and ValueError for one that is withdrawn.
        """
        with self._lock:
            entry = self._entries[url]
            if entry.killed:
                raise ValueError(f"{url} is withdrawn; expected a live story")
            prepared = entry.draft.correction
            if prepared is not None and len(entry.versions) == 1:
                corrected = apply_correction(entry.story, prepared, at)
            else:
                corrected = clarify(entry.story, at, entry.house.timezone)
            entry.versions.append(corrected)
            entry.changed_at = at
            return corrected

    def kill(self, url: str, at: datetime, manner: KillManner | None = None) -> WireStory:
        """Withdraw a story: by a kill notice in its place, or by 410; `manner` None is the source's habit.

        Raises KeyError for an address that no story has.
        """
        with self._lock:
            entry = self._entries[url]
            entry.killed = manner or entry.house.kill
            entry.changed_at = at
            entry.versions[-1] = replace(
                entry.story, status="withdrawn", modified_at=at.replace(microsecond=0), released_at=at
            )
            return entry.story

    def _correct_next(self, at: datetime) -> None:
        """Correct the first story with a prepared correction, at all its carriers; composed stories come last."""
        candidates = [entry for entry in self._live() if entry.draft.correction and len(entry.versions) == 1]
        candidates.sort(key=lambda entry: entry.draft.slug.startswith("composed-"))
        if candidates:
            slug = candidates[0].draft.slug
            for entry in candidates:
                if entry.draft.slug == slug:
                    self.correct(entry.story.url, at)

    def _kill_next(self, manner: KillManner, at: datetime) -> None:
        """Withdraw the story meant for it, else the oldest composed one of a source with that habit."""
        marked = [entry for entry in self._live() if entry.draft.kill == manner]
        composed = [
            entry for entry in self._live() if entry.draft.slug.startswith("composed-") and entry.house.kill == manner
        ]
        for entry in (marked or composed)[:1]:
            self.kill(entry.story.url, at, manner)

    def _live(self) -> list[PublishedEntry]:
        return [entry for entry in self._entries.values() if not entry.killed and not entry.draft.private]

    def entry_at(self, url: str) -> PublishedEntry | None:
        """The entry of a story's own address, or None; a withdrawn one too."""
        with self._lock:
            return self._entries.get(url)

    def entries(self, house: House) -> list[PublishedEntry]:
        """All entries of a source, newest first, withdrawn and private ones included."""
        with self._lock:
            return self._by_house[house.name][::-1]

    def changed_at(self, house: House) -> datetime:
        """The instant of a source's last change."""
        with self._lock:
            return max(
                (entry.changed_at for entry in self._by_house[house.name] if entry.changed_at),
                default=self._started_at,
            )

    def published(self) -> list[WireStory]:
        """The newest version of every public story, in the order of publication."""
        with self._lock:
            return [entry.story for entry in self._entries.values() if not entry.draft.private]

    def history(self, url: str) -> list[WireStory]:
        """All versions under an address, oldest first. Raises KeyError for one that no story has."""
        with self._lock:
            return list(self._entries[url].versions)

    def disallowed(self) -> list[str]:
        """The addresses that robots.txt forbids although pages link to them."""
        with self._lock:
            return [url for url, entry in self._entries.items() if entry.draft.private and urlsplit(url).path]
