"""Tries of lemma dictionaries: made once, in a process of their own, and kept.

Making one takes 0.3 to 7 s, up to 3 of them at a stretch with the interpreter's lock held: a process that serves would
answer nobody meanwhile, and one that is interrupted would not hear it. Its file appears whole or not at all, and of
several processes that want the same one makes it.

    python text/analysis/lemma_trie.py LANGUAGE FOLDER
"""

import fcntl
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from simplemma.strategies.dictionaries import TrieDictionaryFactory

_UNFINISHED = "unfinished"
_LOCK = "LOCK"
_LONGEST_SECONDS = 60.0
"""One that stands still, or waits for one that does, is waited for no longer."""


def make(language: str, folder: Path) -> None:
    """Have the trie of a language in a folder, which is there; where no process does it, there is none."""
    if not _file(language, folder).exists():
        # Ctrl-C ends who waits for it, while it goes on: the next command needs it, too.
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run(
                [sys.executable, __file__, language, str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                check=False,
                timeout=_LONGEST_SECONDS,
            )


def main(language: str, folder: Path) -> None:
    """Make it, unless another process has meanwhile."""
    with (folder / _LOCK).open("w") as lock:
        with suppress(OSError):  # a disk without locks
            fcntl.flock(lock, fcntl.LOCK_EX)
        if _file(language, folder).exists():
            return
        unfinished = folder / _UNFINISHED
        shutil.rmtree(unfinished, ignore_errors=True)  # of one that was killed
        TrieDictionaryFactory(disk_cache_dir=str(unfinished)).get_dictionary(language)
        _file(language, unfinished).replace(_file(language, folder))
        unfinished.rmdir()


def _file(language: str, folder: Path) -> Path:
    """Where the factory looks for it."""
    return folder / f"{language}.dic"


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
