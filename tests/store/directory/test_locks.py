"""Locks between processes."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from model.errors import LockHeldError
from store.directory.locks import Lock, Locks, in_use, shared

HOLDER = """
import sys, time
from pathlib import Path
from store.directory.locks import Lock
Lock(Path(sys.argv[1])).acquire()
print("held", flush=True)
time.sleep(60)
"""
ROOT = Path(__file__).parents[3]


def test_the_second_hears_who_holds_it(tmp_path: Path) -> None:
    with Locks(tmp_path).crawl() as held, pytest.raises(LockHeldError, match=r"crawl lock is held by pid \d+ \("):
        Lock(held.path).acquire()


def test_death_frees_it(tmp_path: Path) -> None:
    path = tmp_path / "crawl.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, cwd=ROOT)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(LockHeldError, match=f"pid {holder.pid}"):
        Lock(path).acquire()
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with Lock(path):
        pass


LEAVING = """
import os, sys, time
from pathlib import Path
from store.directory.locks import Lock
lock = Lock(Path(sys.argv[1]))
lock.acquire()
if os.fork() == 0:
    sys.stdin.read()
    os._exit(0)
print("held", flush=True)
os._exit(0)
"""


def test_a_lock_of_orphans_is_waited_for(tmp_path: Path) -> None:
    """Its holder was killed, and a child that inherited it ends a little later."""
    path = tmp_path / "crawl.lock"
    pipe = subprocess.PIPE
    holder = subprocess.Popen([sys.executable, "-c", LEAVING, str(path)], stdin=pipe, stdout=pipe, cwd=ROOT)
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    holder.wait()
    with pytest.raises(LockHeldError, match=f"pid {holder.pid}"):
        Lock(path).acquire()
    ending = threading.Timer(0.3, holder.stdin.close)
    ending.start()
    with Lock(path, orphaned_seconds=60):
        pass
    ending.join()
    holder.stdout.close()


def test_whoever_lives_is_waited_for_less(tmp_path: Path) -> None:
    path = tmp_path / "crawl.lock"
    with Lock(path), pytest.raises(LockHeldError):
        Lock(path, orphaned_seconds=3600).acquire()


def test_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "build.lock")
    for _ in range(2):
        with lock:
            assert lock.fileno() > 0
    with pytest.raises(ValueError, match="not held"):
        lock.fileno()


def test_in_use_while_anybody_is_inside(tmp_path: Path) -> None:
    path = tmp_path / "in-use.lock"
    with shared(path):
        with shared(path):
            assert in_use(path)
        assert in_use(path)
    assert not in_use(path)
