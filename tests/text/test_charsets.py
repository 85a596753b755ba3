"""Is every charset read, declared rightly, wrongly or not at all?"""

import unicodedata

import pytest

from tests.text.charset_texts import TEXTS, WrittenText, written
from text.charset_labels import codec_of, header_codecs, page_codecs
from text.decoding import decode, decode_feed

_PAGE = (
    '<!doctype html><html lang="{language}"><head>{meta}<title>{headline}</title></head><body>'
    '<div class="nav"><a href="/">Home</a></div><h1>{headline}</h1><p>{paragraph}</p></body></html>'
)
_FEED = (
    "<?xml version='1.0'{declared}?><rss><channel><language>{language}</language><item><title>{headline}</title>"
    "<description>{paragraph}</description></item></channel></rss>"
)
DECLARED = ["rightly", "not", "as utf-8", "as latin-1", "in the page, as latin-1 by the server"]
CASES = [
    pytest.param(text, codec, declared, is_long, id=f"{text.name} {codec} declared {declared}, {is_long=}")
    for text in TEXTS
    for codec in ("utf-8", *text.charsets)
    for declared in DECLARED
    for is_long in (False, True)
]


def _alike(one: str, other: str) -> bool:
    return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)


def _stated(text: WrittenText, codec: str, declared: str) -> tuple[str, str | None]:
    """The label in the document and the one in the header."""
    label = text.charsets.get(codec, codec)
    inside = {"rightly": label, "not": "", "as utf-8": "utf-8", "as latin-1": "iso-8859-1"}.get(declared, label)
    return inside, "text/html; charset=ISO-8859-1" if "by the server" in declared else None


@pytest.mark.parametrize(("text", "codec", "declared", "is_long"), CASES)
def test_pages(text: WrittenText, codec: str, declared: str, is_long: bool) -> None:
    inside, header = _stated(text, codec, declared)
    page = _PAGE.format(
        language=text.language,
        meta=f'<meta charset="{inside}">' if inside else "",
        headline=text.headline,
        paragraph=text.paragraph if is_long else "",
    )
    assert _alike(decode(written(page, codec), header), page)


@pytest.mark.parametrize(("text", "codec", "declared", "is_long"), CASES)
def test_feeds(text: WrittenText, codec: str, declared: str, is_long: bool) -> None:
    inside, header = _stated(text, codec, declared)
    feed = _FEED.format(
        language=text.language.lower(),
        declared=f" encoding='{inside}'" if inside else "",
        headline=text.headline,
        paragraph=text.paragraph if is_long else text.headline,
    )
    assert _alike(decode_feed(written(feed, codec), header), feed)


SYMBOLS = [
    ("copyright", "© 2024 Wire Desk. All stories."),
    ("no-break spaces", "5\u00a0000 people came\u00a0to town\u00a0on Monday."),
    ("pounds", "It costs £5 to £10, the council said."),
    ("guillemets", "More » Back « Top"),
    ("quotes", "“We’re here,” he said – ‘and we’ll stay.’"),
    ("bullets", "• one • two · three … four ™"),
    ("registered", "Widget® and Gadget® are not sold any more"),
]


@pytest.mark.parametrize("text", [text for _, text in SYMBOLS], ids=[name for name, _ in SYMBOLS])
@pytest.mark.parametrize("html", ['<html lang="en">', "<html>"])
def test_signs_in_english_are_no_letters_of_other_languages(text: str, html: str) -> None:
    page = f"{html}<title>Town council</title><p>It is quiet here. {text} Then it rained.</p>"
    assert decode(page.encode("cp1252")) == page


