"""Static-site generators, installed in environments of their own, and the site that each makes of the posts.

Pelican and Nikola come from PyPI into virtual environments, Hexo from npm into a folder. They are tools of this test
alone (Pelican is under the AGPL) and nothing of them is part of this project. Each site has a feed of the newest ten
posts or twenty, as is usual, and a sitemap.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from tests.desk.static_sites.posts import POSTS, Post

PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU"
    b"\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
)
_INSTALL_SECONDS, _BUILD_SECONDS = 600, 180


class NotInstallableError(Exception):
    """A generator can't be had on this machine; the text says why."""


def _run(command: list[str], folder: Path, seconds: int) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstallableError(f"{Path(command[0]).name}: {error}"[:500]) from error
    if done.returncode:
        raise NotInstallableError(f"{' '.join(command[:4])}: {(done.stderr or done.stdout)[-500:]}")


def _python_tool(cache: Path, name: str, *packages: str) -> Path:
    """The folder of programs of a virtual environment that holds some packages."""
    programs = cache / name / "bin"
    if not (cache / name / "complete").is_file():
        _run([sys.executable, "-m", "venv", "--clear", str(cache / name)], cache, _INSTALL_SECONDS)
        _run([str(programs / "pip"), "install", "--quiet", *packages], cache, _INSTALL_SECONDS)
        (cache / name / "complete").touch()
    return programs


def _figure(post: Post) -> str:
    return (
        f'<figure><img src="/images/{post.slug}.png" alt=""/><figcaption>{escape(post.caption)}</figcaption></figure>'
    )


