"""Sets of stories that belong together, as they are found, and the names that come of them.

A set is made of stories that are being decided and of stored groups, of which a few members stand for all. Stories are
compared with what is likest first, and two sets are joined by a pair of copies only if none of those that stand for
them are at odds: a cut copy that two bulletins of one pattern contain must not make one of the two.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from index.duplicates.candidate_keys import may_be_copies
from index.duplicates.comparison import ComparedText, are_at_odds, is_copy
from index.duplicates.text_lookup import CopyCandidate, KnownText, time_between
from store.sql.duplicates import DuplicatesReads, Member

ReadTexts = Callable[[Sequence[str]], Sequence[ComparedText | None]]
"""The texts of some stories in their order, None for each that is no copy of anything."""

LARGE = 64
"""Groups of more stories keep their name, and are never loaded whole."""
_MOST_COMPARED = 12
"""So many unlike stories are read before a story is taken for the only one of its kind."""
_AT_EACH_END = 4
"""So many of the first and of the last seen stories of a set stand for it."""


def members_of(state: DuplicatesReads, groups: Iterable[str]) -> dict[str, list[Member]]:
    """The stories of each group; of a large one `LARGE` + 1 of them."""
    return {group: state.members(group, LARGE + 1) for group in groups}


class Groups:
    """The groups around some stories: `decided` are those whose groups are decided, `read` gives stories' texts."""

    def __init__(self, state: DuplicatesReads, decided: Mapping[str, Member], read: ReadTexts) -> None:
        self._state = state
        self._decided = decided
        self._read = read
        self._sets = _Sets()
        self._members: dict[Hashable, list[Member]] = {story_id: [member] for story_id, member in decided.items()}
        self._large: dict[Hashable, str] = {}

    def join_copies(self, story_id: str, known: KnownText, candidates: Iterable[CopyCandidate]) -> None:
        """Compare a story with those that may be its copies, the likest first, and join it with those that are."""
        (told,), own, compared = self._read([story_id]), known.traits, 0
        for other in candidates:
            element = self._element(other)
            if told is None or compared == _MOST_COMPARED:
                break
            if self._sets.find(element) == self._sets.find(story_id):
                continue
            if not may_be_copies(own, other.traits, time_between(known.place, other.place)):
                continue
            (beside,) = self._read([other.story_id])
            if beside is not None and is_copy(told, beside) and not self._are_at_odds(element, story_id):
                self._join(element, story_id)
            else:
                compared += 1

    def changes(self) -> list[tuple[Member, str | None]]:
        """The stories that are in another group now, or in none, with the name of it."""
        sets = [found for found in self._members.items() if any(member.id in self._decided for member in found[1])]
        written = [member.id for _, members in sets for member in members]
        changed = []
        for root, members in sets:
            name = self._large.get(root) or self._name(members, written)
            changed += [(member, name) for member in members if member.group != name]
        return changed

    def _element(self, other: CopyCandidate) -> Hashable:
        """What stands for a story among the sets: itself, or the stored group that it is in."""
        if other.story_id in self._decided:
            return other.story_id
        element: Hashable = ("group", other.group) if other.group else other.story_id
        if element not in self._members and self._sets.find(element) == element:
            self._members[element] = [Member(other.story_id, other.first_seen_at, other.group)]
            if other.group:
                members = members_of(self._state, [other.group])[other.group]
                if len(members) > LARGE:
                    self._large[element] = other.group
                self._members[element] = [member for member in members if member.id not in self._decided]
        return element

    def _are_at_odds(self, one: Hashable, other: Hashable) -> bool:
        """Whether two sets can't become one."""
        roots = self._sets.find(one), self._sets.find(other)
        if all(root in self._large for root in roots):
            return True
        ours, theirs = (self._standing_for(root) for root in roots)
        return any(are_at_odds(our, their) for our in ours for their in theirs)

    def _standing_for(self, root: Hashable) -> list[ComparedText]:
        members = _in_order(self._members[root])
        chosen = members[:_AT_EACH_END] + members[_AT_EACH_END:][-_AT_EACH_END:]
        return [told for told in self._read([member.id for member in chosen]) if told is not None]

    def _join(self, one: Hashable, other: Hashable) -> None:
        gone = self._sets.find(one), self._sets.find(other)
        root = self._sets.join(*gone)
        self._members[root] = [member for part in gone for member in self._members.pop(part)]
        for name in [self._large.pop(part) for part in gone if part in self._large]:
            self._large[root] = name

    def _name(self, members: Iterable[Member], written: Iterable[str]) -> str | None:
        """The one seen first, where no other group has its name: a large one that it has left."""
        names = [member.id for member in _in_order(members)]
        if len(names) == 1:
            return None
        if all(member.group == names[0] for member in members):
            return names[0]
        but = [*written]
        return next((name for name in names if not self._state.is_taken(name, but)), names[0])


def _in_order(members: Iterable[Member]) -> list[Member]:
    return sorted(members, key=lambda member: (member.first_seen_at, member.id))


class _Sets:
    """Sets without common elements, each found by any of its elements (Tarjan, 1975)."""

    def __init__(self) -> None:
        self._above: dict[Hashable, Hashable] = {}

    def find(self, element: Hashable) -> Hashable:
        """The element that stands for the set of this one."""
        root = element
        while (above := self._above.get(root, root)) != root:
            root = above
        while element != root:
            self._above[element], element = root, self._above[element]
        return root

    def join(self, one: Hashable, other: Hashable) -> Hashable:
        """Make one set of two; returns the element that stands for it."""
        root = self.find(other)
        self._above[self.find(one)] = root
        return root
