"""Revival of what was set aside under other rules.

A page that was too large, refused or read as no story is set aside for days and weeks. When the limit, the networks,
the parser or the intervals change, it is fetched again sooner, and so are the stories whose rechecks had ended. A
source remembers the rules under which it was crawled; one of an older data directory remembers none, so that all of
its URLs that were set aside for good come back. They come spread over a time, and late: behind what is new.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from model.outcomes import Outcome
from store.base import CrawlState, Lease
from store.sql.crawl_state import SourceState

_DAY = timedelta(days=1)


class FateRule(NamedTuple):
    """What the fate of URLs with these outcomes hangs on: `text` changes with it. They come back `within` a time."""

    outcomes: tuple[Outcome, ...]
    text: str
    within: timedelta = _DAY


FateRules = Mapping[str, FateRule]
"""FateRules by a name under which the source remembers their texts."""

_STORIES = (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED)


class Revival:
    """Brings the rechecks of a source's URLs forward where a rule has changed since its last crawl run."""

    def __init__(self, states: CrawlState, rules: FateRules) -> None:
        self._states = states
        self._rules = rules
        self._log = structlog.get_logger("crawler")

    def revive(self, state: SourceState, now: datetime, under: Lease | None = None) -> None:
        """Compare the rules that a source remembers with today's, and remember those. Raises StoreError.

        Raises LeaseLostError where the lease on the source has ended.
        """
        known = json.loads(state.rules) if state.rules else {}
        today = {name: rule.text for name, rule in self._rules.items()}
        if known == today:
            return
        for name, rule in self._rules.items():
            if known.get(name) != rule.text:
                outcomes = [outcome.value for outcome in rule.outcomes]
                count = self._states.bring_forward(state.name, outcomes, now, rule.within)
                if count:
                    self._log.info("brought forward", source=state.name, rule=name, urls=count, within=str(rule.within))
        self._states.change_source(state.name, lambda state: state._replace(rules=json.dumps(today)), under=under)


def fate_rules(
    *,
    intervals: tuple[timedelta, ...],
    until: timedelta | None,
    max_page_bytes: int,
    networks: object,
    reading: object,
    obedience: object,
) -> FateRules:
    """What fates hang on: the recheck intervals, the largest page, which addresses may be connected to, with what a
    page is read (parser and site rules), and what of publishers' wishes is obeyed.
    """
    rules = {
        "gone": FateRule((Outcome.GONE, Outcome.FAILED, Outcome.BLOCKED), "retried", 30 * _DAY),
        "max_page_bytes": FateRule((Outcome.TOO_LARGE,), str(max_page_bytes)),
        "networks": FateRule((Outcome.REFUSED,), repr(networks)),
        "obedience": FateRule((Outcome.ROBOTS,), repr(obedience)),
        "poison": FateRule((Outcome.POISON,), repr(reading)),
        "reading": FateRule((Outcome.NOT_A_STORY,), repr(reading), 7 * _DAY),
    }
    if intervals:
        seconds = [wait.total_seconds() for wait in intervals]
        rules["look_again"] = FateRule(_STORIES, f"{seconds} until {until}", max(intervals[-1], _DAY))
    return rules
