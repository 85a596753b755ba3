"""Addresses of pictures behind `source` elements, placeholders and scripts, and what stands behind void elements."""

from collections.abc import Callable

import pytest

from crawler.extraction.captions.picture_addresses import largest_of
from model.story import Story

PARAGRAPHS = "".join(
    f"<p>Sentence {n} of the story says what the flood did to the old town and its people.</p>" for n in range(6)
)
TEXT, CREDIT = "A ferryman ties up his boat in the old town on Friday.", "AP Photo/Jo Diop"
BLANK = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
SETS = "<source media='(min-width: 800px)' srcset='/w.webp 1200w, /s.webp 320w' type='image/webp'>"
PICTURES = [
    ("picture", "<picture><img src='/1.jpg'></picture>", "/1.jpg"),
    ("a source", f"<picture>{SETS}<img src='/1.jpg'></picture>", "/1.jpg"),
    ("several sources", f"<picture>{SETS}{SETS}{SETS}<img src='/1.jpg'></picture>", "/1.jpg"),
    ("sources that close themselves", "<picture><source srcset=/a.webp /><img src='/1.jpg'/></picture>", "/1.jpg"),
    ("sources with end tags", "<picture><source srcset='/a.webp'></source><img src='/1.jpg'></picture>", "/1.jpg"),
    ("capitals", "<PICTURE><SOURCE SRCSET='/a.webp'><IMG SRC='/1.jpg'></PICTURE>", "/1.jpg"),
    ("lines between", f"<picture>\n  {SETS}\n  {SETS}\n  <img src='/1.jpg'>\n</picture>", "/1.jpg"),
    ("srcset alone", "<img srcset='/s.jpg 320w, /l.jpg 1600w, /m.jpg 800w' sizes='100vw'>", "/l.jpg"),
    ("srcset of densities", "<img srcset='/1x.jpg, /2x.jpg 2x'>", "/2x.jpg"),
    ("sources alone", f"<picture>{SETS}<img alt='A boat'></picture>", "/w.webp"),
    ("first source without any", f"<picture><source srcset=''>{SETS}<img src='{BLANK}'></picture>", "/w.webp"),
    ("source to be filled in", f"<picture><source srcset='{BLANK}' data-srcset='/1.jpg'><img></picture>", "/1.jpg"),
    ("data-src", f"<img src='{BLANK}' data-src='/1.jpg'>", "/1.jpg"),
    ("data-src and sources", f"<picture>{SETS}<img src='{BLANK}' data-src='/1.jpg'></picture>", "/1.jpg"),
    ("data-original", "<img src='/img/blank.gif' data-original='/1.jpg'>", "/1.jpg"),
    ("data-lazy-src", f"<img src='{BLANK}' data-lazy-src='/1.jpg'>", "/1.jpg"),
    ("data-srcset", f"<img src='{BLANK}' data-srcset='/s.jpg 320w, /l.jpg 960w'>", "/l.jpg"),
    ("attribute of a plug-in", f"<img src='{BLANK}' nitro-lazy-src='/1.jpg'>", "/1.jpg"),
    ("attribute named after addresses", f"<img src='{BLANK}' data-delayed-url='/1.jpg?w=800'>", "/1.jpg?w=800"),
    ("placeholder's file", "<img src='/static/lazy_placeholder.gif' srcset='/1.jpg 800w'>", "/1.jpg"),
    ("pattern of a script", "<img src='/1.jpg' data-src='/{width}/1.jpg'>", "/1.jpg"),
    ("page's address", f"<img src='{BLANK}' data-pin-url='https://e.test/story' data-src='/1.jpg'>", "/1.jpg"),
    ("nothing but a page's address", f"<img src='{BLANK}' data-pin-url='https://e.test/story'>", None),
    ("smaller one", f"<img src='{BLANK}' data-placeholder-src='/tiny.jpg' data-full-src='/1.jpg'>", "/1.jpg"),
    ("nothing but a placeholder", f"<img src='{BLANK}'>", None),
    ("anchor", "<picture><source srcset='#, # 2x'><img src='#'></picture>", None),
    ("twin for browsers without scripts", f"<img src='{BLANK}'><noscript><img src='/1.jpg'></noscript>", "/1.jpg"),
    ("twin before", f"<noscript><img src='/1.jpg'></noscript><img class='lazy' src='{BLANK}'>", "/1.jpg"),
    (
        "twin of a picture",
        f"<picture><source data-set='x'><img src='{BLANK}'></picture><noscript><img src='/1.jpg'></noscript>",
        "/1.jpg",
    ),
    ("twin and data-src", f"<img src='{BLANK}' data-src='/1.jpg'><noscript><img src='/2.jpg'></noscript>", "/1.jpg"),
    ("twin that is a counter", "<img src='/1.jpg'><noscript><img src='https://c.test/t.gif'></noscript>", "/1.jpg"),
    ("without scripts alone", f"<noscript><picture>{SETS}<img src='/1.jpg'></picture></noscript>", "/1.jpg"),
    ("amp-img", "<amp-img srcset='/s.jpg 320w, /1.jpg 900w' width='640' height='360'></amp-img>", "/1.jpg"),
    ("broken list", "<img srcset=', ,, /1.jpg 800w,,'>", "/1.jpg"),
]
"""Name, mark-up, and the path of the address."""
HOLDERS = {
    "figure": "<figure>{}<figcaption>{}</figcaption></figure>",
    "named": "<div class='photo'>{}<p class='caption'>{}</p></div>",
    "link": "<figure><a href='/large'>{}</a><figcaption>{}</figcaption></figure>",
    "its own paragraph": "<p>{}<br><em>{}</em></p>",
}


