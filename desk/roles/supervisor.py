"""Supervisor of the roles: a thin parent of two child processes.

Each child is a `run.py` command of its own. One that dies is started again with back-off,
one that is silent for two minutes is killed first. The parent holds the crawl lock and the crawler inherits it, so
the lock is never free between two processes of the crawler and goes when both are gone.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from desk.program import RUN_FILE
from desk.roles.heartbeat import GRACE_SECONDS, Heartbeat
from index.child_signals import without_interrupts

SILENT_SECONDS = 120.0
_FIRST_WAIT_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 60.0
_STABLE_SECONDS = 60.0
_POLL_SECONDS = 0.2
_KILLING_SECONDS = 0.5
# glibc gives each thread a heap of its own and keeps what was freed there: a hundred megabytes in a crawler of many
# threads and large bodies. Two heaps do for all; what the environment says stands (mallopt(3)).
_FEW_HEAPS = {"MALLOC_ARENA_MAX": "2"}


class Child:
    """One child process, restarted with back-off when it dies."""

    def __init__(
        self, name: str, command: Sequence[str], heartbeat: Heartbeat, inherited: tuple[int, ...] = ()
    ) -> None:
        self.name = name
        self._command = command
        self._heartbeat = heartbeat
        self._inherited = inherited
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._heard = 0.0
        self._beaten_at: float | None = None
        self._deaths = 0
        self._next_start = 0.0
        self._log = structlog.get_logger("supervisor")

    @property
    def is_running(self) -> bool:
        """Whether the process runs at the moment."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process."""
        self._heartbeat.clear()
        with without_interrupts():  # the supervisor stops its children in order
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, pass_fds=self._inherited, env={**_FEW_HEAPS, **os.environ}
            )
        self._started = self._heard = time.monotonic()
        self._beaten_at = None

    def tend(self) -> None:
        """Restart a child that died when its back-off is over, and kill one that is silent."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._next_start:
                self.start()
            return
        code = self._process.poll()
        if code is None:
            self._kill_if_silent(now)
            return
        self._deaths = 1 if now - self._started > _STABLE_SECONDS else self._deaths + 1
        wait = min(_FIRST_WAIT_SECONDS * 2 ** (self._deaths - 1), _LONGEST_WAIT_SECONDS)
        self._log.warning("child ended; it is started again", child=self.name, exit_code=code, wait_seconds=wait)
        self._discard()
        self._next_start = now + wait

    def stop(self) -> None:
        """Ask the child to end."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def wait(self, deadline: float) -> None:
        """Wait for the end until a monotonic deadline, then kill."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._log.warning("child did not stop in time; killed", child=self.name)
            self._process.kill()
            self._process.wait()
        self._discard()

    def _kill_if_silent(self, now: float) -> None:
        """Silence is measured by our own monotonic clock: the wall clock may jump."""
        beaten_at = self._heartbeat.beaten_at()
        if beaten_at != self._beaten_at:
            self._beaten_at, self._heard = beaten_at, now
        silent = now - self._heard
        if self._process is None or silent <= SILENT_SECONDS:
            return
        if self._heartbeat.is_beatable():
            self._log.error("child is silent; killed", child=self.name, silent_seconds=round(silent))
            self._process.kill()

    def _discard(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self._process = None


def supervise(children: Sequence[Child], stopping: threading.Event) -> None:
    """Run the children until `stopping` is set, then stop them within four seconds."""
    for child in children:
        child.start()
    while not stopping.wait(_POLL_SECONDS):
        for child in children:
            child.tend()
    for child in children:
        child.stop()
    deadline = time.monotonic() + GRACE_SECONDS - _KILLING_SECONDS
    for child in children:
        child.wait(deadline)


def run_command(config: Path, *arguments: str) -> list[str]:
    """The command line of another run.py with the same interpreter and configuration."""
    return [sys.executable, str(RUN_FILE), "--config", str(config), *arguments]
