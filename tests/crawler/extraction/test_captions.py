"""Captions of a page: each once, with credit and label, and none of another story."""

import json
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
    (
        "hidden words",
        f"<figure>{IMG}<div><span>Image source, </span>{CREDIT}</div><figcaption><span>Image caption, "
        f"</span>{TEXT}</figcaption></figure>",
    ),
    ("figure without figcaption", f"<figure>{IMG}<div>{TEXT} ({CREDIT})</div></figure>"),
    ("named paragraph", f"<div class='photo'>{IMG}<p class='image-caption'>{TEXT} ({CREDIT})</p></div>"),
    ("word press", f"<div class='wp-caption'>{IMG}<p class='wp-caption-text'>{TEXT} Photo: {CREDIT}</p></div>"),
    (
        "table",
        f"<table class='image'><tr><td>{IMG}</td></tr><tr><td class='caption'>{TEXT} ({CREDIT})</td></tr></table>",
    ),
    ("box of a picture", f"<div class='imgbox'>{IMG}<h1>{TEXT}</h1><p>{CREDIT}</p></div>"),
    ("generated names", f"<div class='sc-a kqrqSr'><div>{IMG}</div><div class='fJbVoZ'>{TEXT} ({CREDIT})</div></div>"),
    ("amp", f"<amp-img src='/1.jpg'></amp-img><div class='caption'>{TEXT} ({CREDIT})</div>"),
    (
        "lazy",
        f"<figure><img data-src='/1.jpg' src='data:image/gif;base64,R0'><noscript>{IMG}</noscript>"
        f"<figcaption>{TEXT} ({CREDIT})</figcaption></figure>",
    ),
    (
        "lightbox",
        f"<div class='photo'><a href='/1.jpg' title='{TEXT}'>{IMG}</a><p class='caption'>{TEXT} ({CREDIT}"
        f")</p><div class='lightbox'>{IMG}<div class='lbCaption'>{TEXT} ({CREDIT})</div><a href='#'>"
        "Close</a></div></div>",
    ),
    ("in a button", f"<button><figure>{IMG}<figcaption>{TEXT} ({CREDIT})</figcaption></figure></button>"),
    (
        "label apart",
        f"<figure>{IMG}<figcaption><span>{TEXT}</span><span><span>Credit...</span><span>{CREDIT}</span>"
        "</span></figcaption></figure>",
    ),
    (
        "button in the credit",
        f"<figure>{IMG}<figcaption>{TEXT} <b class='credit'>{CREDIT} <b>hide caption</b></b></figcaption></figure>",
    ),
    (
        "credit one level up",
        f"<div><div>{IMG}</div><div><div class='image__caption attribution'>{TEXT}</div><figcaption "
        f"class='image__credit'>{CREDIT}</figcaption></div></div>",
    ),
    ("unnamed box", f"<div class='innerphoto'><img src='/1.jpg' alt=''><p>{TEXT} ({CREDIT})</p></div>"),
    ("paragraph behind", f"<p><img src='/1.jpg'></p><p><font>{TEXT} ({CREDIT})</font></p>"),
    ("attribute", f"<img src='/1.jpg' width='640' alt='{TEXT} ({CREDIT})'>"),
    ("data attribute", f"<img src='/1.jpg' width='640' data-caption='{TEXT} ({CREDIT})'>"),
    ("italics in the picture's paragraph", f"<p>{IMG}<em>{TEXT} ({CREDIT})</em></p>"),
    ("italics behind a line break", f"<p>{IMG}<br><em>{TEXT} ({CREDIT})</em></p>"),
    ("plain behind a line break", f"<p>{IMG}<br>{TEXT} ({CREDIT})</p>"),
    ("before the picture", f"<p><em>{TEXT} ({CREDIT})</em><br>{IMG}</p>"),
    ("italics in the next paragraph", f"<p>{IMG}</p><p><em>{TEXT} ({CREDIT})</em></p>"),
    ("linked picture", f"<p><a href='/1-large.jpg'>{IMG}</a><em>{TEXT} (Photo: {CREDIT})</em></p>"),
    ("labelled credit in the next paragraph", f"<p>{IMG}</p><p style='text-align: center'>{TEXT} Credit: {CREDIT}</p>"),
    ("small heading", f"<p>{IMG}</p><h6>{TEXT} ({CREDIT})</h6>"),
    (
        "codes of a theme that does not know them",
        f"<p>[caption id='a_1' width='640']{IMG} {TEXT} ({CREDIT})[/caption]</p>",
    ),
    (
        "credit element of a classic theme",
        f"<div class='media-credit-container'>{IMG}<span class='media-credit'>{CREDIT}</span><p "
        f"class='wp-caption-text'>{TEXT}</p></div>",
    ),
    (
        "table of a blog",
        f"<table class='tr-caption-container'><tr><td><a href='/s1600/1.jpg'>{IMG}</a></td></tr><tr><td "
        f"class='tr-caption'>{TEXT} ({CREDIT})</td></tr></table>",
    ),
    (
        "table in small print",
        f"<table align='left' width='200'><tr><td>{IMG}</td></tr><tr><td><font size='1'>{TEXT} ({CREDIT}"
        ")</font></td></tr></table>",
    ),
    (
        "credit above the picture",
        f"<table><tr><td align='right'><font size='1'>{CREDIT}</font></td></tr><tr><td>{IMG}</td></tr><tr>"
        f"<td><font size='1'>{TEXT}</font></td></tr></table>",
    ),
    (
        "definition list",
        f"<dl class='gallery-item'><dt>{IMG}</dt><dd class='wp-caption-text'>{TEXT} ({CREDIT})</dd></dl>",
    ),
    (
        "fields of a content management system",
        f"<div class='field-image'>{IMG}</div><div class='field-image-caption'>{TEXT}</div><div "
        f"class='field-image-credit'>{CREDIT}</div>",
    ),
    (
        "field with a label",
        f"<article><div>{IMG}</div><div class='field-caption'>{TEXT}</div><div class='field-credit'><div>"
        f"Credit</div><div>{CREDIT}</div></div></article>",
    ),
    (
        "words for screen readers",
        f"<figure><span>{IMG}<span class='off-screen'>Image copyright</span><span "
        f"class='story-image-copyright'>{CREDIT}</span></span><figcaption class='media-caption'><span "
        f"class='off-screen'>Image caption</span><span>{TEXT}</span></figcaption></figure>",
    ),
    (
        "inside the picture's link",
        f"<div class='photo'><a href='/1.jpg'>{IMG}<span class='caption'>{TEXT} ({CREDIT})</span></a></div>",
    ),
    (
        "inside a link to a gallery",
        f"<figure><a href='/galleries/flood'>{IMG}<figcaption>{TEXT} ({CREDIT})</figcaption></a></figure>",
    ),
    (
        "below a teaser",
        f"<div class='article-teaser-media teaser'><figure>{IMG}<figcaption>{TEXT} ({CREDIT})</figcaption>"
        "</figure></div>",
    ),
    (
        "below a footer",
        f"<div class='article-footer'><figure>{IMG}<figcaption>{TEXT} ({CREDIT})</figcaption></figure></div>",
    ),
    ("counter of a slide", f"<figure>{IMG}<figcaption><span>1/12</span> {TEXT} ({CREDIT})</figcaption></figure>"),
    ("counter in words", f"<figure>{IMG}<figcaption>Bild 1 von 12: {TEXT} ({CREDIT})</figcaption></figure>"),
    (
        "slide that comes again",
        f"<div class='slide'><div>1/1</div>{IMG}<div class='slide-caption'>{TEXT} ({CREDIT})</div></div>"
        f"<div class='slide'>{IMG}<div class='slide-caption'>{TEXT} ({CREDIT})</div></div>",
    ),
    (
        "carousel",
        f"<amp-carousel><div class='slide'><amp-img src='/1.jpg'></amp-img><div class='caption'>{TEXT} ("
        f"{CREDIT})</div></div></amp-carousel>",
    ),
    (
        "background",
        f"<div class='hero' style='background-image:url(/1.jpg)'></div><div class='hero-caption'>{TEXT} ("
        f"{CREDIT})</div>",
    ),
    (
        "poster of a video",
        f"<figure><video poster='/1.jpg' src='/1.mp4'></video><figcaption>{TEXT} ({CREDIT})</figcaption></figure>",
    ),
    (
        "microdata",
        f"<figure itemscope itemtype='https://schema.org/ImageObject'>{IMG}<span itemprop='caption'>{TEXT}"
        f"</span><span itemprop='copyrightHolder'>{CREDIT}</span></figure>",
    ),
    (
        "meta elements of microdata",
        f"<div itemprop='image' itemscope>{IMG}<meta itemprop='caption' content='{TEXT}'><meta "
        f"itemprop='copyrightHolder' content='{CREDIT}'></div>",
    ),
    (
        "media of microformats",
        f"<div class='hmedia'>{IMG}<div class='fn'>{TEXT}</div><div class='contributor'>Photo by <span "
        f"class='fn'>{CREDIT}</span></div></div>",
    ),
    (
        "picture for browsers without scripts",
        f"<div class='media'><noscript>{IMG}</noscript><p class='caption'>{TEXT} ({CREDIT})</p></div>",
    ),
    ("item of a gallery's list", f"<ul class='gallery'><li>{IMG}<p>{TEXT} ({CREDIT})</p></li></ul>"),
    ("credit behind a line break", f"<figure>{IMG}<figcaption>{TEXT}<br>{CREDIT}</figcaption></figure>"),
    (
        "cut short and whole",
        f"<figure>{IMG}<figcaption><span>A ferryman ties up his...</span><span>{TEXT} ({CREDIT})</span>"
        "</figcaption></figure>",
    ),
    ("two attributes", f"<img src='/1.jpg' width='640' data-caption='{TEXT}' data-credit='{CREDIT}'>"),
    ("attributes of a figure", f"<figure data-caption='{TEXT}' data-credit='{CREDIT}'>{IMG}</figure>"),
    ("attribute of a link", f"<p><a data-fancybox data-caption='{TEXT} ({CREDIT})' href='/1.jpg'>{IMG}</a></p>"),
    ("markup in an attribute", f"<a href='/1.jpg' data-sub-html='&lt;p&gt;{TEXT} ({CREDIT})&lt;/p&gt;'>{IMG}</a>"),
    ("title of a lightbox's link", f"<p><a class='lightbox' title='{TEXT} ({CREDIT})' href='/1.jpg'>{IMG}</a></p>"),
    (
        "credit beside a credit's attribute",
        f"<figure>{IMG}<figcaption data-c-credit='{CREDIT}'>{TEXT}</figcaption></figure>",
    ),
    (
        "alternative text without the credit",
        f"<figure><img src='/1.jpg' alt='{TEXT}'><figcaption>{TEXT} {CREDIT}</figcaption></figure>",
    ),
    ("said twice around a button", f"<p class='caption'>{TEXT} Enlarge image {TEXT} {CREDIT}</p>{IMG}"),
    (
        "button to buy",
        f"<figure>{IMG}<figcaption>{TEXT} <span class='credit'>{CREDIT}</span><a href='/buy'>Buy Now</a>"
        "</figcaption></figure>",
    ),
]


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


