"""How is a source doing after a round?"""

from crawler.frontier.adaptive_polling import observed, quiet_alarm
from crawler.results import RoundSummary
from store.sql.crawl_state import SourceState


def after_round(state: SourceState, summary: RoundSummary) -> SourceState:
    """The health of a source after one more round: its streak of failures, its rhythm, its alarm."""
    now = summary.ended_at
    if summary.failed:
        reasons = "; ".join(dict.fromkeys(summary.place_errors.values()))
        since = state.failing_since or summary.started_at
        return state._replace(
            last_round_at=now, failures=state.failures + 1, failing_since=since, last_error=reasons, alarm=summary.alarm
        )
    state = observed(state, now, summary.found)._replace(last_round_at=now, last_success_at=now)
    alarms = filter(None, (summary.alarm, quiet_alarm(state, now)))
    reasons = "; ".join(f"{place}: {reason}" for place, reason in summary.place_errors.items())
    return state._replace(failures=0, failing_since=None, last_error=reasons or None, alarm="; ".join(alarms) or None)
