"""Kinds of mark-up in which stories are set, of which no word may be lost.

Each case stands between paragraphs, as the first of the story and as the last, where it can.
"""

from collections.abc import Callable

import pytest

from crawler.extraction import explain
from model.page import Page
from model.story import Story

PARAGRAPHS = [
    "The council of the harbour town voted on Thursday to repair the old pier, which a storm damaged in winter.",
    "The work will take two years and cost 14 million crowns, the mayor told reporters after the vote.",
    "Fishermen had asked for a new pier since the spring, when the ferry line moved its boats to the north.",
]
BEFORE = f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>"
BEHIND = f"<p>{PARAGRAPHS[2]}</p>"
POST = "<p lang='en'>The pier is ours and it will stand for a hundred years.</p>"
SIGNED = '&mdash; Ann Poe (@annpoe) <a href="https://twitter.com/annpoe/status/1">May 3, 2024</a>'
RESULTS = [("Olsen", "3", "3", "0"), ("Whitlock", "2", "0", "2"), ("Poe", "2", "0", "2"), ("Kerr", "3", "3", "0")]
ROWS = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in RESULTS)
CELLS = [cell for row in RESULTS for cell in row]

EMBEDDED = {
    "a tweet": f"<blockquote class='twitter-tweet'>{POST}{SIGNED}</blockquote>",
    "a tweet in a figure": f"<figure class='wp-block-embed is-provider-twitter'><div class='wp-block-embed__wrapper'>"
    f"<blockquote class='twitter-tweet'>{POST}{SIGNED}</blockquote></div></figure>",
    "a tweet in a box for social embeds": f"<div class='social-embed'><blockquote>{POST}{SIGNED}</blockquote></div>",
    "a tweet in boxes of its own": f"<div class='embed-twitter'><div class='tweet-embed'><blockquote>{POST}{SIGNED}"
    "</blockquote></div></div>",
    "Instagram": "<blockquote class='instagram-media'><a href='https://www.instagram.com/p/1/'>View this post on "
    "Instagram</a><p><a href='https://instagram.com/p/1'>The pier is ours and it will stand for a hundred years.</a>"
    "</p><p>A post shared by Ann Poe (@annpoe)</p>"
    "</blockquote>",
    "Bluesky": "<blockquote class='bluesky-embed'><p>The pier is ours and it will stand for a hundred years.<br><br>"
    "<a href='https://bsky.app/1'>[image or embed]</a></p>&mdash; Ann Poe</blockquote>",
    "Mastodon": f"<blockquote class='mastodon-embed'><div>{POST}<p>Post by @annpoe@m.example</p></div></blockquote>",
    "Facebook": f"<div class='fb-post'><blockquote class='fb-xfbml-parse-ignore'>{POST}Posted by "
    "<a href='https://facebook.com/x'>Town Hall</a></blockquote></div>",
}


def read_between(read: Callable[..., Story], markup: str) -> list[str]:
    article = f"<article><h1>Council repairs the pier</h1>{BEFORE}{markup}{BEHIND}</article>"
    body = list(read(f"<html lang='en'><body>{article}</body></html>").body)
    assert body[:2] == PARAGRAPHS[:2] and body[-1] == PARAGRAPHS[2]
    return body[2:-1]


@pytest.mark.parametrize("markup", EMBEDDED.values(), ids=EMBEDDED.keys())
def test_an_embedded_post_is_quoted(read: Callable[..., Story], markup: str) -> None:
    assert "The pier is ours and it will stand for a hundred years." in read_between(read, markup)


def test_an_embedded_post_has_the_role_of_a_quote(make_page: Callable[..., Page]) -> None:
    article = f"<article><h1>Council repairs the pier</h1>{BEFORE}{EMBEDDED['a tweet']}{BEHIND}</article>"
    roles = {
        block.text: block.role for block in explain(make_page(f"<html lang='en'><body>{article}</body></html>")).blocks
    }
    assert roles["The pier is ours and it will stand for a hundred years."] == "quote"


