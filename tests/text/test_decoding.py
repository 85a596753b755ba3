"""Decoding of pages and feeds, in spite of what they declare."""

import codecs

import pytest

from text.decoding import decode, decode_feed, utf8_of

TEXT = "Überschwemmung – „schön“ é"
CHARSETS = [
    ("utf-8 undeclared", TEXT.encode(), None),
    ("utf-8 declared latin-1", TEXT.encode(), "text/html; charset=iso-8859-1"),
    ("windows-1252 declared latin-1", TEXT.encode("windows-1252"), "text/html; charset=iso-8859-1"),
    ("byte order mark", codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "text/html; charset=utf-8"),
    ("unknown charset", TEXT.encode(), "text/html; charset=klingon"),
]


@pytest.mark.parametrize(("content", "header"), [case[1:] for case in CHARSETS], ids=[case[0] for case in CHARSETS])
def test_decoding(content: bytes, header: str | None) -> None:
    assert decode(content, header) == TEXT


@pytest.mark.parametrize(("content", "header"), [case[1:] for case in CHARSETS], ids=[case[0] for case in CHARSETS])
def test_a_page_in_utf8_says_what_its_text_says(content: bytes, header: str | None) -> None:
    assert utf8_of(content, header) == TEXT.encode()


def test_the_bytes_of_a_page_in_utf8_are_its_own() -> None:
    content = TEXT.encode()
    assert utf8_of(content) is content


@pytest.mark.parametrize("content", [b"\x1b$BF|K\\\x1b(B", codecs.BOM_UTF8 + b"<p>a", b"<\0p\0>\0a\0", b"caf\xe9"])
def test_bytes_that_are_no_plain_utf8_are_decoded(content: bytes) -> None:
    assert utf8_of(content) == decode(content).encode() != content


@pytest.mark.parametrize("encoding", ["shift_jis", "euc-jp", "iso-2022-jp", "koi8-r", "big5"])
def test_declared_encodings(encoding: str) -> None:
    text = {"koi8-r": "Привет, город", "big5": "臺北的新聞"}.get(encoding, "日本語の文章")
    assert decode(text.encode(encoding), f"text/html; charset={encoding}") == text


DECLARED = '<?xml version="1.0" encoding="{}"?><t>{}</t>'
FEEDS = [
    ("utf-8 declared otherwise", DECLARED.format("windows-1251", TEXT).encode(), None, TEXT),
    ("declaration before header", DECLARED.format("koi8-r", "Привет").encode("koi8-r"), "a/b; charset=big5", "Привет"),
    ("header alone", "Привет, город".encode("koi8-r"), "text/xml; charset=koi8-r", "Привет, город"),
    ("latin-1 is windows-1252", TEXT.encode("windows-1252"), "text/xml; charset=iso-8859-1", TEXT),
    ("short and undeclared", "Größe".encode("windows-1252"), None, "Größe"),
    ("unknown charset", TEXT.encode("windows-1252"), "text/xml; charset=klingon", TEXT),
    ("utf-16 without a mark", "<t>Größe</t>".encode("utf-16-le"), None, "Größe"),
    ("byte order mark", codecs.BOM_UTF16_BE + "Größe".encode("utf-16-be"), "text/xml; charset=utf-8", "Größe"),
    ("one bad byte", b"\xff" + ("ü" * 200).encode(), None, "ü" * 200),
    ("escapes", DECLARED.format("iso-2022-jp", "日本語").encode("iso-2022-jp"), None, "日本語"),
]


@pytest.mark.parametrize(("content", "header", "text"), [case[1:] for case in FEEDS], ids=[case[0] for case in FEEDS])
def test_feeds(content: bytes, header: str | None, text: str) -> None:
    assert text in decode_feed(content, header)