SCREEN_READERS = [
    ("ar", "صدر الصورة، ", "التعليق على الصورة، ", "عامل عبارة يربط قاربه في المدينة القديمة"),
    ("bn", "ছবির উৎস, ", "ছবির ক্যাপশান, ", "শুক্রবার পুরনো শহরে এক মাঝি তার নৌকা বাঁধছেন"),
    ("en", "Image source, ", "Image caption, ", "A ferryman ties up his boat in the old town"),
    ("es", "Fuente de la imagen, ", "Pie de foto, ", "Un barquero amarra su bote en el casco viejo"),
    ("fa", "منبع تصویر، ", "توضیح تصویر، ", "قایقران قایق خود را در شهر قدیم نگه می دارد"),
    ("fr", "Crédit photo, ", "Légende image, ", "Un passeur attache son bateau dans la vieille ville"),
    ("hi", "इमेज स्रोत, ", "इमेज कैप्शन, ", "शुक्रवार को पुराने शहर में एक नाविक अपनी नाव बाँधता है"),
    ("id", "Sumber gambar, ", "Keterangan gambar, ", "Seorang tukang perahu menambatkan perahunya di kota tua"),
    ("ja", "画像提供, ", "画像説明, ", "旧市街で船をつなぐ渡し守"),
    ("ko", "사진 출처, ", "사진 설명, ", "구시가지에서 뱃사공이 배를 묶고 있다"),
    ("pt", "Crédito, ", "Legenda da foto, ", "Um barqueiro amarra o seu barco na cidade velha"),
    ("ru", "Автор фото, ", "Подпись к фото, ", "Паромщик привязывает лодку в старом городе"),
    ("tr", "Kaynak, ", "Fotoğraf altı yazısı, ", "Bir kayıkçı cuma günü eski kentte teknesini bağlıyor"),
    ("uk", "Автор фото, ", "Підпис до фото, ", "Поромник прив'язує човен у старому місті"),
    ("vi", "Nguồn hình ảnh, ", "Chụp lại hình ảnh, ", "Một người lái đò buộc thuyền ở phố cổ"),
    ("zh", "圖像來源，", "圖像加註文字，", "一名船夫在老城繫船"),
]


