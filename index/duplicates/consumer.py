"""Consumer of the change feed that keeps the groups of near-identical stories.

It reads changes of stories from a checkpoint of its own and writes the groups that come of them, which are changes at
positions of their own and touch no story. It ignores these. A step is one short transaction, bounded whatever the
store holds: what is interrupted goes on with the next call, and several processes may call at the same time.
"""

from collections.abc import Mapping, Sequence

from index.duplicates import grouping
from index.duplicates.comparison import RULES
from index.duplicates.grouping import Waiting
from index.duplicates.groups import LARGE
from index.duplicates.text_lookup import drop_texts, known_texts
from store.elections import UNCONTESTED, WorkElection
from store.sql.duplicates import Duplicates, DuplicatesWrites, StoryText

_AT_ONCE = 2000
_REMOVED_AT_ONCE = 16
"""Each may have left a group of up to `LARGE` stories to be decided anew."""
_RULES, _FROM, _TO = "copies", "copies_from", "copies_to"
_COUNTERS = (_RULES, _FROM, _TO)


class DuplicatesConsumer:
    """Decides the groups of near-identical stories as stories change; safe to use from several threads.

    Of several processes on one store the one that is elected does.
    """

    def __init__(self, duplicates: Duplicates, election: WorkElection = UNCONTESTED) -> None:
        self._duplicates = duplicates
        self._election = election

    def catch_up(self, most: int | None = None) -> bool:
        """Decide the groups where stories have changed; quick where none has.

        Stops after about `most` stories; returns whether all are decided, or left to another process.
        """
        done = 0
        while self._is_behind():
            if most is not None and done >= most:
                return False
            claim = self._election.claim()
            if claim is None:
                return True
            with self._duplicates.writing(under=claim.lease) as step:
                done += _take_step(step)
        return True

    def _is_behind(self) -> bool:
        with self._duplicates.reading() as state:
            counted = state.counters(_COUNTERS)
            return counted.get(_RULES) != RULES or _TO in counted or state.is_behind(state.checkpoint())


def _take_step(step: DuplicatesWrites) -> int:
    """Decide the groups of the next stories; returns their number.

    Groups that have lost a story for good come first, then stories that have changed, then those whose groups were
    decided by other rules.
    """
    counted = step.counters(_COUNTERS)
    if counted.get(_RULES) != RULES:
        counted = _begin_again(step, counted)
    reached, newest = step.checkpoint(), step.position()
    if gone := step.removed(reached, _REMOVED_AT_ONCE):
        return _leave_groups(step, gone)
    waiting = step.changed(reached, newest, _AT_ONCE)
    old: Sequence[StoryText] = ()
    if _TO in counted and len(waiting) < _AT_ONCE:
        old = step.changed(counted[_FROM], counted[_TO], _AT_ONCE - len(waiting))
    ids = {story.id for story in waiting}
    found = [*map(Waiting, waiting), *(Waiting(story, forced=True) for story in old if story.id not in ids)]
    done = grouping.decide(step, found)
    all_read = len(waiting) < _AT_ONCE and done >= len(waiting)
    step.advance(newest if all_read else waiting[done - 1].position)
    if _TO in counted and len(waiting) < _AT_ONCE:
        _go_on(step, old, {one.story.id for one in found[done:]})
    return done


def _leave_groups(step: DuplicatesWrites, gone: Sequence[str]) -> int:
    """Forget stories that were removed for good, and decide the groups that they were in without them."""
    groups = step.groups_of(gone)
    drop_texts(step, known_texts(step, gone))
    step.drop_groups(gone)
    left: list[str] = []
    for group in groups:
        members = step.members(group, LARGE + 1)
        if len(members) <= LARGE:
            left += [member.id for member in members]
        elif group in gone:  # nothing may tell of it any more
            _rename(step, group)
    grouping.decide(step, [Waiting(story, forced=True) for story in step.texts(left)])
    return len(gone)


def _rename(step: DuplicatesWrites, group: str) -> None:
    """Name a large group anew by the one of its stories that was seen first."""
    members = step.members(group)
    name = min(members, key=lambda member: (member.first_seen_at, member.id)).id
    for member in members:
        step.set_group(member, name)


def _begin_again(step: DuplicatesWrites, before: Mapping[str, int]) -> dict[str, int]:
    """Let all groups be decided anew, step by step; until then those stand that other rules have made, if any have."""
    counted = {_RULES: RULES, _FROM: 0, _TO: step.checkpoint()} if _RULES in before else {_RULES: RULES}
    step.set_counters(counted)
    return counted


def _go_on(step: DuplicatesWrites, old: Sequence[StoryText], left: set[str]) -> None:
    """Remember how far the stories that other rules have grouped are decided."""
    reached = next((index for index, story in enumerate(old) if story.id in left), len(old))
    if reached:
        step.set_counters({_FROM: old[reached - 1].position})
    elif not old:
        step.drop_counters([_FROM, _TO])
