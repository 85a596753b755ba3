"""Installed wheel: one package beside other people's, whose command does what run.py does in the source tree."""

import json
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from desk.program import VERSION
from tests.desk.desk_process import ROOT, DeskProcess, eventually
from tests.desk.importing.archive_files import article

ROOMS = ("config", "crawler", "desk", "index", "search", "text")


class Installed:
    """A virtual environment with the wheel, which sees the dependencies of the environment that the tests run in."""

    def __init__(self, directory: Path) -> None:
        self._run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)], cwd=ROOT)
        (wheel,) = directory.glob("*.whl")
        home = directory / "venv"
        venv.create(home, symlinks=True)
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        self.packages = home / "lib" / version / "site-packages"
        self.python = home / "bin" / "python"
        self.command = home / "bin" / "wiredesk"
        self.before = frozenset(path.name for path in self.packages.iterdir())
        pip = [sys.executable, "-m", "pip", "--python", str(self.python), "--disable-pip-version-check", "install"]
        self._run([*pip, "--quiet", "--no-index", "--no-deps", str(wheel)], cwd=directory)
        self.added = frozenset(path.name for path in self.packages.iterdir()) - self.before
        (self.packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")

    def run(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run the command to its end in a folder."""
        return subprocess.run(
            [str(self.command), *arguments], cwd=cwd, capture_output=True, text=True, timeout=300, check=False
        )

    def _run(self, command: list[str], *, cwd: Path) -> None:
        ended = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def desk(installed: Installed, tmp_path: Path) -> DeskProcess:
    """A desk in a folder whose own modules have the names of the rooms."""
    for room in ROOMS:
        (tmp_path / f"{room}.py").write_text("raise SystemExit('the wrong module')\n", encoding="utf-8")
    return DeskProcess(tmp_path, [], program=[str(installed.command)])


def test_nothing_lands_beside_other_packages(installed: Installed) -> None:
    assert installed.added == {"wiredesk", f"wiredesk-{VERSION}.dist-info"}
    script = f"import wiredesk, importlib.util as u; print([name for name in {ROOMS} if u.find_spec(name)])"
    seen = subprocess.run(
        [str(installed.python), "-I", "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert seen.stdout.strip() == "[]"


def test_all_files_of_the_rooms_are_inside(installed: Installed) -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("not a git checkout: nothing says which files belong to the rooms")
    outside = ("tests/", "benchmarks/", "docs/", "deploy/", "locks/", ".ci/")
    names = [name for name in tracked.stdout.split("\0") if "/" in name and not name.startswith(outside)]
    assert len(names) > 200
    package = installed.packages / "wiredesk"
    assert [name for name in names if (ROOT / name).exists() and not (package / name).is_file()] == []


def test_the_version_is_printed(installed: Installed, tmp_path: Path) -> None:
    assert installed.run("--version", cwd=tmp_path).stdout == f"wiredesk {VERSION}\n"
    tree = [sys.executable, str(ROOT / "run.py"), "--version"]
    assert subprocess.run(tree, capture_output=True, text=True, check=True).stdout == f"wiredesk {VERSION}\n"


def test_help_says_what_to_type(installed: Installed, tmp_path: Path) -> None:
    assert "Usage: wiredesk crawl" in installed.run("crawl", "--help", cwd=tmp_path).stdout
    shown = installed.run("--help", cwd=tmp_path).stdout
    assert "wiredesk search mali" in shown
    assert "run.py" not in shown


def test_without_a_configuration_it_says_what_to_do(installed: Installed, tmp_path: Path) -> None:
    ended = installed.run("search", "mali", cwd=tmp_path)
    example = installed.packages / "wiredesk" / "config.example.yaml"
    assert (ended.returncode, str(example) in ended.stderr) == (2, True), ended.stderr
    (tmp_path / "config.yaml").write_bytes(example.read_bytes())
    assert installed.run("check", cwd=tmp_path).returncode == 0
    assert not (tmp_path / "data").exists()


def test_stories_are_imported_and_searched(installed: Installed, desk: DeskProcess, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(article(1, "The ferry ran aground."))
    imported = installed.run(
        "import", "page.html", cwd=tmp_path
    )  # config.yaml of the folder, and a spawned page reader
    assert (imported.returncode, "1 new" in imported.stdout) == (0, True), imported.stderr
    found = installed.run("search", "--json", "ferry", cwd=tmp_path)
    assert json.loads(found.stdout)["total"] == 1, found.stderr
    generation = next((tmp_path / "data" / "index").glob("gen-*"))
    merged = subprocess.run(  # as a background merge is started
        [str(installed.python), "-m", "index.engines.whoosh", str(generation), "1000000", "settling"],
        cwd=installed.packages / "wiredesk",
        input="",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert merged.returncode == 0, merged.stderr


def test_the_supervised_desk_answers(desk: DeskProcess) -> None:
    desk.start()
    try:
        ready = eventually(lambda: desk.get("readyz"), 30, "an answer of /readyz")
        assert ready["status"] == "ready"
        assert len(desk.children("serve")) == len(desk.children("schedule")) == 1
    finally:
        assert desk.stop() == 0
