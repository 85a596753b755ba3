"""Makes the data directory of pages read by an older parser, which the tests of reparsing open.

    .venv/bin/python tests/desk/make_read_data.py tests/desk/upkeep/fixtures/read-2.tar.gz CHECKOUT

CHECKOUT is the folder of the version whose parser reads the pages; the name says which number it had. The file is kept.
"""

import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

SENTENCES = [
    f"Sentence {number} of the report says what the harbour board decided on the ferries, and who voted against it."
    for number in range(6)
]


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def page(name: str, title: str, body: str, head: str = "") -> str:
    """A page that was saved by a browser, which notes where it was."""
    address = f"https://harbour.example/2026/03/01/{name}.html"
    about = {"@type": "NewsArticle", "headline": title, "datePublished": "2026-03-01T10:00:00Z"}
    marked = head or f'<script type="application/ld+json">{json.dumps(about)}</script>'
    return (
        f"<!-- saved from url=({len(address):04}){address} --><html lang='en'><head><meta charset='utf-8'>"
        f"<title>{title}</title>{marked}</head><body>{body}</body></html>"
    )


def story(name: str, title: str, *texts: str) -> str:
    return page(name, title, f"<article><h1>{title}</h1>{paragraphs(*texts)}</article>")


def shop(name: str, title: str) -> str:
    """A page of a shop with some sentences, which an older parser takes for a story."""
    about = {"@type": "Product", "name": title, "offers": {"@type": "Offer", "price": "12"}}
    head = f'<script type="application/ld+json">{json.dumps(about)}</script><meta property="og:type" content="product">'
    others = "".join(
        f'<h3><a href="/shop/lamp-{number}.html">Ferry lamp number {number}</a></h3>' for number in range(400)
    )
    body = f"<main><h1>{title}</h1>{paragraphs(*SENTENCES[:4])}</main><section>{others}</section>"
    return page(name, title, body, head)


FIRST = {
    "board-votes-on-the-night-ferries": lambda name: story(name, "Board votes on the night ferries", *SENTENCES),
    "carmaker-opens-a-plant-at-the-port": lambda name: story(
        name,
        "Carmaker opens a plant at the port",
        SENTENCES[0],
        "Shares of the maker &lt;VOWG.F&gt; rose by two per cent in the first hour of trading, dealers said.",
        "Fishermen may become a member of the board for the first time, the mayor told a meeting on Friday.",
        *SENTENCES[1:],
    ),
    "ferry-lamp-of-the-harbour": lambda name: shop(name, "A ferry lamp of the harbour"),
}
SECOND = {
    "board-votes-on-the-night-ferries": lambda name: story(
        name,
        "Board votes on the night ferries",
        *SENTENCES,
        "The mayor said on Sunday that the vote would be repeated.",
    )
}


def pack(place: Path, target: Path) -> None:
    """Pack the data directory in a place, without locks and logs."""
    with tarfile.open(target, "w:gz") as archive:
        for path in sorted((place / "data").rglob("*")):
            if path.is_file() and not path.name.endswith((".lock", "-wal", "-shm")):
                member = tarfile.TarInfo(str(path.relative_to(place)))
                content = path.read_bytes()
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))


def main(target: Path, checkout: Path) -> None:
    """Import both states of the pages with an older version, and pack its data directory."""
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        config = place / "config.yaml"
        config.write_text("data_dir: data")
        for state in (FIRST, SECOND):
            for name, make in state.items():
                path = place / f"{name}.html"
                path.write_text(make(name), encoding="utf-8")
                command = [sys.executable, str(checkout / "run.py"), "--config", str(config), "import", str(path)]
                subprocess.run(command, check=True)
        pack(place, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
