"""Program that runs: its version, the name that it is called by, and the configuration that it looks for.

In the source tree it is `run.py`; in an installed wheel all of it is the package `wiredesk`, whose command has the same
name (deploy/wheel/__init__.py).
"""

from pathlib import Path

from config import ConfigError

VERSION = "0.1.0"
"""The version of the wheel, too: pyproject.toml reads it here."""
_FOLDER = Path(__file__).parents[1]
IS_INSTALLED = (_FOLDER / "__init__.py").is_file()
"""Whether this is the package of an installed wheel: the source tree is no package."""
NAME = "wiredesk" if IS_INSTALLED else "run.py"
RUN_FILE = _FOLDER / "run.py"
"""What a process of the desk starts to run another command."""
DEFAULT_CONFIGURATION = "config.yaml in the current folder" if IS_INSTALLED else "config.yaml beside run.py"


def default_configuration() -> Path:
    """The configuration to use where none is named. Raises ConfigError where an installed program finds none."""
    if not IS_INSTALLED:
        return _FOLDER / "config.yaml"
    path = Path.cwd() / "config.yaml"
    if not path.is_file():
        example = _FOLDER / "config.example.yaml"
        raise ConfigError(
            f"there is no config.yaml in {path.parent}: copy {example} there as config.yaml and put your sources into "
            "it, or name another file with --config (`wiredesk demo` needs none)"
        )
    return path


def as_called(text: str) -> str:
    """A text that says `python run.py`, or `run.py`, with the name that the program is called by."""
    return text.replace("python run.py", NAME).replace("run.py", NAME) if IS_INSTALLED else text
