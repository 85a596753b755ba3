"""What does `python -m index.engines.whoosh DIRECTORY MEMORY_BYTES` do?

It merges the large segments that are due (merger.py).
"""

import sys
from pathlib import Path

from index.engines.whoosh.indexing.background_merge import main

if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
