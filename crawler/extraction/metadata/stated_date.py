"""Date as a page states it, with the rules that found it and how sure it is."""

from datetime import datetime
from typing import NamedTuple

from text.dates import DateStatement


class StatedDate(NamedTuple):
    """A date, with the rule that found it and the one that found its time of day where that is another.

    `confidence` is the share of such dates whose day is right, 0 to 1.
    """

    stated: DateStatement
    rule: str
    time_rule: str = ""
    confidence: float = 0.0

    @property
    def at(self) -> datetime:
        """The instant."""
        return self.stated.at

    @property
    def local(self) -> str | None:
        """What was stated, as precisely as it was."""
        return self.stated.local

    @property
    def provenance(self) -> str:
        """The rule, with what was not stated and taken instead."""
        told = self.stated.rule(self.rule)
        return f"{told}; time: {self.time_rule}" if self.time_rule else told