@pytest.mark.parametrize(
    ("credit", "caption", "text"), [case[1:] for case in SCREEN_READERS], ids=[case[0] for case in SCREEN_READERS]
)
def test_words_for_screen_readers_are_no_part_of_captions(
    read: Callable[..., Story], credit: str, caption: str, text: str
) -> None:
    markup = (
        f"<figure><div>{IMG}<p><span class='visually-hidden'>{credit}</span>Getty Images</p></div><figcaption>"
        f"<span class='visually-hidden'>{caption}</span><p>{text}</p></figcaption></figure>"
    )
    assert [(found.text, found.credit) for found in read(page(markup)).captions] == [(text, "Getty Images")]


NAMED = "Aida Traoré, mayor of Bassé"
LABELLED = [
    (
        "div",
        f"<div class='contentImage'>{IMG}<div class='imgTitle'>{NAMED}</div><div class='imgText'>{TEXT} ("
        f"{CREDIT})</div></div>",
    ),
    (
        "span",
        f"<div class='photo'>{IMG}<span class='photo-title'>{NAMED}</span><div class='imgText'>{TEXT} ("
        f"{CREDIT})</div></div>",
    ),
    ("strong", f"<div class='photo'>{IMG}<strong>{NAMED}</strong><div class='imgText'>{TEXT} ({CREDIT})</div></div>"),
    ("heading", f"<div class='photo'>{IMG}<h4>{NAMED}</h4><div class='imgText'>{TEXT} ({CREDIT})</div></div>"),
    (
        "cell",
        f"<table class='photoTable'><tr><td>{IMG}</td></tr><tr><td class='photoTitle'>{NAMED}</td></tr><tr>"
        f"<td class='photoCaption'>{TEXT} ({CREDIT})</td></tr></table>",
    ),
    (
        "bold cell",
        f"<table align='right'><tr><td>{IMG}</td></tr><tr><td><b>{NAMED}</b></td></tr><tr><td>{TEXT} ("
        f"{CREDIT})</td></tr></table>",
    ),
    (
        "before the picture",
        f"<div class='contentImage'><div class='imgTitle'>{NAMED}</div>{IMG}<div class='imgText'>{TEXT} ("
        f"{CREDIT})</div></div>",
    ),
    (
        "beside the picture's box",
        f"<div class='photo'>{IMG}</div><div class='imgTitle'>{NAMED}</div><div class='imgCaption'>{TEXT} ("
        f"{CREDIT})</div>",
    ),
    (
        "beside a named caption",
        f"<div class='contentImage'>{IMG}<div class='imgTitle'>{NAMED}</div><p class='imgCaption'>{TEXT} ("
        f"{CREDIT})</p></div>",
    ),
    ("in a figcaption", f"<figure>{IMG}<figcaption><h4>{NAMED}</h4><p>{TEXT} ({CREDIT})</p></figcaption></figure>"),
    (
        "beside a figcaption",
        f"<figure>{IMG}<div class='title'>{NAMED}</div><figcaption>{TEXT} ({CREDIT})</figcaption></figure>",
    ),
    (
        "microdata",
        f"<figure>{IMG}<figcaption><span itemprop='name'>{NAMED}</span> <span itemprop='description'>{TEXT} "
        f"({CREDIT})</span></figcaption></figure>",
    ),
    (
        "generated names",
        f"<div class='c17'>{IMG}<div class='c18'>{NAMED}</div><div class='c19'>{TEXT} ({CREDIT})</div></div>",
    ),
    (
        "lead photo and lightbox",
        f"<div class='contentImage'>{IMG}<div class='imgTitle'>{NAMED}</div><p class='imgCaption'>{TEXT} ("
        f"{CREDIT})</p></div><div class='lightbox'>{IMG}<div class='imgTitle'>{NAMED}</div><div "
        f"class='lbCaption'>{TEXT} ({CREDIT})</div><a href='#'>Close</a></div>",
    ),
    (
        "gallery",
        f"<div class='photoGallery'><div class='thumb'>{IMG}</div><div class='imgTitle'>{NAMED}</div><p "
        f"class='imgCaption'>{TEXT} ({CREDIT})</p><a href='/g'>View full gallery</a> <a href='#'>Enlarge</a>"
        " <span>1/12</span></div>",
    ),
    (
        "credit, then label",
        f"<div class='photo_box'>{IMG}<div class='credit'>Photo: {CREDIT}</div><div class='imgTitle'>{NAMED}"
        f"</div><div class='text'>{TEXT}</div></div>",
    ),
]


