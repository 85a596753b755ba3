"""The command line on a store that several data directories share, as machines share a database.

    python tests/desk/shared_desk.py STORE_DIRECTORY --config FILE COMMAND

Everything is as in run.py, but that the store is the one of STORE_DIRECTORY.
"""

import sys
from functools import cached_property
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

import run
from desk.container import Desk
from store.opening import Store, open_store

STORE = Path(sys.argv.pop(1)) if __name__ == "__main__" else Path()


class SharedDesk(Desk):
    """A desk whose store stands elsewhere."""

    shares_store = True

    @cached_property
    def store(self) -> Store:
        return open_store(STORE)


if __name__ == "__main__":
    run.interrupts.listen()
    run.Desk = SharedDesk  # type: ignore[misc]
    run.main()
