"""Package of the installed wheel: all of Wiredesk in one folder that comes first on the path.

The rooms have common names (`config`, `index`, `search`, `text`): beside other people's packages in site-packages they
would be taken for theirs, or theirs for ours. Inside this package they are found under the same names as in the source
tree, by the command and by every process that it starts; nobody else sees them.
"""

import runpy
import sys
from pathlib import Path


def main() -> None:
    """Run the command line, as `python run.py` does in the source tree; ends the process."""
    folder = Path(__file__).parent
    sys.path.insert(0, str(folder))
    runpy.run_path(str(folder / "run.py"), run_name="__main__")
