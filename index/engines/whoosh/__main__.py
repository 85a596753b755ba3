"""Background merge as a process: `python -m index.engines.whoosh DIRECTORY MEMORY_BYTES` merges what is due."""

import sys
from pathlib import Path

from index.engines.whoosh.indexing.background_merge import main

if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
