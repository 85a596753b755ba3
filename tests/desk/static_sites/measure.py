"""Measure of what is read on static sites: how many of the posts are found, and how many of each field are right.

    .venv/bin/python -m tests.desk.static_sites.measure [--cache DIR] [GENERATOR...]

builds the sites with real generators (it needs PyPI and npm where the cache doesn't hold them yet), serves them over
loopback, runs `sources add` and one `crawl` on each through the command line, and prints one line a site.
"""

import argparse
import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.desk.desk_process import DeskProcess
from tests.desk.static_sites.generators import GENERATORS, NotInstallableError
from tests.desk.static_sites.posts import POSTS, Post

FIELDS = ("found", "headline", "date", "byline", "caption", "section", "body", "others")


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder that is served on loopback; yields its address. It may be filled later."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_QuietHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def measure(name: str, cache: Path, folder: Path) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """How many posts are found and read right, field by field, and the stories; `others` are stories that are no posts.

    Raises NotInstallableError.
    """
    root, desk_folder, site = folder / "root", folder / "desk", folder / "site"
    for made in (desk_folder, site):
        made.mkdir(parents=True)
    with served(root) as address:
        root.symlink_to(GENERATORS[name](cache, site, address), target_is_directory=True)
        desk = DeskProcess(desk_folder, [])
        for command in (("sources", "add", f"{address}/", "--name", "quay"), ("crawl", "quay")):
            done = desk.run(*command)
            assert done.returncode == 0, done.stdout + done.stderr
        lines = desk.run("export", "--format", "ndjson").stdout.splitlines()
    stories = [json.loads(line) for line in lines]
    by_post = {post.slug: [s for s in stories if f"/{post.slug}" in s["url"]] for post in POSTS}
    counts = dict.fromkeys(FIELDS, 0)
    for post in POSTS:
        for field in right_fields(post, by_post[post.slug]):
            counts[field] += 1
    counts["others"] = len(stories) - sum(map(len, by_post.values()))
    return counts, stories


def right_fields(post: Post, stories: list[dict[str, Any]]) -> Iterator[str]:
    """The fields that the one story of a post has right."""
    if len(stories) != 1:
        return
    (story,) = stories
    yield "found"
    if story["headline"] == post.headline:
        yield "headline"
    if story["published_at"] == post.published_at.strftime("%Y-%m-%dT%H:%M:%SZ"):
        yield "date"
    if story["byline"] == [post.byline]:
        yield "byline"
    if [caption["text"] for caption in story["captions"]] == [post.caption]:
        yield "caption"
    if story["section"] == post.section:
        yield "section"
    if story["body"] == list(post.paragraphs):
        yield "body"


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cache", type=Path, help="where the generators are kept")
    arguments.add_argument("--stories", action="store_true", help="print each story, too")
    arguments.add_argument("generators", nargs="*", default=list(GENERATORS), metavar="GENERATOR")
    chosen = arguments.parse_args()
    print(f"{'of 24':<20}" + "".join(f"{field:>10}" for field in FIELDS))
    with tempfile.TemporaryDirectory() as scratch:
        cache = (chosen.cache or Path(scratch) / "cache").absolute()
        cache.mkdir(parents=True, exist_ok=True)
        for name in chosen.generators:
            try:
                counts, stories = measure(name, cache, Path(scratch) / name)
            except NotInstallableError as error:
                print(f"{name:<20} not measured: {error}")
                continue
            print(f"{name:<20}" + "".join(f"{counts[field]:>10}" for field in FIELDS), flush=True)
            for story in stories if chosen.stories else ():
                print(json.dumps(story, ensure_ascii=False))


if __name__ == "__main__":
    main()
