"""The command line with another schema: `python with_fields.py FIELDS_FILE ARGUMENT...`.

The file stands for model/fields.py, and nothing else is changed: what names fields again somewhere shows itself.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))


def load_schema(path: str) -> None:
    """Let everything that imports model.fields have this file."""
    spec = spec_from_file_location("model.fields", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["model.fields"] = module_from_spec(spec)
    spec.loader.exec_module(module)


if __name__ == "__main__":
    load_schema(sys.argv.pop(1))
    from run import main

    main()