LONG = "Größe und Güte, Äpfel und Öl: für alle schöne Dinge. " * 40
BROKEN = [
    ("one bad byte in a long page", LONG.encode() + b"\xff, end", None, LONG + "\ufffd, end"),
    ("half of a character", LONG.encode() + b"\xc3 end", None, LONG + "\ufffd end"),
    ("other half of a character", LONG.encode() + b"x\xa4x end", None, LONG + "x\ufffdx end"),
    ("two of three bytes", LONG.encode() + "„".encode()[1:] + b" end", None, LONG + "\ufffd end"),
    ("cut at the end", LONG.encode() + "„".encode()[:2], None, LONG + "\ufffd"),
    ("cut in the first character", b"It rained in Caf\xc3", "text/html; charset=utf-8", "It rained in Caf\ufffd"),
    ("latin-1 that ends in a letter", b"It rained in caf\xe9", None, "It rained in café"),
    ("one letter, declared utf-8", b"<p>a caf\xe9 in town</p>", "text/html; charset=utf-8", "<p>a café in town</p>"),
    ("letter pasted into utf-8", (LONG + "€").encode() + b"caf\xe9 end", None, LONG + "€café end"),
    ("quotes pasted into utf-8", LONG.encode() + b"it\x92s \x93so\x94 x", None, LONG + "it’s “so” x"),
    (
        "latin-1 story in a utf-8 template",
        "Menü, Überblick, Zurück – Weiter".encode() + "Größe, Güte, Äpfel, Öl, «è» 5 €".encode("cp1252"),
        None,
        "Menü, Überblick, Zurück – WeiterGröße, Güte, Äpfel, Öl, «è» 5 €",
    ),
    ("mark of utf-8, latin-1 behind it", b"\xef\xbb\xbf<p>caf\xe9 au lait</p>", None, "<p>café au lait</p>"),
    ("mark of utf-16, ascii behind it", b"\xff\xfe<html><p>rain</p>" + b" " * 9, None, "<html><p>rain</p>" + " " * 9),
    ("utf-16 without mark", "\n<html><p>Größe".encode("utf-16-le"), "text/html; charset=utf-8", "\n<html><p>Größe"),
    ("emoji of two surrogates", b"<p>sun \xed\xa0\xbd\xed\xb8\x80</p>", None, "<p>sun \U0001f600</p>"),
    ("mark of another program", "<p>a \ufffd b</p>".encode(), None, "<p>a \ufffd b</p>"),
    ("escape in a utf-8 page", "<p>Größe \x1b(J</p>".encode(), None, "<p>Größe \x1b(J</p>"),
    ("two characters of GBK", "<p>Mr 联想 x</p>".encode("gbk"), "text/html; charset=gb2312", "<p>Mr 联想 x</p>"),
    ("one of utf-8, declared GBK", "<p>café</p>".encode(), "text/html; charset=gb2312", "<p>café</p>"),
    ("iso-8859-2 with quotes", "Rząd „śpi”, mówią".encode("cp1250"), "a/b; charset=iso-8859-2", "Rząd „śpi”, mówią"),
    ("NEC's signs", "<p>㈱政府①</p>".encode("cp932"), "text/html; charset=x-sjis", "<p>㈱政府①</p>"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "header", "text"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_what_is_broken_costs_no_more_than_itself(content: bytes, header: str | None, text: str) -> None:
    assert decode(content, header) == text


LABELS = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", " X-CP1252 ": "cp1252", "iso88591": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "dos-874": "cp874",
    "ks_c_5601-1987": "cp949", "korean": "cp949", "windows-949": "cp949", "euc-kr": "cp949",
    "x-sjis": "cp932", "shift-jis": "cp932", "windows-31j": "cp932", "ms_kanji": "cp932", "x-euc-jp": "euc_jis_2004",
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "chinese": "gb18030", "gb18030": "gb18030",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs",
    "koi": "koi8-r", "koi8": "koi8-r", "koi8-ru": "koi8-u", "x-cp1251": "cp1251", "win-1251": "cp1251",
    "iso-8859-8-i": "iso8859-8", "logical": "iso8859-8", "sun_eu_greek": "iso8859-7", "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8", "unicode": "utf-16-le", "ucs-2": "utf-16-le", "x-mac-cyrillic": "mac-cyrillic",
    "utf-7": None, "klingon": None, "x-user-defined": None, "": None,
}  # fmt: skip


@pytest.mark.parametrize(("label", "codec"), LABELS.items())
def test_labels(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec


HEADERS = [
    ("text/html; charset=koi8-r", "koi8-r"),
    ('text/html; charset="koi8-r"', "koi8-r"),
    ("text/html; charset='koi8-r'", "koi8-r"),
    ("text/html; charset = koi8-r", "koi8-r"),
    ("text/html;CHARSET=KOI8-R;foo=bar", "koi8-r"),
    ("text/html; charset=koi8-r; charset=utf-8", "koi8-r"),
    ("text/html; charset=koi8-r, text/html", "koi8-r"),
    ("text/html charset=koi8-r", "koi8-r"),
    ("charset=koi8-r", "koi8-r"),
    ("text/html; charset=", None),
    ("text/html; charset=;", None),
    ("text/html; charset=none", None),
    ("text/html", None),
    (None, None),
]


@pytest.mark.parametrize(("header", "codec"), HEADERS)
def test_headers(header: str | None, codec: str | None) -> None:
    assert header_codecs(header) == ([codec] if codec else [])


DECLARATIONS = [
    ("attribute", b"<meta charset=koi8-r>", ["koi8-r"]),
    ("quoted, with more behind it", b"<meta charset='koi8-r; charset=x'>", ["koi8-r"]),
    ("pragma", b'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">', ["koi8-r"]),
    ("pragma backwards", b"<META content='text/html; charset=koi8-r' HTTP-EQUIV=content-type>", ["koi8-r"]),
    ("xml", b"<?xml version='1.0' encoding='koi8-r'?><html>", ["koi8-r"]),
    ("two", b"<meta charset=koi8-r><meta charset=utf-8>", ["koi8-r", "utf-8"]),
    ("unknown before known", b"<meta charset=klingon><meta charset=utf-8>", ["utf-8"]),
    ("utf-16 can't be", b"<meta charset=utf-16>", ["utf-8"]),
    ("in a comment", b"<!-- <meta charset=koi8-r> --><meta charset=utf-8>", ["utf-8"]),
    ("in a script", b"<script>'<meta charset=koi8-r>'</script>", []),
    ("in the body", b"<body><meta charset=koi8-r>", []),
    ("in a description", b"<meta name=description content='charset=koi8-r is old'>", []),
    ("behind a long style", b"<style>" + b"a{b:c}" * 2000 + b"</style><meta charset=koi8-r>", ["koi8-r"]),
    ("open comment", b"<!-- <meta charset=koi8-r>", []),
    ("none", b"<html><title>x</title>", []),
]


@pytest.mark.parametrize(
    ("content", "codecs"), [case[1:] for case in DECLARATIONS], ids=[case[0] for case in DECLARATIONS]
)
def test_declarations_of_pages(content: bytes, codecs: list[str]) -> None:
    assert page_codecs(content) == codecs
