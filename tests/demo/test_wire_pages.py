"""Does each page say what the truth says, in its source's manner?"""

import html
import re

import pytest
import requests
from bs4 import BeautifulSoup

from demo.story import Draft, TextBlock, WireCaption, WireStory
from demo.wire import DemoWire


def read_page(session: requests.Session, url: str) -> BeautifulSoup:
    response = session.get(url, timeout=60)
    assert response.status_code == 200, url
    # Browsers read what calls itself latin 1 as windows-1252 (WHATWG Encoding Standard); libxml2 does not.
    encoding = "windows-1252" if b"iso-8859-1" in response.content else "utf-8"
    return BeautifulSoup(response.content, "lxml", from_encoding=encoding)


def story_of(wire: DemoWire, headline_word: str, source: str) -> WireStory:
    return next(story for story in wire.published() if headline_word in story.headline and story.source == source)


def squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_at_least_sixty_stories_of_five_sources_are_out(wire: DemoWire) -> None:
    stories = wire.published()
    counts = {name: sum(story.source == name for story in stories) for name in {story.source for story in stories}}
    assert len(stories) >= 60
    assert len(counts) == 5
    assert min(counts.values()) >= 9


def test_every_page_holds_its_headline_body_captions_byline_and_dateline(
    wire: DemoWire, session: requests.Session
) -> None:
    for story in wire.published():
        text = squeeze(read_page(session, story.url).get_text(" "))
        expected = [story.headline, *story.byline, *(caption.text for caption in story.captions)]
        expected += [caption.credit for caption in story.captions if caption.credit]
        expected += [paragraph for paragraph in story.body if paragraph not in expected]
        if story.deck and story.source != "continental":  # which tells it in its feed and meta element alone
            expected.append(story.deck)
        if story.dateline:
            expected.append(story.dateline)
        missing = [value for value in expected if squeeze(value) not in text]
        assert not missing, story.url


def test_the_broadcast_page_has_the_furniture_of_its_time(wire: DemoWire, session: requests.Session) -> None:
    story = story_of(wire, "Malian Army Retakes", "continental")
    response = session.get(story.url, timeout=60)
    page = html.unescape(response.text)
    lead, inline = story.captions
    assert page.count(lead.text) >= 5
    assert inline.label == "Waiting for the Ferry"
    assert page.index(inline.label + "</b>") < page.index(inline.text)
    assert "View full gallery" in page
    assert "Towns and Roads in Central Mali" in page
    assert f"<p>? {story.body[3]}" in page
    assert "BAMAKO, Mali — Soldiers have retaken" in page
    assert "Some information for this report was provided by AP, AFP and Reuters." in page
    assert "application/ld+json" not in page
    assert not any("Reuters." in paragraph for paragraph in story.body)


@pytest.mark.parametrize(
    ("word", "source", "selector"),
    [
        pytest.param("night buses", "meridian", 'script[type="application/ld+json"]', id="modern: JSON-LD"),
        pytest.param("night buses", "meridian", "figcaption span.credit", id="modern: credit apart"),
        pytest.param("night buses", "meridian", "aside.newsletter", id="modern: newsletter box"),
        pytest.param("Container lost", "harbour", '.hentry[itemtype$="NewsArticle"]', id="hentry: microdata"),
        pytest.param("Container lost", "harbour", 'link[rel="amphtml"]', id="hentry: AMP twin"),
        pytest.param("Elbbrücke", "elbkurier", "ul.bilder img.lazyload[data-src]", id="German: lazy gallery"),
        pytest.param("Elbbrücke", "elbkurier", "span.foto", id="German: Foto credit"),
        pytest.param("border fence", "northwire", "table.picture td.phototext", id="old: caption in a table"),
    ],
)
def test_layout(wire: DemoWire, session: requests.Session, word: str, source: str, selector: str) -> None:
    assert read_page(session, story_of(wire, word, source).url).select(selector)


def test_the_amp_twin_names_its_canonical_address(wire: DemoWire, session: requests.Session) -> None:
    story = story_of(wire, "Container lost", "harbour")
    twin = read_page(session, f"{story.url}/amp")
    canonical = twin.select_one('link[rel="canonical"]')
    assert canonical is not None
    assert canonical["href"] == story.url
    assert squeeze(story.body[1]) in squeeze(twin.get_text(" "))


def test_old_pages_are_windows_1252_and_say_latin_1(wire: DemoWire, session: requests.Session) -> None:
    story = story_of(wire, "border fence", "northwire")
    response = session.get(story.url, timeout=60)
    assert response.headers["Content-Type"] == "text/html"
    assert b"iso-8859-1" in response.content
    assert "animals can’t break".encode("cp1252") in response.content


def test_carriers_of_one_agency_text_differ_in_address_and_manner(wire: DemoWire, session: requests.Session) -> None:
    copies = [story for story in wire.published() if story.copy_of == "vaccine-trial"]
    assert {copy.source for copy in copies} == {"continental", "meridian", "harbour", "northwire"}
    assert len({copy.url for copy in copies}) == 4
    assert len({copy.headline for copy in copies}) > 1
    assert len({copy.body for copy in copies}) == 1
    leads = [squeeze(read_page(session, copy.url).get_text(" ")) for copy in copies]
    assert sum("GENEVA (AP) — " in lead for lead in leads) == 2
    assert any("GENEVA (AP) -- " in lead for lead in leads)
    assert any(re.search(r"GENEVA, March \d+ \(AP\) - ", lead) for lead in leads)


def test_markup_in_a_text_is_escaped(wire: DemoWire, session: requests.Session) -> None:
    draft = Draft(
        slug="markup",
        sources=("continental", "meridian", "harbour", "elbkurier", "northwire"),
        headline="Less < more & <script>alert(1)</script>",
        blocks=(TextBlock("paragraph", 'A "quoted" <b>word</b> & a </script> tag'),),
        captions=(WireCaption(text='<img onerror="x"> & "y"', credit="<i>AP</i>"),),
    )
    for story in wire.publish(draft):
        response = session.get(story.url, timeout=60)
        assert "<script>alert(1)" not in response.text
        assert "<b>word</b>" not in response.text
        assert "<img onerror" not in response.text
        assert draft.headline in html.unescape(response.text)


def test_pictures_are_png(wire: DemoWire, session: requests.Session) -> None:
    story = story_of(wire, "night buses", "meridian")
    response = session.get(str(story.captions[0].image_url), timeout=60)
    assert response.headers["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG\r\n\x1a\n")