@pytest.mark.parametrize("markup", [markup for _, markup in LABELLED], ids=[name for name, _ in LABELLED])
def test_a_label_is_kept_apart_from_caption_and_body(read: Callable[..., Story], markup: str) -> None:
    story = read(page(markup + "<p>?In the square, people waited for the boats and the lorries until the evening.</p>"))
    assert [(caption.label, caption.text, caption.credit) for caption in story.captions] == [(NAMED, TEXT, CREDIT)]
    assert story.body[0] == "In the square, people waited for the boats and the lorries until the evening."
    assert not any("Traoré" in paragraph or "ferryman" in paragraph for paragraph in story.body)
    assert len(story.body) == 7


def test_a_label_above_the_caption_is_kept_apart(read: Callable[..., Story]) -> None:
    markup = f"<figure>{IMG}<figcaption><strong>On board</strong> {TEXT}</figcaption></figure>"
    caption = read(page(markup)).captions[0]
    assert (caption.label, caption.text) == ("On board", TEXT)


def test_a_catchword_is_the_beginning_of_its_caption(read: Callable[..., Story]) -> None:
    markup = f"<figure>{IMG}<figcaption><strong>AFLOAT:</strong> {TEXT} Photo: Jo Diop</figcaption></figure>"
    caption = read(page(markup)).captions[0]
    assert (caption.label, caption.text, caption.credit) == (None, f"AFLOAT: {TEXT}", "Jo Diop")


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
    (
        "teaser of another story",
        f"<a href='/other/story-1.html'><figure>{IMG}<figcaption>Another story of the river is "
        "told</figcaption></figure></a>",
    ),
    ("reading tip", f"<div class='media-block'>{IMG}<h4>See also:</h4><h4>Farmers flee the river in boats</h4></div>"),
    (
        "related list",
        f"<div class='related'><figure>{IMG}<figcaption>Another story of the river</figcaption></figure></div>",
    ),
    ("credit alone", f"<figure>{IMG}<figcaption>Photo: {CREDIT}</figcaption></figure>"),
    ("plain alternative text", "<img src='/1.jpg' alt='a boat on the river' width='640'>"),
    ("button", f"<figure>{IMG}<figcaption><a href='/1.jpg'>Click to enlarge</a></figcaption></figure>"),
    ("way to the gallery", f"<div class='photo'>{IMG}<div class='caption'>View full gallery</div></div>"),
    ("counter", f"<figure>{IMG}<figcaption>Image 1 of 5</figcaption></figure>"),
    ("counter in words", f"<figure>{IMG}<figcaption>Foto 3 de 12</figcaption></figure>"),
    ("podcast", f"<figure>{IMG}<figcaption>Listen to our podcast</figcaption></figure>"),
    ("scores", f"<div class='widget'>{IMG}<div>Old Town FC 2</div><div>River United 1</div></div>"),
    (
        "who is quoted",
        f"<figure>{IMG}<blockquote>We carried the archive upstairs, as our grandparents did.</blockquote>"
        "<figcaption>The mayor</figcaption></figure>",
    ),
    ("day", f"<figure>{IMG}<figcaption>12.05.2024</figcaption></figure>"),
    ("player", "<figure><video poster='/1.jpg'></video><figcaption>Play Video</figcaption></figure>"),
    ("consent", f"<figure>{IMG}<figcaption>This content is hosted by a third party.</figcaption></figure>"),
    ("newsletter", f"<div class='image'>{IMG}<p>Sign up for our newsletter and get the news in your inbox.</p></div>"),
    ("app", f"<div class='image'>{IMG}<p>Download our app on Google Play</p></div>"),
    (
        "portrait of the author",
        "<figure class='author-photo'><img src='/jane.jpg'><figcaption>Jane Doe</figcaption></figure>",
    ),
    (
        "logo with a slogan",
        "<div class='image'><img class='logo' src='/logo.png'><p>The Example is a daily paper</p></div>",
    ),
    ("headline of the story", f"<figure>{IMG}<figcaption>Flood reaches the old town</figcaption></figure>"),
    ("credit in the next paragraph", f"<p>{IMG}</p><p><strong>Photo: Jo Diop</strong></p>"),
    (
        "pull quote",
        "<figure><blockquote>We carried the archive upstairs</blockquote><figcaption>The mayor</figcaption></figure>",
    ),
]