BETWEEN = {
    # markup that stands between paragraphs, and the blocks that it has to become
    "a table whose cells repeat": (f"<table>{ROWS}</table>", CELLS),
    "a table in a figure": (f"<figure class='wp-block-table'><table><tbody>{ROWS}</tbody></table></figure>", CELLS),
    "a poem, each verse a paragraph": (
        "<p>The lamp is out<br>the boat is in</p><p>the rope is wet<br>the boat is in</p>",
        ["The lamp is out the boat is in", "the rope is wet the boat is in"],
    ),
    "a poem with a refrain": (
        "<p>The lamp is out</p><p>Row, my brother, row</p><p>The rope is wet</p><p>Row, my brother, row</p>"
        "<p>The night is long</p><p>Row, my brother, row</p>",
        ["The lamp is out", "Row, my brother, row", "The rope is wet", "Row, my brother, row", "The night is long",
         "Row, my brother, row"],
    ),
    "a chant": ("<p>Let them go, let them go!</p>" * 3, ["Let them go, let them go!"] * 3),
    "a sentence said twice": (
        "<p>The line did not comment.</p><p>The crew was not asked.</p><p>The line did not comment.</p>",
        ["The line did not comment.", "The crew was not asked.", "The line did not comment."],
    ),
    "preformatted lines": ("<pre>Olsen   3  0\nPoe     2  1</pre>", ["Olsen 3 0 Poe 2 1"]),
    "preformatted paragraphs": ("<pre>First of all.\n\nThen the rest.</pre>", ["First of all.", "Then the rest."]),
    "a definition list": (
        "<dl><dt>Pier</dt><dd>What boats lie at.</dd><dt>Quay</dt><dd>Where goods lie.</dd></dl>",
        ["Pier", "What boats lie at.", "Quay", "Where goods lie."],
    ),
    "a list": ("<ul><li>Timber</li><li>Nails</li><li>Paint</li></ul>", ["Timber", "Nails", "Paint"]),
    "numbered steps": ("<ol><li>Close it.</li><li>Lift the boards.</li></ol>", ["Close it.", "Lift the boards."]),
    "steps under headings": (
        "<h3>Step 1</h3><p>Close the gate.</p><h3>Step 2</h3><p>Lift the boards.</p>",
        ["Step 1", "Close the gate.", "Step 2", "Lift the boards."],
    ),
    "an interview": (
        "<p><b>Will it stand?</b></p><p>Yes.</p><p><b>And the ferry?</b></p><p>No.</p><p><b>For long?</b></p>"
        "<p>Yes.</p>",
        ["Will it stand?", "Yes.", "And the ferry?", "No.", "For long?", "Yes."],
    ),
    "an interview with initials": (
        "<p><b>Q: Will it stand?</b><br>A: It will, for years.</p>", ["Q: Will it stand? A: It will, for years."]
    ),
    "a chronicle": (
        "<p><b>May 1, 1991</b></p><p>A storm.</p><p><b>May 2, 1992</b></p><p>A flood.</p><p><b>May 3, 1993</b></p>"
        "<p>A vote.</p>",
        ["May 1, 1991", "A storm.", "May 2, 1992", "A flood.", "May 3, 1993", "A vote."],
    ),
    "entries of a live blog": (
        "<div class='entry'><h3>Polls close</h3><p>The gates were shut at ten.</p></div>"
        "<div class='entry'><h3>First count</h3><p>The mayor leads by a third.</p></div>",
        ["Polls close", "The gates were shut at ten.", "First count", "The mayor leads by a third."],
    ),
    "a sub-head that begins like a list of stories": (
        "<h2>More from the front</h2><p>The crew left at dawn.</p>", ["More from the front", "The crew left at dawn."]
    ),
    "a sub-head that comes again": (
        "<h3>Verdict</h3><p>It will stand.</p><h3>Verdict</h3><p>It will fall.</p>",
        ["Verdict", "It will stand.", "Verdict", "It will fall."],
    ),
    "a quote in a figure": (
        "<figure><blockquote><p>We will not wait.</p></blockquote><figcaption>Ann Poe, The pier</figcaption></figure>",
        ["We will not wait.", "Ann Poe, The pier"],
    ),
    "a pull quote": ("<figure class='wp-block-pullquote'><blockquote><p>We will not wait.</p></blockquote></figure>",
                     ["We will not wait."]),
    "preformatted text in a figure": ("<figure><pre><code>row 3; row 4</code></pre></figure>", ["row 3; row 4"]),
    "panels that open at a click": (
        "<h3><button>Will it stand?</button></h3><div class='panel'><p>It will, for years.</p></div>",
        ["Will it stand?", "It will, for years."],
    ),
    "a paragraph that is a link": (
        '<p><a href="https://council.example/plan">The plan for the pier has ninety pages.</a></p>',
        ["The plan for the pier has ninety pages."],
    ),
    "scores of matches": (
        "<p>Town 3, Rovers 1</p><p>City 0, Albion 0</p>", ["Town 3, Rovers 1", "City 0, Albion 0"]
    ),
    "one word": ("<p>Nothing.</p><p>Silence.</p>", ["Nothing.", "Silence."]),
    "a short line with the word for comments": ("<p>Comment was not available.</p>", ["Comment was not available."]),
    "a line behind a share button": ("<p>Share this</p><p>It opens in May.</p>", ["It opens in May."]),
}  # fmt: skip


