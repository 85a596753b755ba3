"""Health of a source after a crawl run."""

from crawler.frontier.adaptive_polling import observed, quiet_alarm
from crawler.results import CrawlRunSummary
from store.sql.crawl_state import SourceState


def after_run(state: SourceState, summary: CrawlRunSummary) -> SourceState:
    """The health of a source after one more run: its streak of failures, its publishing rate, its alarm."""
    now = summary.ended_at
    if summary.failed:
        reasons = "; ".join(dict.fromkeys(summary.endpoint_errors.values()))
        since = state.failing_since or summary.started_at
        return state._replace(
            last_round_at=now, failures=state.failures + 1, failing_since=since, last_error=reasons, alarm=summary.alarm
        )
    state = observed(state, now, summary.found)._replace(last_round_at=now, last_success_at=now)
    alarms = filter(None, (summary.alarm, quiet_alarm(state, now)))
    troubles = (*summary.endpoint_errors.items(), *summary.endpoint_losses.items())
    reasons = "; ".join(f"{url}: {reason}" for url, reason in troubles)
    return state._replace(failures=0, failing_since=None, last_error=reasons or None, alarm="; ".join(alarms) or None)