@pytest.mark.parametrize("markup", [markup for _, markup in NONE], ids=[name for name, _ in NONE])
def test_what_is_no_caption_is_left_out(read: Callable[..., Story], markup: str) -> None:
    assert read(page(markup)).captions == ()


LINE = "Nobody in the lower streets had expected the water to come so fast."
STORY = [
    ("paragraph behind a picture", f"<p>{IMG}</p><p>{LINE}</p>", [LINE]),
    ("short paragraph behind a picture", f"<p>{IMG}</p><p>Then came the water.</p>", ["Then came the water."]),
    ("paragraph that begins with a picture", f"<p>{IMG} {LINE}</p>", [LINE]),
    (
        "picture that floats in a paragraph",
        "<p>The mayor carried the archive to the attic. <img src='/1.jpg' class='alignright' alt='mayor "
        "carried archive attic' width='300'></p>",
        ["The mayor carried the archive to the attic."],
    ),
    ("picture as large as a letter", f"<p><img src='/i.png' width='16'> {LINE}</p>", [LINE]),
    ("division behind a picture", f"<div>{IMG}</div><div>{LINE}</div>", [LINE]),
    ("quotation", f"<div>{IMG}</div><blockquote><p>{LINE}</p></blockquote>", [LINE]),
    ("sub-head", f"<p>{IMG}</p><h3>What the river took</h3><p>{LINE}</p>", ["What the river took", LINE]),
    (
        "report of an agency",
        f"<p>{IMG}</p><p>{LINE} {LINE} {LINE} Mr Doe told so (Reuters)</p>",
        [f"{LINE} {LINE} {LINE} Mr Doe told so (Reuters)"],
    ),
    (
        "italics all over",
        f"<p>{IMG}</p><p><em>We had nobody to ask.</em></p><p>{LINE}</p><p><em>Nobody came that night.</em>"
        "</p><p><em>Then the bell rang twice.</em></p>",
        ["We had nobody to ask.", LINE, "Nobody came that night.", "Then the bell rang twice."],
    ),
    (
        "text in the picture's box",
        f"<div class='image-and-text'>{IMG}<p>{LINE}</p><p>{LINE} Again, and in the night.</p></div>",
        [LINE, f"{LINE} Again, and in the night."],
    ),
    (
        "lines between breaks",
        f"<div>{IMG}<br><br>{LINE}<br><br>{LINE} Again, and in the night.</div>",
        [LINE, f"{LINE} Again, and in the night."],
    ),
    (
        "who wrote it, behind a picture",
        f"<p>{IMG}</p><p><em>This post was told by the people of the old town.</em></p>",
        ["This post was told by the people of the old town."],
    ),
]


