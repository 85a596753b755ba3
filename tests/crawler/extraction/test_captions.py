"""Captions of a page: each once, with credit and label, and none of another story."""

from collections.abc import Callable

import pytest

from model.story import Caption, Story

PARAGRAPHS = "".join(
    f"<p>Sentence {n} of the story says what the flood did to the old town and its people.</p>" for n in range(6)
)
TEXT, CREDIT = "A ferryman ties up his boat in the old town on Friday.", "AP Photo/Jo Diop"
IMG = '<img src="/1.jpg" alt="A boat" width="640">'
LAYOUTS = [
    ("figcaption", f"<figure>{IMG}<figcaption>{TEXT} ({CREDIT})</figcaption></figure>"),
    ("credit element", f"<figure>{IMG}<figcaption>{TEXT} <span class='credit'>{CREDIT}</span></figcaption></figure>"),
    ("credit first", f"<figure>{IMG}<figcaption><cite>{CREDIT}</cite><p>{TEXT}</p></figcaption></figure>"),
    ("credit beside", f"<figure>{IMG}<figcaption>{TEXT}</figcaption><div class='copyright'>{CREDIT}</div></figure>"),
    ("footer of a figure", f"<figure>{IMG}<figcaption>{TEXT}</figcaption><footer>{CREDIT}</footer></figure>"),
    ("hidden words", f"<figure>{IMG}<div><span>Image source, </span>{CREDIT}</div><figcaption><span>Image "
                     f"caption, </span>"
     f"{TEXT}</figcaption></figure>"),
    ("figure without figcaption", f"<figure>{IMG}<div>{TEXT} ({CREDIT})</div></figure>"),
    ("named paragraph", f"<div class='photo'>{IMG}<p class='image-caption'>{TEXT} ({CREDIT})</p></div>"),
    ("word press", f"<div class='wp-caption'>{IMG}<p class='wp-caption-text'>{TEXT} Photo: {CREDIT}</p></div>"),
    ("table", f"<table class='image'><tr><td>{IMG}</td></tr><tr><td class='caption'>{TEXT} ({CREDIT})</td></tr>"
              f"</table>"),
    ("box of a picture", f"<div class='imgbox'>{IMG}<h1>{TEXT}</h1><p>{CREDIT}</p></div>"),
    ("generated names", f"<div class='sc-a kqrqSr'><div>{IMG}</div><div class='fJbVoZ'>{TEXT} ({CREDIT})</div></div>"),
    ("amp", f"<amp-img src='/1.jpg'></amp-img><div class='caption'>{TEXT} ({CREDIT})</div>"),
    ("lazy", f"<figure><img data-src='/1.jpg' src='data:image/gif;base64,R0'><noscript>{IMG}</noscript>"
             f"<figcaption>{TEXT} "
     f"({CREDIT})</figcaption></figure>"),
    ("lightbox", f"<div class='photo'><a href='/1.jpg' title='{TEXT}'>{IMG}</a><p class='caption'>{TEXT} "
                 f"({CREDIT})</p><div "
     f"class='lightbox'>{IMG}<div class='lbCaption'>{TEXT} ({CREDIT})</div><a href='#'>Close</a></div></div>"),
    ("in a button", f"<button><figure>{IMG}<figcaption>{TEXT} ({CREDIT})</figcaption></figure></button>"),
    ("label apart", f"<figure>{IMG}<figcaption><span>{TEXT}</span><span><span>Credit...</span><span>{CREDIT}</span>"
                    f"</span></figcaption></figure>"),
    ("button in the credit", f"<figure>{IMG}<figcaption>{TEXT} <b class='credit'>{CREDIT} <b>hide caption</b></b>"
                             f"</figcaption></figure>"),
    ("credit one level up", f"<div><div>{IMG}</div><div><div class='image__caption attribution'>{TEXT}</div>"
                            f"<figcaption class='image__credit'>{CREDIT}</figcaption></div></div>"),
    ("unnamed box", f"<div class='innerphoto'><img src='/1.jpg' alt=''><p>{TEXT} ({CREDIT})</p></div>"),
    ("paragraph behind", f"<p><img src='/1.jpg'></p><p><font>{TEXT} ({CREDIT})</font></p>"),
    ("attribute", f"<img src='/1.jpg' width='640' alt='{TEXT} ({CREDIT})'>"),
    ("data attribute", f"<img src='/1.jpg' width='640' data-caption='{TEXT} ({CREDIT})'>"),
]  # fmt: skip


def page(extra: str, head: str = "") -> str:
    return (
        f"<html lang='en'><head><title>Flood</title>{head}</head><body><article><h1>Flood reaches the old town</h1>"
        f"<div class='text'>{extra}{PARAGRAPHS}</div></article></body></html>"
    )


@pytest.mark.parametrize("markup", [markup for _, markup in LAYOUTS], ids=[name for name, _ in LAYOUTS])
def test_a_caption_is_found_once_with_its_credit(read: Callable[..., Story], markup: str) -> None:
    story = read(page(markup))
    assert [(caption.text, caption.credit) for caption in story.captions] == [(TEXT, CREDIT)]
    assert not any("ferryman" in paragraph or "Diop" in paragraph for paragraph in story.body)
    assert len(story.body) == 6


