"""Election of the dates of publication and of the last change.

All statements of a page are candidates with a weight (date_candidates.py); those of other kinds that agree on the day
add to it, and so does being the earlier one beside the headline. The best day is taken, with the instant of its most
telling statement; a day without a time is refined by another statement of that day. A date that is the time of
fetching while others are older is the page's build time. Where nothing dates the publication, the date of a change
does, and provenance says so. No instant is later than the fetch.
"""

import math
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import NamedTuple

from crawler.extraction.document.document import Document
from crawler.extraction.metadata.date_candidates import DateCandidate, DateCandidates
from crawler.extraction.metadata.shown_dates import ShownDate
from crawler.extraction.metadata.stated_date import StatedDate
from text.dates import follows_fetch

_DAY = timedelta(days=1)
_BUILD = timedelta(minutes=10)
_FARTHEST_EAST, _FARTHEST_WEST = timedelta(hours=14), timedelta(hours=12)
_AGREED = 0.7
_EARLIER = 2.0
_LEAST, _LEAST_OF_SEVERAL = 0.2, 0.6
_LEAST_ANYWHERE = -1.5
_SURE_OF_CHANGES = 0.7
"""How often the day of a change is the one of publication where nothing else is told."""
_SURE_OF_SEVERAL, _SURE_OF_ONE = 0.95, 0.85
_SPOKESMEN = ("json-ld", "meta", "microdata", "link", "microformat", "shown", "script", "url")
_TELLING = 1.75
_STRONG = 1.5
_OF_A_CHANGE = 1.0
_OF_THE_OTHER_ORDER = 3.0


class _Elected(NamedTuple):
    score: float
    margin: float
    candidate: DateCandidate
    same_day: list[DateCandidate]


def read_dates(document: Document, shown: tuple[ShownDate, ...]) -> tuple[StatedDate | None, StatedDate | None]:
    """The dates of publication and of the last change; `shown` are those that the page shows."""
    candidates = DateCandidates(document, shown)
    election = _Election(document.page.fetched_at)
    changes = [*candidates.changes(), *candidates.shown_changes()]
    modified = election.first(changes)
    elected = election.elect(candidates.published(), changes) or election.elect(list(candidates.in_scripts()), [])
    if elected is None and modified is None:
        elected = election.only_day(candidates.shown) or election.elect(list(candidates.in_picture()), [])
    if elected is None:
        published = modified and modified._replace(confidence=_SURE_OF_CHANGES)
    else:
        published = election.refined(elected)._replace(confidence=_confidence(elected.score, elected.margin))
        published = _with_shown_day(published, elected.same_day, candidates.shown)
    if published and modified and modified.at < published.at - _DAY:
        modified = None
    return published, modified


def states_date(document: Document) -> bool:
    """Whether the page states for machines when its story was published."""
    return "article:published_time" in document.metas or any(node.get("datePublished") for node in document.stories)


def date_of(document: Document, value: str, rule: str) -> StatedDate | None:
    """The date that a text means on this page, not later than its fetch; None where it holds no date."""
    found = next(DateCandidates(document, ()).read([value], rule, "shown", 0.0), None)
    return found.found._replace(confidence=1.0) if found else None