@pytest.mark.parametrize(("markup", "blocks"), BETWEEN.values(), ids=BETWEEN.keys())
def test_what_stands_between_paragraphs_stays(read: Callable[..., Story], markup: str, blocks: list[str]) -> None:
    assert read_between(read, markup) == blocks


FIRST = {
    "a table of figures": (
        "<table><tr><td>Shr</td><td>71 cts</td></tr><tr><td>Net</td><td>504,000</td></tr></table>",
        ["Shr", "71 cts", "Net", "504,000"],
    ),
    "a list": ("<ul><li>A storm</li><li>A vote</li></ul>", ["A storm", "A vote"]),
    "an announcement": (
        "<p>The harbour office gave these fares for the winter months:</p>",
        ["The harbour office gave these fares for the winter months:"],
    ),
    "a salutation": ("<p>Dear editor,</p>", ["Dear editor,"]),
    "a heading": ("<h2>The storm</h2>", ["The storm"]),
}


@pytest.mark.parametrize(("markup", "blocks"), FIRST.values(), ids=FIRST.keys())
def test_what_stands_above_the_first_paragraph_stays(
    read: Callable[..., Story], markup: str, blocks: list[str]
) -> None:
    told = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    article = f"<article><div><h1>Council repairs the pier</h1></div><div>{markup}{told}</div></article>"
    assert list(read(f"<html lang='en'><body>{article}</body></html>").body) == [*blocks, *PARAGRAPHS]


LAST = {
    "a table": (f"<table>{ROWS}</table>", CELLS),
    "winners": ("<p>The winners are:</p><ul><li>Olsen</li><li>Poe</li></ul>", ["The winners are:", "Olsen", "Poe"]),
    "footnotes": (
        "<ol class='footnotes'><li id='1'>The register of 1988. <a href='#r'>↩</a></li></ol>",
        ["The register of 1988. ↩"],
    ),
    "notes below a rule": ("<hr><p>[1] The register of 1988.</p>", ["[1] The register of 1988."]),
    "figures": ("<p>NOTE: results include a gain</p><p>Backlog 12 mln</p>",
                ["NOTE: results include a gain", "Backlog 12 mln"]),
    "a correction": (
        "<p><em>Correction: an earlier version gave a wrong name.</em></p>",
        ["Correction: an earlier version gave a wrong name."],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("markup", "blocks"), LAST.values(), ids=LAST.keys())
def test_what_stands_behind_the_last_paragraph_stays(
    read: Callable[..., Story], markup: str, blocks: list[str]
) -> None:
    told = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    page = f"<html lang='en'><body><article><h1>Council repairs the pier</h1>{told}{markup}</article></body></html>"
    assert list(read(page).body) == [*PARAGRAPHS, *blocks]


LEFT_OUT = {
    "a list of other stories": "<h3>Related stories</h3><ul><li><a href='/2'>Sea wall falls</a></li></ul>",
    "a teaser": "<p><a href='/2'>Sea wall falls</a></p>",
    "a share bar": "<p>Facebook | Twitter | Email</p>",
    "a separator": "<p>* * *</p>",
    "an advertisement's label": "<p>Advertisement</p>",
    "a newsletter": "<div><p><b>Sign up for our daily newsletter</b></p></div>",
    "the authors again": "<p>By Jane Doe</p>",
}


@pytest.mark.parametrize("markup", LEFT_OUT.values(), ids=LEFT_OUT.keys())
def test_what_is_no_story_is_left_out(read: Callable[..., Story], markup: str) -> None:
    assert read_between(read, markup) == []


def test_a_story_that_a_page_holds_twice_is_read_once(read: Callable[..., Story]) -> None:
    lines = "<p>The lamp is out</p><p>The boat is in</p><p>The rope is wet</p>"
    told = f"<div>{BEFORE}{lines}{BEHIND}</div>"
    page = f"<html lang='en'><body><main><h1>Council repairs the pier</h1>{told}{told}</main></body></html>"
    assert list(read(page).body) == [
        *PARAGRAPHS[:2],
        "The lamp is out",
        "The boat is in",
        "The rope is wet",
        PARAGRAPHS[2],
    ]
