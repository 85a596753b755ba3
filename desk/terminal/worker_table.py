"""Table of the workers on a store: who does what, and which leases each holds since when and until when."""

from collections.abc import Iterable
from datetime import datetime

from rich.console import Console
from rich.table import Table

from store.base import Lease
from store.coordination import WorkerState


def worker_records(workers: Iterable[WorkerState]) -> list[dict[str, object]]:
    """The workers for programs: JSON's types, instants in UTC."""
    return [
        {
            "name": worker.name,
            "role": worker.role or None,
            "version": worker.release,
            "started_at": _instant(worker.started_at),
            "beat_at": _instant(worker.beat_at),
            "silent_seconds": round(worker.silent_seconds, 1),
            "doing": worker.doing,
            "leases": [_lease_record(lease) for lease in worker.leases],
        }
        for worker in workers
    ]


def print_workers(workers: Iterable[WorkerState], console: Console) -> None:
    """One line a worker, and below it one a lease."""
    table = Table("worker", "role", "version", "since", "heard of", "does", box=None, pad_edge=False)
    for worker in workers:
        heard = f"{worker.silent_seconds:.0f} s ago"
        row = worker.name, worker.role or "?", worker.release or "?", _minute(worker.started_at), heard, worker.doing
        table.add_row(*row)
        for lease in worker.leases:
            since = _minute(lease.taken_at) if lease.taken_at else ""
            table.add_row(f"  {lease.name}", "lease", "", since, f"until {lease.ends_at:%H:%M:%S}", "")
    if table.row_count:
        console.print(table, soft_wrap=True, markup=False)
    else:
        console.print("no worker is known")


def _lease_record(lease: Lease) -> dict[str, object]:
    return {
        "name": lease.name,
        "fencing": lease.fencing,
        "since": _instant(lease.taken_at) if lease.taken_at else None,
        "until": _instant(lease.ends_at),
    }


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