def _write_pictures(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for post in POSTS:
        (folder / f"{post.slug}.png").write_bytes(PICTURE)


def _markdown(post: Post) -> str:
    return "\n\n".join([post.paragraphs[0], _figure(post), *post.paragraphs[1:]]) + "\n"


def _pelican(theme: str) -> Callable[[Path, Path, str], Path]:
    def build(cache: Path, folder: Path, address: str) -> Path:
        programs = _python_tool(cache, "pelican", "pelican[markdown]", "pelican-sitemap")
        content = folder / "content"
        _write_pictures(content / "images")
        for post in POSTS:
            head = {
                "Title": post.headline,
                "Date": f"{post.published_at:%Y-%m-%d %H:%M}",
                "Category": post.section,
                "Author": post.byline,
                "Slug": post.slug,
            }
            lines = "".join(f"{name}: {value}\n" for name, value in head.items())
            (content / f"{post.slug}.md").write_text(f"{lines}\n{_markdown(post)}", encoding="utf-8")
        (folder / "pelicanconf.py").write_text(
            f"SITENAME = 'The Quay'\nSITEURL = {address!r}\nPATH = 'content'\nTIMEZONE = 'UTC'\nDEFAULT_LANG = 'en'\n"
            f"THEME = {theme!r}\nFEED_DOMAIN = SITEURL\nFEED_MAX_ITEMS = 10\nFEED_ALL_ATOM = 'feeds/all.atom.xml'\n"
            "CATEGORY_FEED_ATOM = 'feeds/{slug}.atom.xml'\nDEFAULT_PAGINATION = 10\n"
            "PLUGINS = ['pelican.plugins.sitemap']\nSITEMAP = {'format': 'xml'}\nSTATIC_PATHS = ['images']\n",
            encoding="utf-8",
        )
        _run([str(programs / "pelican"), "content", "-s", "pelicanconf.py", "-o", "output"], folder, _BUILD_SECONDS)
        return folder / "output"

    return build


def _nikola(cache: Path, folder: Path, address: str) -> Path:
    programs = _python_tool(cache, "nikola", "nikola", "markdown")
    folder.rmdir()
    _run([str(programs / "nikola"), "init", "-q", str(folder)], folder.parent, _BUILD_SECONDS)
    with (folder / "conf.py").open("a", encoding="utf-8") as settings:
        settings.write(
            f"\nSITE_URL = {address + '/'!r}\nBLOG_TITLE = 'The Quay'\nBLOG_AUTHOR = 'The Quay'\nTIMEZONE = 'UTC'\n"
            "POSTS = (('posts/*.md', 'posts', 'post.tmpl'),)\nFEED_LENGTH = 10\nSHOW_SOURCELINK = False\n"
        )
    _write_pictures(folder / "images")
    (folder / "posts").mkdir(exist_ok=True)
    for post in POSTS:
        head = {
            "title": post.headline,
            "slug": post.slug,
            "date": f"{post.published_at:%Y-%m-%d %H:%M:%S} UTC",
            "category": post.section,
            "tags": post.section,
            "author": post.byline,
        }
        lines = "".join(f".. {name}: {value}\n" for name, value in head.items())
        (folder / "posts" / f"{post.slug}.md").write_text(f"<!--\n{lines}-->\n\n{_markdown(post)}", encoding="utf-8")
    _run([str(programs / "nikola"), "build", "-q"], folder, _BUILD_SECONDS)
    return folder / "output"


_HEXO_PACKAGES = (
    *("hexo", "hexo-renderer-ejs", "hexo-renderer-marked", "hexo-renderer-stylus", "hexo-theme-landscape"),
    *("hexo-generator-index", "hexo-generator-archive", "hexo-generator-category", "hexo-generator-tag"),
    *("hexo-generator-feed", "hexo-generator-sitemap"),
)


def _hexo(cache: Path, folder: Path, address: str) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise NotInstallableError("npm is not installed")
    prefix = cache / "hexo"
    if not (prefix / "complete").is_file():
        prefix.mkdir(parents=True, exist_ok=True)
        (prefix / "package.json").write_text('{"name": "site", "version": "1.0.0", "hexo": {"version": ""}}')
        _run([npm, "install", "--no-audit", "--no-fund", "--silent", *_HEXO_PACKAGES], prefix, _INSTALL_SECONDS)
        (prefix / "complete").touch()
    (folder / "node_modules").symlink_to(prefix / "node_modules")
    shutil.copy(prefix / "package.json", folder / "package.json")
    _write_pictures(folder / "source" / "images")
    (folder / "source" / "_posts").mkdir()
    for post in POSTS:
        head = {
            "title": post.headline,
            "date": f"{post.published_at:%Y-%m-%d %H:%M:%S}",
            "updated": f"{post.published_at:%Y-%m-%d %H:%M:%S}",
            "categories": [post.section],
            "author": post.byline,
        }
        lines = "".join(f"{name}: {json.dumps(value)}\n" for name, value in head.items())
        path = folder / "source" / "_posts" / f"{post.slug}.md"
        line = f'<p class="byline">By {post.byline}</p>'  # the theme shows no author
        path.write_text(f"---\n{lines}---\n\n{line}\n\n{_markdown(post)}", encoding="utf-8")
    (folder / "_config.yml").write_text(
        f"title: The Quay\nauthor: The Quay\nlanguage: en\ntimezone: UTC\nurl: {address}\ntheme: landscape\n"
        "permalink: :year/:month/:day/:title/\nnew_post_name: :title.md\nper_page: 10\n"
        "index_generator: {per_page: 10, order_by: -date}\n"
        "feed: {type: atom, path: atom.xml, limit: 20}\nsitemap: {path: sitemap.xml}\n",
        encoding="utf-8",
    )
    _run([str(prefix / "node_modules" / ".bin" / "hexo"), "generate", "--silent"], folder, _BUILD_SECONDS)
    return folder / "public"


GENERATORS: Mapping[str, Callable[[Path, Path, str], Path]] = {
    "pelican-notmyidea": _pelican("notmyidea"),
    "pelican-simple": _pelican("simple"),
    "nikola": _nikola,
    "hexo": _hexo,
}
"""Name -> what builds the site of an address in an empty folder, with generators kept in a cache; returns its output.

Raises NotInstallableError.
"""
