"""Figures of running processes, as Linux tells them in /proc: processor seconds and memory, children included."""

import os
from collections.abc import Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def family_of(process: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield process
    for child in children_of(process):
        yield from family_of(child)


def children_of(parent: int) -> Iterator[int]:
    """The processes that a process has started."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        fields = _fields(path)
        if fields and int(fields[1]) == parent:
            yield int(path.parent.name)


def seconds_of(process: int) -> float:
    """Processor seconds of a process and its descendants that run."""
    stats = [_fields(Path(f"/proc/{one}/stat")) for one in family_of(process)]
    return sum(int(fields[11]) + int(fields[12]) for fields in stats if fields) / _TICKS


def memory_of(process: int) -> int:
    """The proportional set size in bytes; 0 where the process is gone."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _fields(path: Path) -> list[str]:
    """What stands behind a process's name in its `stat`; nothing where it is gone."""
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return []