@pytest.mark.parametrize(
    ("markup", "lines"), [(markup, lines) for _, markup, lines in STORY], ids=[s[0] for s in STORY]
)
def test_what_is_story_beside_a_picture_stays_in_the_body(
    read: Callable[..., Story], markup: str, lines: list[str]
) -> None:
    story = read(page(f"<p>The river rose on Friday, and the ferry stopped at noon.</p>{markup}"))
    assert list(story.body[1 : 1 + len(lines)]) == lines
    assert story.captions == ()
    assert len(story.body) == 7 + len(lines)


STATED = [
    ("credit text", {"caption": TEXT, "creditText": CREDIT}),
    ("credit in the caption", {"caption": f"{TEXT} ({CREDIT})"}),
    ("notice of copyright", {"caption": TEXT, "copyrightNotice": f"© {CREDIT}"}),
    ("holder of the copyright", {"caption": TEXT, "copyrightHolder": {"@type": "Organization", "name": CREDIT}}),
    ("creator and description", {"description": TEXT, "creator": {"@type": "Person", "name": CREDIT}}),
]


@pytest.mark.parametrize("apart", [False, True], ids=["in the story's node", "in a node apart"])
@pytest.mark.parametrize("stated", [stated for _, stated in STATED], ids=[name for name, _ in STATED])
def test_a_picture_is_described_in_json_ld(read: Callable[..., Story], stated: dict[str, object], apart: bool) -> None:
    story: dict[str, object] = {"@type": "NewsArticle", "headline": "Flood reaches the old town"}
    image = {"@type": "ImageObject", "url": "/1.jpg", **stated}
    nodes = [story, image] if apart else [{**story, "image": image}]
    head = f'<script type="application/ld+json">{json.dumps({"@graph": nodes})}</script>'
    assert [(caption.text, caption.credit) for caption in read(page(IMG, head)).captions] == [(TEXT, CREDIT)]