class _Election:
    def __init__(self, now: datetime) -> None:
        self._now = now

    def first(self, candidates: Iterable[DateCandidate]) -> StatedDate | None:
        """The first of the candidates for the last change, by their order."""
        found = list(candidates)
        if not found:
            return None
        chosen = next((one for one in found if not self._is_build_time(one)), found[0])
        same = [one for one in found if _agree(chosen, one)]
        kinds = {one.found.rule.partition(":")[0] for one in same}
        sure = _SURE_OF_SEVERAL if len(kinds) > 1 else _SURE_OF_ONE
        return self.refined(_Elected(0.0, 0.0, chosen, same))._replace(confidence=sure)

    def elect(self, candidates: list[DateCandidate], changes: list[DateCandidate]) -> _Elected | None:
        """The best candidate, with all that agree with it; None where none is good enough."""
        if not candidates:
            return None
        weighed = [(self._score(one, candidates, changes), one) for one in candidates]
        score, best = max(weighed, key=lambda item: item[0])
        rivals = [(other, one) for other, one in weighed if not _agree(best, one) and not one.is_labelled]
        rival = max((other for other, _ in rivals), default=0.0)
        if score < (_LEAST_OF_SEVERAL if rival > 0 else _LEAST):
            return None
        same = [one for one in candidates if _agree(best, one)]
        return _Elected(score, score - max(0.0, rival), _spokesman(best, same), same)

    def only_day(self, shown: list[DateCandidate]) -> _Elected | None:
        """The day that all dates of a page have that aren't said to be of something else."""
        found = [one for one in shown if one.weight > _LEAST_ANYWHERE and not one.is_labelled]
        if not found or not all(_agree(found[0], one) for one in found):
            return None
        return _Elected(0.0, 0.0, found[0], found)

    def _score(self, one: DateCandidate, others: list[DateCandidate], changes: list[DateCandidate]) -> float:
        score = one.weight
        agreeing = {_witness(other) for other in others if other.weight > 0.5 and _agree(one, other)}
        score += _AGREED * len(agreeing - {_witness(one)})
        if self._is_earlier(one, others):
            score += _EARLIER
        if (
            _witness(one) == "shown"
            and any(_agree(one, change) for change in changes)
            and self._is_before_any(others, one)
        ):
            score -= _OF_A_CHANGE
        if _witness(one) == "shown" and any(_is_misread(one, other) for other in others):
            score -= _OF_THE_OTHER_ORDER
        if self._is_build_time(one) and any(other.found.at < self._now - _DAY for other in others):
            score -= 4.0
        return score

    def _is_earlier(self, one: DateCandidate, others: list[DateCandidate]) -> bool:
        """Whether a date beside the headline is earlier than all that is stated, and the only one that is shown."""
        if not one.is_close or one.weight < 1.0 or one.is_labelled:
            return False
        strong = [other for other in others if other.weight > _STRONG]
        shown = [other for other in others if other.kind == "shown" and other.weight > 1.0]
        return (
            any(_is_before(one, other) for other in strong)
            and not self._is_before_any(others, one)
            and all(_agree(one, other) for other in shown)
        )

    def _is_before_any(self, others: list[DateCandidate], one: DateCandidate) -> bool:
        """Whether a well-supported candidate is earlier."""
        return any(other.weight > _STRONG and _is_before(other, one) for other in others)

    def refined(self, elected: _Elected) -> StatedDate:
        """The elected date, with the time of day of another statement where it has none."""
        chosen = elected.candidate.found
        if chosen.stated.has_time:
            return chosen
        timed = [one for one in elected.same_day if one.found.stated.has_time and one.weight > 0]
        timed = [one for one in timed if not self._is_build_time(one) and elected.candidate.days & one.days]
        if not timed:
            return chosen
        best = max(timed, key=lambda one: one.weight).found
        return best._replace(rule=chosen.rule, time_rule=best.rule)

    def _is_build_time(self, one: DateCandidate) -> bool:
        return abs(self._now - one.found.at) < _BUILD


def _witness(one: DateCandidate) -> str:
    """The kind of a statement, where microformats and what is shown are one: the same elements state both."""
    return "shown" if one.kind == "microformat" else one.kind


def _spokesman(best: DateCandidate, same: list[DateCandidate]) -> DateCandidate:
    """The statement of a day that is believed in its time of day: of telling ones, the one for machines."""
    telling = [one for one in same if one.weight > _TELLING and one.kind in _SPOKESMEN]
    if not telling:
        return best
    return min(telling, key=lambda one: (_SPOKESMEN.index(one.kind), -one.weight))


def _agree(one: DateCandidate, other: DateCandidate) -> bool:
    """Whether two statements mean one day: a day, and an instant that falls on it in some zone, do."""
    if one.days & other.days:
        return True
    first, second = one.found.stated, other.found.stated
    if first.has_time == second.has_time:
        return False
    day, instant = (second.day, first.at) if first.has_time else (first.day, second.at)
    if day is None or ((second if second.has_time else first).day == instant.date() and not _is_utc(one, other)):
        return False
    begin = datetime.combine(day, time(), instant.tzinfo)
    return begin - _FARTHEST_EAST <= instant < begin + _DAY + _FARTHEST_WEST


def _is_utc(*pair: DateCandidate) -> bool:
    """Whether the instant of the two is stated in UTC, so that its own day isn't told."""
    return any(one.found.stated.has_time and (one.found.local or "Z").endswith(("Z", "+00:00")) for one in pair)


def _is_misread(one: DateCandidate, other: DateCandidate) -> bool:
    """Whether a day in numbers is, with day and month the other way round, the one that machines are told."""
    day, told = one.found.stated.day, other.found.stated.day
    if one.found.stated.has_time or day is None or told is None or other.kind == "shown" or other.weight <= _STRONG:
        return False
    return day != told and (day.year, day.month, day.day) == (told.year, told.day, told.month)


def _is_before(one: DateCandidate, other: DateCandidate) -> bool:
    return max(one.days) < min(other.days) and not _agree(one, other)


def _with_shown_day(published: StatedDate, same: list[DateCandidate], shown: list[DateCandidate]) -> StatedDate:
    """With the day that the page shows, where an instant that is stated in UTC falls on the day beside it."""
    local = published.local
    if not local or not published.stated.has_time or not local.endswith(("Z", "+00:00")):
        return published
    for one in sorted(shown, key=lambda one: -one.weight):
        stated = one.found.stated
        if one.is_labelled or one.weight <= 0 or one not in same or not stated.day or not stated.local:
            continue
        is_other = stated.day != published.at.date() and not follows_fetch(stated.note)
        return published._replace(stated=published.stated._replace(local=stated.local)) if is_other else published
    return published


def _confidence(score: float, margin: float) -> float:
    """The share of pages on which a date of this score, this far ahead of the next, was the right day.

    A logistic curve, fitted to 413 pages of the Web Content Extraction Benchmark.
    """
    return round(1 / (1 + math.exp(-(0.4 + 0.6 * min(6.0, score) + 0.28 * min(1.0, margin)))), 3)