def _page(extra: str, text: str = PARAGRAPHS) -> str:
    return f"<html><body><article><h1>Flood in the old town</h1><div class='text'>{extra}{text}</div></article></body>"


@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS)
@pytest.mark.parametrize(("markup", "path"), [pytest.param(markup, path, id=name) for name, markup, path in PICTURES])
def test_a_caption_has_the_address_of_its_picture(
    read: Callable[..., Story], holder: str, markup: str, path: str | None
) -> None:
    story = read(_page(holder.format(markup, f"{TEXT} ({CREDIT})")))
    assert [(caption.text, caption.credit) for caption in story.captions] == [(TEXT, CREDIT)]
    address = story.captions[0].image_url
    assert address is None if path is None else str(address).endswith(path)
    assert len(story.body) == 6


def test_each_of_several_pictures_has_its_own_address(read: Callable[..., Story]) -> None:
    figures = "".join(
        f"<figure><picture><source srcset='/{n}.webp'><source srcset='/{n}.png'><img data-src='/{n}.jpg' src='{BLANK}'>"
        f"</picture><figcaption>Picture {n} of the flood in the old town.</figcaption></figure>"
        for n in range(4)
    )
    story = read(_page(figures))
    assert [str(caption.image_url)[-6:] for caption in story.captions] == [f"/{n}.jpg" for n in range(4)]


@pytest.mark.parametrize(
    ("candidates", "address"),
    [
        ("", None),
        (" , ", None),
        ("/a.jpg", "/a.jpg"),
        ("/a.jpg 1x, /b.jpg 1.5x", "/b.jpg"),
        ("/w_300,c_fill/a.jpg 300w, /w_900,c_fill/a.jpg 900w", "/w_900,c_fill/a.jpg"),
        ("/a.jpg 300w,/b.jpg 900w", "/b.jpg"),
        ("/a.jpg, /b.jpg", "/a.jpg"),
        ("/a.jpg 300w 200h, /b.jpg 600w 400h", "/b.jpg"),
        ("/a.jpg (x, y), /b.jpg 2x", "/b.jpg"),
        (f"{BLANK} 1w, /a.jpg 300w", "/a.jpg"),
        ("/{width}/a.jpg 900w, /300/a.jpg 300w", "/300/a.jpg"),
    ],
)
def test_the_largest_of_a_list(candidates: str, address: str | None) -> None:
    assert largest_of(candidates) == address


