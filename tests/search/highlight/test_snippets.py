"""Matched fields and snippets."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.query import Leaf, Phrase, Word
from model.story import Caption, StoredStory
from search.highlight.deadline import HighlightDeadline
from search.highlight.highlighter import TextHighlighter
from search.highlight.matched_fields import PassageMatcher, positive_leaves
from search.highlight.snippets import LENGTH, Extract, marked
from search.query.parser import parse
from text.analysis import tokens

SEEN = datetime(2013, 1, 17, tzinfo=UTC)
STORY = StoredStory(
    id="s1",
    version=1,
    first_seen_at=SEEN,
    seen_at=SEEN,
    source="herald",
    headline="Harbour bridge reopens",
    deck="Commuters cheer the élan of engineers",
    byline=("Nora Whitfield",),
    dateline="PORT ELLEN, Scotland",
    agencies=("AP", "Europa Press"),
    body=(
        "The iron bridge reopened on Friday after repairs & paint.",
        "Engineers worked nights. The ferries were running late, the mayor's office said; the U.N. was not asked.",
        "Rivets: 1,400. Well-known welders sang. " + "Nothing else happened that day. " * 30 + "A heron landed.",
    ),
    captions=(
        Caption(text="Passengers wait in the rain."),
        Caption(text="A welder inspects the last rivet.", credit="AP Photo/Lena Fors", label="Night shift"),
    ),
    language="en",
    section="Transport",
    tags=("harbour works",),
)


def extract_for(typed: str, story: StoredStory = STORY) -> Extract:
    matcher = PassageMatcher(positive_leaves(parse(typed, date(2013, 1, 17)).query), HighlightDeadline())
    return Extract(story, matcher.passages([story])[0])


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ("bridge", ["headline", "body"]),
        ("BRIDGES", ["headline", "body"]),
        ("elan", ["deck"]),
        ('"elan"', []),
        ('"élan"', ["deck"]),
        ("run", ["body"]),
        ('"run"', []),
        ('"running late"', ["body"]),
        ('"late running"', []),
        ('"ferries late"', []),
        ('"ferries late"~2', ["body"]),
        ('"repairs & paint"', ["body"]),
        ('"paint engineers"', []),
        ('"paint engineers"~5', []),
        ("mayor", ["body"]),
        ("un", ["body"]),
        ("1400", ["body"]),
        ("well-known", ["body"]),
        ("night", ["caption", "body"]),
        ('"night shift"', ["caption"]),
        ("fors", ["credit"]),
        ("whitfield", ["byline"]),
        ("scotland", ["dateline"]),
        ("harbour", ["headline", "tag"]),
        ("passengers", ["caption"]),
        ("headline:ferries", []),
        ("body:bridge", ["body"]),
        ("agency:ap", ["agency"]),
        ("agency:europa", []),
        ('agency:"europa press"', ["agency"]),
        ("section:transport source:herald", ["source", "section"]),
        ("weld*", ["caption", "body"]),
        ("r?vet", ["caption"]),
        ("rivit~", ["caption"]),
        ("bridge -ferries", ["headline", "body"]),
        ("-bridge", []),
        ("when:7d", []),
    ],
)
def test_names_the_fields_that_match(typed: str, fields: list[str]) -> None:
    assert list(extract_for(typed).matched_in) == fields


@pytest.mark.parametrize(
    ("typed", "snippet"),
    [
        ("bridge", "The iron <mark>bridge</mark> reopened on Friday after repairs &amp; paint."),
        ('"last rivet"', "Night shift. A welder inspects the <mark>last rivet</mark>."),
        ("inspecting welder", "Night shift. A <mark>welder</mark> <mark>inspects</mark> the last rivet."),
        ("elan", "Commuters cheer the <mark>élan</mark> of engineers"),
        ("whitfield", "Nora <mark>Whitfield</mark>"),
        ("when:7d", "The iron bridge reopened on Friday after repairs &amp; paint."),
        ("agency:AP", "The iron bridge reopened on Friday after repairs &amp; paint."),
    ],
)
def test_shows_the_telling_passage(typed: str, snippet: str) -> None:
    assert extract_for(typed).snippet == snippet


def test_a_caption_comes_with_label_and_credit() -> None:
    found = extract_for('"last rivet"')
    assert (found.field, found.label, found.credit) == ("caption", "Night shift", "AP Photo/Lena Fors")
    assert extract_for("passengers").credit is None


def test_a_long_passage_is_cut_around_the_match() -> None:
    found = extract_for("heron")
    assert found.snippet.startswith("… ")
    assert found.snippet.endswith("A <mark>heron</mark> landed.")
    assert len(found.snippet) < LENGTH + 30


def test_the_headline_is_marked_too() -> None:
    assert extract_for("bridge").headline == "Harbour <mark>bridge</mark> reopens"


def test_a_story_in_another_language_is_stemmed_in_it() -> None:
    story = STORY.model_copy(update={"language": "de", "body": ("Die Häuser standen leer.",)})
    assert extract_for("haus", story).snippet == "Die <mark>Häuser</mark> standen leer."


def test_scripts_without_blanks() -> None:
    story = STORY.model_copy(update={"language": "ja", "body": ("東京の港にかかる古い橋が再開通した。",)})
    assert extract_for("再開通", story).snippet == "東京の港にかかる古い橋が<mark>再開通</mark>した。"


def test_a_story_without_text_has_an_empty_snippet() -> None:
    assert extract_for("nothing", STORY.model_copy(update={"body": (), "deck": None, "captions": ()})).snippet == ""


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6))
def test_marked_text_is_escaped_whatever_the_spans(text: str, spans: list[tuple[int, int]]) -> None:
    inside = [(a, b) for a, b in spans if a < b <= len(text)]
    html = marked(text, inside)
    bare = html.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in bare
    assert html.count("<mark>") == html.count("</mark>")


SENTENCES = st.lists(
    st.sampled_from(
        [
            "the",
            "Ferry",
            "ferries",
            "U.N.",
            "l'homme",
            "élan",
            "elan",
            "running,",
            "1,400",
            "a\u00a0b",
            "橋が再",
            "–",
            "x-y",
        ]
    ),
    max_size=12,
).map(" ".join)


@given(SENTENCES, SENTENCES, SENTENCES.filter(lambda text: any(True for _ in tokens(text))))
def test_finds_what_a_plain_comparison_of_all_words_finds(before: str, passage: str, sought: str) -> None:
    """The shortcuts of the finder (runs of characters, remembered) change nothing."""
    words = list(tokens(passage, "en"))
    first = next(tokens(sought, "en"))
    plain = [(w.start, w.end) for w in words if w.folded == first.folded or w.stem == first.stem]
    wanted = [w.exact for w in tokens(sought)]
    exact = [w.exact for w in words]
    has_phrase = any(exact[n : n + len(wanted)] == wanted for n in range(len(words)))
    leaves: list[tuple[int, Leaf]] = [(0, Word(sought[first.start : first.end])), (1, Phrase(sought))]
    finds = TextHighlighter(leaves, "en")([before, passage])
    found = [match for number, matches in finds for match in matches if number == 1]
    assert [(start, end) for leaf, start, end in found if leaf == 0] == plain
    assert any(leaf == 1 for leaf, _, _ in found) == has_phrase