def test_an_alternative_text_in_a_node_apart_is_no_caption(read: Callable[..., Story]) -> None:
    image = {"@type": "ImageObject", "@id": "#primaryimage", "caption": "boats on the river of the old town"}
    story = {"@type": "NewsArticle", "headline": "Flood reaches the old town", "image": {"@id": "#primaryimage"}}
    head = f'<script type="application/ld+json">{json.dumps({"@graph": [story, image]})}</script>'
    assert read(page(IMG, head)).captions == ()


TOLD = "The flooded market of Bassé"
TWICE_TOLD = [
    ("alternative text", f"<img src='/1.jpg' alt='{TOLD}'>", "", f"{TOLD} Jo Diop", (TOLD, "Jo Diop")),
    (
        "json-ld",
        IMG,
        f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Flood reaches the '
        f'old town","image":{{"@type":"ImageObject","caption":"{TOLD}"}}}}</script>',
        f"{TOLD}, Jo Diop",
        (TOLD, "Jo Diop"),
    ),
    (
        "open graph",
        IMG,
        f"<meta property='og:image:alt' content='{TOLD}.'>",
        f"{TOLD}. Jo Diop",
        (f"{TOLD}.", "Jo Diop"),
    ),
    (
        "more of the sentence",
        f"<img src='/1.jpg' alt='{TOLD}'>",
        "",
        f"{TOLD} in the east of the town where rice is sold",
        (f"{TOLD} in the east of the town where rice is sold", None),
    ),
    ("a place", f"<img src='/1.jpg' alt='{TOLD}'>", "", f"{TOLD}, Mali", (f"{TOLD}, Mali", None)),
]


@pytest.mark.parametrize(
    ("image", "head", "shown", "expected"), [case[1:] for case in TWICE_TOLD], ids=[case[0] for case in TWICE_TOLD]
)
def test_what_follows_a_caption_that_is_told_twice_is_its_credit(
    read: Callable[..., Story], image: str, head: str, shown: str, expected: tuple[str, str | None]
) -> None:
    story = read(page(f"<figure>{image}<figcaption>{shown}</figcaption></figure>", head))
    assert [(caption.text, caption.credit) for caption in story.captions] == [expected]


def test_every_picture_of_a_gallery_has_its_caption(read: Callable[..., Story]) -> None:
    slides = "".join(
        f"<dl class='gallery-item'><dt><a href='/p/{n}'><img src='/{n}.jpg'></a></dt><dd class='gallery-caption'>"
        f"Boat {n} lies "
        f"in the harbour. ({CREDIT})</dd></dl>"
        for n in range(3)
    )
    story = read(page(f"<div id='gallery-1' class='gallery'>{slides}</div>"))
    assert [(caption.text, caption.image_url[-6:]) for caption in story.captions if caption.image_url] == [
        (f"Boat {n} lies in the harbour.", f"/{n}.jpg") for n in range(3)
    ]
    assert len(story.body) == 6


def test_type_tells_a_caption_where_the_page_sets_its_captions_so(read: Callable[..., Story]) -> None:
    pictures = [f"<p>{IMG}</p><p><em>Boat {n} lies in the harbour.</em></p>{PARAGRAPHS[:90]}</p>" for n in range(2)]
    story = read(page("".join(pictures)))
    assert [caption.text for caption in story.captions] == [
        "Boat 0 lies in the harbour.",
        "Boat 1 lies in the harbour.",
    ]
    assert not any("harbour" in paragraph for paragraph in story.body)


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