SENTENCE = "Sentence {} of the story says what the flood did to the old town and its people."
BEHIND_VOID = [
    ("embed", "<embed src='/clip.swf'>"),
    ("embed in capitals", "<EMBED SRC='/clip.swf' WIDTH=400></EMBED>"),
    ("two of them", "<embed src='/1.swf'><embed src='/2.swf'>"),
    ("object", "<object data='/clip.swf'><param name='a' value='b'><embed src='/clip.swf'></object>"),
    ("video", "<video><source src='/1.mp4'><source src='/1.webm'><track src='/1.vtt'></video>"),
    ("video that is never closed", "<div><video><source src='/1.mp4'><track src='/1.vtt'></div>"),
    ("audio", "<audio controls><source src='/1.mp3'><track src='/1.vtt'>Your browser plays no audio.</audio>"),
    ("sound", "<bgsound src='/1.wav'>"),
    ("key", "<keygen name='k'>"),
    ("a place to break", "<wbr>"),
    ("sources without a picture", "<source srcset='/a.webp'><source srcset='/b.webp'>"),
]


@pytest.mark.parametrize("void", [pytest.param(markup, id=name) for name, markup in BEHIND_VOID])
def test_nothing_is_lost_behind_void_elements(read: Callable[..., Story], void: str) -> None:
    before = "".join(f"<p>{SENTENCE.format(n)}</p>" for n in range(3))
    behind = "".join(f"<p>{SENTENCE.format(n)}</p>" for n in range(3, 6))
    story = read(_page("", f"{before}{void}{behind}"))
    assert list(story.body) == [SENTENCE.format(n) for n in range(6)]


@pytest.mark.parametrize(
    ("markup", "paragraphs"),
    [
        pytest.param("<p>The word<wbr>less {0}</p><p>{1}</p>", ["The wordless {0}", "{1}"], id="in a word"),
        pytest.param("<p>The word<wbr>less {0}<p>{1}", ["The wordless {0}", "{1}"], id="paragraphs without ends"),
        pytest.param("<p>A<wbr>b<wbr>c <b>d<wbr>e</b> {0}</p>", ["Abc de {0}"], id="in bold type"),
        pytest.param("<p><a href='/x'>Foot<wbr>note</a> {0}</p>", ["Footnote {0}"], id="in a link"),
        pytest.param("<div>{0}<wbr><p>{1}</p></div>", ["{0}", "{1}"], id="between text and paragraph"),
        pytest.param("<p>" + "x<wbr>" * 400 + " {0}</p><p>{1}</p>", ["x" * 400 + " {0}", "{1}"], id="hundreds"),
    ],
)
def test_words_with_places_to_break_are_whole(read: Callable[..., Story], markup: str, paragraphs: list[str]) -> None:
    sentences = [SENTENCE.format(n) for n in range(7, 9)]
    story = read(_page("", f"{PARAGRAPHS}{markup.format(*sentences)}"))
    assert list(story.body)[6:] == [paragraph.format(*sentences) for paragraph in paragraphs]


@pytest.mark.parametrize(
    "box",
    [
        pytest.param("<div>Written by</div><div><b>Jack Doe</b></div>", id="author"),
        pytest.param("<span>Autor:</span> <span>Hanna Doe</span>", id="author in German"),
        pytest.param("<span>Fact checked by:</span> <span><a href='/vita'>Vita Doe</a></span>", id="fact checker"),
    ],
)
def test_boxes_of_people_with_portraits_are_no_captions(read: Callable[..., Story], box: str) -> None:
    portrait = "<div><picture><source srcset='/p.webp'><img src='/p.jpg' width='400' alt='Profile'></picture></div>"
    biography = "<div>Hi! Writes of towns and rivers, and has done so since the last flood.</div>"
    story = read(_page("", f"{PARAGRAPHS}<div>{portrait}<div>{box}{biography}</div></div>"))
    assert story.captions == ()


def test_cards_with_a_heading_above_the_picture_are_no_slides(read: Callable[..., Story]) -> None:
    cards = "".join(
        f"<li class='gallery-item'><h3>Service {n}</h3><p>Get your order quickly and easily.</p>"
        f"<figure><picture><source srcset='/{n}.webp'><img src='/{n}.jpg' alt='A bag'></picture></figure></li>"
        for n in range(3)
    )
    assert read(_page("", f"{PARAGRAPHS}<ul class='gallery'>{cards}</ul>")).captions == ()