def test_a_caption_in_json_ld_is_believed_where_the_page_shows_none(read: Callable[..., Story]) -> None:
    head = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Flood reaches the old town",'
        f'"image":[{{"@type":"ImageObject","caption":"{TEXT}","creditText":"{CREDIT}"}}]}}</script>'
    )
    assert [(caption.text, caption.credit) for caption in read(page("", head)).captions] == [(TEXT, CREDIT)]


def test_the_links_captions_are_the_last_resort(read: Callable[..., Story]) -> None:
    assert read(page(""), captions=(Caption(text=TEXT, credit=CREDIT),)).captions[0].credit == CREDIT


def test_the_credit_of_a_links_caption_is_split_off(read: Callable[..., Story]) -> None:
    caption = read(page(""), captions=(Caption(text=f"{TEXT} ({CREDIT})"), Caption(text=f"({CREDIT})"))).captions
    assert [(found.text, found.credit) for found in caption] == [(TEXT, CREDIT)]


def test_a_label_above_the_caption_is_kept_apart(read: Callable[..., Story]) -> None:
    markup = f"<figure>{IMG}<figcaption><strong>On board</strong> {TEXT}</figcaption></figure>"
    caption = read(page(markup)).captions[0]
    assert (caption.label, caption.text) == ("On board", TEXT)


def test_a_label_is_told_from_a_caption_in_letters_without_case(read: Callable[..., Story]) -> None:
    label, text = "물에 잠긴 마을", "(서울=연합뉴스) 홍길동 기자 = 12일 강가의 한 마을이 물에 잠겨 있다. 2024.5.12"
    markup = f"<figure>{IMG}<figcaption><strong class='tit'>{label}</strong><p>{text}</p></figcaption></figure>"
    caption = read(page(markup)).captions[0]
    assert (caption.label, caption.text, caption.credit) == (label, text, None)


def test_the_first_picture_tells_its_caption_in_attributes_where_a_later_one_shows_one(
    read: Callable[..., Story],
) -> None:
    told = '<div><img src="/0.jpg" title="Boats lie on the flooded market | APA/Jo Diop" width="960"></div>'
    shown = f"<figure>{IMG}<figcaption>{TEXT} ({CREDIT})</figcaption></figure>"
    captions = read(page(told + PARAGRAPHS + shown)).captions
    assert [(caption.text, caption.credit, caption.image_url[-6:]) for caption in captions if caption.image_url] == [
        ("Boats lie on the flooded market", "APA/Jo Diop", "/0.jpg"),
        (TEXT, CREDIT, "/1.jpg"),
    ]


NONE = [
    ("logo", "<img class='logo' src='/logo.png' alt='The Example'>"),
    ("avatar", "<div class='author'><img class='avatar' src='/jane.jpg' width='60'>Jane Doe covers the river</div>"),
    ("teaser of another story", f"<a href='/other/story-1.html'><figure>{IMG}<figcaption>Another story of the "
                                f"river is told"
     "</figcaption></figure></a>"),
    ("reading tip", f"<div class='media-block'>{IMG}<h4>See also:</h4><h4>Farmers flee the river in boats</h4></div>"),
    ("related list", f"<div class='related'><figure>{IMG}<figcaption>Another story of the river</figcaption>"
                     f"</figure></div>"),
    ("credit alone", f"<figure>{IMG}<figcaption>Photo: {CREDIT}</figcaption></figure>"),
    ("plain alternative text", "<img src='/1.jpg' alt='a boat on the river' width='640'>"),
    ("pull quote", "<figure><blockquote>We carried the archive upstairs</blockquote><figcaption>The "
                   "mayor</figcaption></figure>"),
]  # fmt: skip


@pytest.mark.parametrize("markup", [markup for _, markup in NONE], ids=[name for name, _ in NONE])
def test_what_is_no_caption_is_left_out(read: Callable[..., Story], markup: str) -> None:
    assert read(page(markup)).captions == ()


def test_a_product_card_is_a_picture_with_its_name_and_no_paragraph(read: Callable[..., Story]) -> None:
    card = (
        "<h2>Best for cold nights</h2><div class='product'><a rel='sponsored' href='//shop.example/1'><span>"
        "<img src='/bag.jpg' width='640'></span><p>Photograph: Jo Diop</p></a><div><div>Northern Light Bag 15</div>"
        "<div><a rel='sponsored noopener' href='//shop.example/1'>$549 at Example Shop</a></div></div></div>"
        "<p>It costs <a rel='sponsored' href='//shop.example/1'>549 dollars</a> in the shops of the town.</p>"
    )
    story = read(page(PARAGRAPHS + card))
    assert [(caption.text, caption.credit) for caption in story.captions] == [("Northern Light Bag 15", "Jo Diop")]
    assert not any("Northern Light" in paragraph or "Example Shop" in paragraph for paragraph in story.body)
    assert "It costs 549 dollars in the shops of the town." in story.body
