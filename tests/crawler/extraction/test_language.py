"""The language of a story: what the page and its source state against what the text tells."""

from collections.abc import Callable
from pathlib import Path

import pytest

from model.story import Story

FINNISH = (
    "Hallitus kertoi perjantaina, että neuvottelut kunnan ja kaivosyhtiön välillä jatkuvat ensi viikolla.",
    "Asukkaat pelkäävät järven veden saastuvan, ja he ovat keränneet jo tuhansia nimiä vetoomukseen.",
    "Ministeri lupasi vierailla paikkakunnalla ennen kuin lopullinen päätös tehdään eduskunnassa syksyllä.",
)
NORWEGIAN = (
    "Regjeringen sa fredag at forhandlingene mellom kommunen og gruveselskapet fortsetter neste uke.",
    "Innbyggerne frykter at vannet i sjøen blir forurenset, og de har samlet tusenvis av underskrifter.",
    "Statsråden lovet å besøke stedet før Stortinget tar den endelige avgjørelsen til høsten.",
)


def page(lang: str, paragraphs: tuple[str, ...], head: str = "") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs * 2)
    return (
        f"<html{lang}><head><meta property='og:type' content='article'><title>Kaivos</title>{head}</head>"
        f"<body><article><h1>Kaivos ja järvi</h1>{body}</article></body></html>"
    )


@pytest.mark.parametrize(
    ("lang", "paragraphs", "head", "code", "rule", "sure"),
    [
        (" lang='fi'", FINNISH, "", "fi", "html:lang", True),
        (" lang='en'", FINNISH, "", "fi", "text:language", True),
        ("", FINNISH, "", "fi", "text:language", True),
        ("", FINNISH[:1], "", "fi", "text:language", False),
        ("", FINNISH, "<meta property='og:locale' content='fi_FI'>", "fi", "meta:language", True),
        (" lang='nn-NO'", NORWEGIAN, "", "nn", "html:lang", True),
        (" lang='da'", NORWEGIAN, "", "da", "html:lang", True),
    ],
    ids=[
        "statement and text agree",
        "a template's statement",
        "the text alone",
        "a short text alone",
        "a meta element",
        "written norms are stated",
        "languages much alike are stated",
    ],
)
def test_a_long_text_has_the_last_word(
    read: Callable[..., Story], lang: str, paragraphs: tuple[str, ...], head: str, code: str, rule: str, sure: bool
) -> None:
    story = read(page(lang, paragraphs, head))
    assert (story.language, story.provenance["language"]) == (code, rule)
    assert (story.confidence["language"] >= 0.95) is sure


def test_a_source_states_what_its_pages_leave_out(read: Callable[..., Story]) -> None:
    story = read(page("", FINNISH), language="fi")
    assert (story.language, story.provenance["language"]) == ("fi", "link:language")
    contradicted = read(page("", FINNISH), language="sv")
    assert (contradicted.language, contradicted.provenance["language"]) == ("fi", "text:language")


PAIRS = Path(__file__).parents[2] / "search" / "languages" / "pairs"


@pytest.mark.parametrize("path", sorted(PAIRS.glob("*.txt")), ids=lambda path: path.stem)
def test_what_a_page_states_rightly_stays(read: Callable[..., Story], path: Path) -> None:
    lines = [line[1:].partition("|")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    sentences = tuple(dict.fromkeys(line for line in lines if line))
    story = read(page(f" lang='{path.stem}'", sentences))
    assert story.language == path.stem
