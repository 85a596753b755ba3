"""Is one page one address, and is its shape read well?"""

import unicodedata
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.former_rules import former_url
from net.tracking import is_tracking
from net.urls import (
    absolute_url,
    bare_url,
    canonical_url,
    desktop_url,
    host_of,
    identity_key,
    looks_like_home_or_section,
    looks_like_story,
    registrable_domain,
    same_site,
    spelling_key,
)
from tests.net.url_cases import FORMS, PAIRS, Form, Pair

STORY = "https://www.news.example/world/rain-returns?id=7"

DISGUISES = [
    pytest.param("HTTPS://WWW.News.Example/world/rain-returns?id=7", id="upper-case-host"),
    pytest.param("https://www.news.example:443/world/rain-returns?id=7", id="default-port"),
    pytest.param("https://www.news.example./world/rain-returns?id=7", id="trailing-dot"),
    pytest.param("https://www.news.example/world/rain-returns?id=7#comments", id="fragment"),
    pytest.param("https://www.news.example/world/rain-returns?id=7&utm_source=rss&utm_medium=feed", id="utm"),
    pytest.param("https://www.news.example/world/rain-returns?fbclid=x&id=7&gclid=y", id="click-ids"),
    pytest.param("https://www.news.example/world/./sport/../rain-returns?id=7", id="dot-segments"),
    pytest.param("https://www.news.example/world/r%61in-returns?id=%37", id="needless-escapes"),
    pytest.param("  https://www.news.example/world/rain-returns?id=7\n", id="white-space"),
    pytest.param("https://www.news.example/world/rain-returns;jsessionid=1A2B?id=7", id="session"),
    pytest.param("https://www.news.example/world/rain-returns?&id=7&", id="empty-parameters"),
    pytest.param("https://www.news.example/world/rain-returns?id=7&amp;utm_source=rss", id="escaped-ampersand"),
]


@pytest.mark.parametrize("url", DISGUISES)
def test_disguises_of_one_page(url: str) -> None:
    assert canonical_url(url) == STORY


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_forms(form: Form) -> None:
    if form.canonical is None:
        with pytest.raises(ValueError, match=r".+"):
            canonical_url(form.url)
        assert not looks_like_story(form.url)
        assert not looks_like_home_or_section(form.url)
        return
    assert canonical_url(form.url) == form.canonical
    assert canonical_url(form.canonical) == form.canonical
    assert host_of(form.url) == host_of(form.canonical)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_pairs(pair: Pair) -> None:
    one, other = pair.one, pair.other
    assert (canonical_url(one) == canonical_url(other)) is (pair.are == "same")
    assert (identity_key(one) == identity_key(other)) is (pair.are in ("same", "alike"))
    bare = identity_key(bare_url(one)) == identity_key(bare_url(other))
    assert bare is (pair.are != "two")
    if pair.are == "two":
        assert former_url(canonical_url(one)) != canonical_url(other) or "xn--" in canonical_url(one)


def test_the_tables_are_large_and_each_name_is_there_once() -> None:
    assert len({form.name for form in FORMS}) == len(FORMS) >= 150
    assert len({pair.name for pair in PAIRS}) == len(PAIRS)


PARTS = st.text(alphabet=st.one_of(st.sampled_from("ab/.?&=;%#+~ß:@[]*$'!,_-|ü2F "), st.characters()), max_size=30)
URLS = st.one_of(
    st.text(max_size=60),
    st.builds(
        "http{}://{}{}/{}?{}#{}".format,
        st.sampled_from(["", "s"]),
        st.one_of(
            st.sampled_from(["a.example", "A.EXAMPLE.", "[::1]", "127.0.0.1", "exämple.org", "m.a.example", "faß.de"]),
            st.builds("{}.example".format, st.text(max_size=8)),
        ),
        st.sampled_from(["", ":80", ":443", ":8080", ":"]),
        PARTS,
        PARTS,
        st.text(max_size=5),
    ),
)


