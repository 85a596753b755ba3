"""Background merge as a process: `python -m index.engines.whoosh DIRECTORY MEMORY_BYTES POLICY`, one of POLICIES."""

import sys
from pathlib import Path

from index.engines.whoosh.indexing.background_merge import POLICIES, main

if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), POLICIES[sys.argv[3]])