@given(URLS)
def test_canonical_url_is_stable_or_refuses(url: str) -> None:
    try:
        once = canonical_url(url)
    except ValueError:
        found = absolute_url("http://a.example/", url)  # a relative one, or none
        assert found is None or canonical_url(found) == found
        return
    assert canonical_url(once) == once
    assert once.isascii()
    assert urlsplit(once).geturl() == once
    assert identity_key(once) == identity_key(url)
    assert spelling_key(once) == spelling_key(url)
    assert canonical_url(bare_url(once)) == bare_url(once)
    assert same_site(once, url)
    assert host_of(once) == host_of(url)
    former_url(once)
    looks_like_story(once)
    looks_like_home_or_section(once)


NAMES = st.text(alphabet="abcdefghijklmnopqrstuvwxyzäß/;:+ ", min_size=1, max_size=6)


@given(st.lists(st.tuples(NAMES, st.text(max_size=8))), st.sampled_from(["", "utm_source=x&", "fbclid=y&"]))
def test_no_parameter_is_lost_that_is_not_certain_to_be_tracking(pairs: list[tuple[str, str]], tracking: str) -> None:
    kept = [(name, value) for name, value in pairs if not is_tracking(f"{name}=", None) and name != "amp"]
    kept = [(name, value) for name, value in kept if not name.startswith("amp;")]
    url = canonical_url(f"https://a.example/x?{tracking}{urlencode(kept)}")
    assert sorted(parse_qsl(urlsplit(url).query, keep_blank_values=True)) == sorted(kept)


@given(URLS)
def test_the_host_is_the_one_that_was_named(url: str) -> None:
    try:
        host = urlsplit(canonical_url(url)).hostname or ""
    except ValueError:
        return
    named = unicodedata.normalize("NFKC", unquote(urlsplit(url.strip()).hostname or "")).replace("。", ".")
    assert host.count(".") in (named.rstrip(".").count("."), 3)
    if named.isascii() and not host[-1:].isdigit() and "[" not in url:
        assert host == named.lower().rstrip(".")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://m.news.example/rain", "https://www.news.example/rain"),
        ("https://mobile.news.example/rain", "https://www.news.example/rain"),
        ("https://amp.news.example/rain", "https://www.news.example/rain"),
        ("https://www.news.example/rain/amp", "https://www.news.example/rain"),
        ("https://www.news.example/rain/amp/", "https://www.news.example/rain/"),
        ("https://www.news.example/amp/rain", "https://www.news.example/rain"),
        ("https://www.news.example/news/amp/world-1", "https://www.news.example/news/world-1"),
        ("https://www.news.example/rain.amp.html", "https://www.news.example/rain.html"),
        ("https://www.news.example/rain-amp.html", "https://www.news.example/rain.html"),
        ("https://www.news.example/rain?amp=1", "https://www.news.example/rain"),
        ("https://www.news.example/rain?outputType=amp&id=2", "https://www.news.example/rain?id=2"),
        (
            "https://www-news-example.cdn.ampproject.org/c/s/www.news.example/rain.amp.html",
            "https://www.news.example/rain.html",
        ),
        ("https://www.google.com/amp/s/www.news.example/rain/amp", "https://www.news.example/rain"),
        ("https://www.news.example/amplifiers-and-rain", "https://www.news.example/amplifiers-and-rain"),
        ("https://m.example/rain", "https://m.example/rain"),
    ],
)
def test_amp_and_mobile_twins(url: str, expected: str) -> None:
    assert desktop_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://news.example/world/rain/",
        "https://www.news.example/world/rain",
        "https://m.news.example/world/rain?utm_source=x",
        "https://amp.news.example/world/rain#top",
        "https://news.example/world/rain/index.html",
    ],
)
def test_identity_key(url: str) -> None:
    assert identity_key(url) == "news.example/world/rain"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://A.example/x", "a.example:80"),
        ("https://a.example", "a.example:443"),
        ("https://a.example:8443/", "a.example:8443"),
        ("http://[::1]/", "[::1]:80"),
        ("http://user:pw@127.0.0.1:8080/", "127.0.0.1:8080"),
    ],
)
def test_host_of(url: str, expected: str) -> None:
    assert host_of(url) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param("http://news.bbc.co.uk/", "https://www.bbc.co.uk/x", True, id="sub-domains"),
        pytest.param("http://bbc.co.uk/", "http://itv.co.uk/", False, id="public-suffix-of-two-labels"),
        pytest.param("http://a.blogspot.com/", "http://b.blogspot.com/", False, id="one-platform-two-owners"),
        pytest.param("http://127.0.0.1:80/a", "http://127.0.0.1/b", True, id="same-ip-and-port"),
        pytest.param("http://127.0.0.1:80/", "http://127.0.0.1:81/", False, id="same-ip-other-port"),
        pytest.param("http://127.0.0.1/", "http://127.0.0.2/", False, id="other-ip"),
        pytest.param("http://localhost:1/", "http://localhost:1/", True, id="one-word-host"),
        pytest.param("http://localhost:1/", "http://localhost:2/", False, id="one-word-host-other-port"),
        pytest.param("http://a.news.example/", "http://news.example:8080/", True, id="unknown-top-level"),
        pytest.param("http://voa.example/", "http://bbc.example/", False, id="unknown-top-level-is-a-suffix"),
        pytest.param("http://xn--exmple-cua.org/", "http://exämple.org/", True, id="international"),
        pytest.param("http://co.uk/", "http://co.uk/", True, id="a-suffix-itself"),
        pytest.param("nonsense", "nonsense", False, id="unreadable"),
    ],
)
def test_same_site(a: str, b: str, expected: bool) -> None:
    assert same_site(a, b) is expected
    assert same_site(b, a) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.abc.net.au/news", "abc.net.au"),
        ("https://news.un.org/en/", "un.org"),
        ("http://10.0.0.1/", None),
        ("http://localhost/", None),
        ("nonsense", None),
    ],
)
def test_registrable_domain(url: str, expected: str | None) -> None:
    assert registrable_domain(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/news/world-africa-21054946",
        "https://a.example/news/articles/c8xyzj4k0l1o",
        "https://a.example/en/mali-captions/a-16525432",
        "https://a.example/en/20130117-mali-troops",
        "https://a.example/world/2013/jan/17/mali-crisis",
        "https://a.example/2013/01/17/169600000/mali",
        "https://a.example/2013-01-17/rain",
        "https://a.example/en/story/2024/05/1149",
        "https://a.example/a/mali/1585555.html",
        "https://a.example/news/world/mali-1.1234567",
        "https://a.example/article/mali-france-1234567890abcdef",
        "https://a.example/story/1",
        "https://a.example/rain-returns-to-the-north",
        "https://a.example/News/front/archives/2024/10/16/2003825372",
        "https://a.example/?p=123",
        "https://a.example/news.php?id=55",
    ],
)
def test_shapes_of_stories(url: str) -> None:
    assert looks_like_story(url)
    assert not looks_like_home_or_section(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/",
        "https://a.example/index.html",
        "https://a.example/en",
        "https://a.example/world/africa/",
        "https://a.example/news/us-canada",
        "https://a.example/news/science-and-environment",
        "https://a.example/tag/rain-in-the-north-of-mali",
        "https://a.example/author/a-b-c-d-e",
        "https://a.example/2024/05/12/",
        "https://a.example/2024/",
        "https://a.example/news/page-2",
        "https://a.example/news/page/12/",
        "https://a.example/search?q=rain",
        "https://a.example/monde",
    ],
)
def test_shapes_of_homes_and_sections(url: str) -> None:
    assert looks_like_home_or_section(url)
    assert not looks_like_story(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/news/rain-returns",
        "https://a.example/images/2024/05/12/rain.jpg",
        "https://a.example/a/b/c/d",
        "https://a.example/feed.xml",
    ],
)
def test_shapes_that_say_nothing(url: str) -> None:
    assert not looks_like_home_or_section(url)
    assert not looks_like_story(url)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("../x", "http://a.example/x"),
        ("//b.example/y", "http://b.example/y"),
        ("?id=1", "http://a.example/dir/page?id=1"),
        ("  /z ", "http://a.example/z"),
        ("mailto:x@y.example", None),
        ("javascript:void(0)", None),
        ("http://[broken", None),
    ],
)
def test_absolute_url(reference: str, expected: str | None) -> None:
    assert absolute_url("http://a.example/dir/page", reference) == expected
