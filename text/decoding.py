"""Decoding of bytes into text, for pages and for feeds, whose declared charsets are often wrong.

The order of belief: a byte order mark; UTF-8, where most of what is not ASCII is well-formed in it (text in any other
encoding practically never is by accident); what is declared, if it fits; what is detected. So one broken byte in a page
of UTF-8 costs one character, and one "é" of windows-1252 in a page of ASCII none. What can't be decoded becomes U+FFFD.
"""

import codecs
import re
from collections.abc import Callable

from w3lib.encoding import to_unicode

from text.charset_detection import WESTERN, detected, is_latin, states_other_alphabet
from text.charset_labels import header_codecs, page_codecs, xml_codecs

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_EBCDIC_XML = b"\x4c\x6f\xa7\x94"  # "<?xm" (XML 1.0, appendix F)
# By which of the first four bytes are zero.
_WIDE = {
    "000x": "utf-32-be",
    "x000": "utf-32-le",
    "0x0x": "utf-16-be",
    "x0x0": "utf-16-le",
}
_SEVEN_BITS = ("iso2022", "hz")
_ESCAPED = re.compile(rb"\x1b\$[@B]|\x1b\(J")  # ISO-2022-JP is pure ASCII but for its escapes
_CESU_8 = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_BAD = re.compile("[\udc80-\udcff]+")  # how "surrogateescape" marks bytes that are no UTF-8
_C1 = re.compile("[\x80-\x9f]")
_IN_ASCII_WORD = re.compile("[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]")
# Letters and quotes of windows-1252 between ASCII, as they stand in a text that was pasted into a page of UTF-8.
_PASTED = re.compile(
    "(?<=[A-Za-z])[\udcc0-\udcfd]{1,2}(?=[\x00-\x7f]|\\Z)|(?<=[\x00-\x7f])[\udcc0-\udcfd]{1,2}(?=[A-Za-z])"
    "|(?<=[\x00-\x7f])[\udc85\udc91-\udc97](?=[\x00-\x7f])"
)
_CJK = frozenset({"gb18030", "big5hkscs", "cp949", "cp932", "euc_jis_2004"})
_HEAD_BYTES = 400
_TOLERATED_SHARE = 0.01
_MIXED_SHARE = 0.5
_UTF8_SHARE = 4
_FEW = 3
_ENOUGH_BYTES = 20


def decode(content: bytes, content_type: str | None = None) -> str:
    """The text of a page; never fails. The header is believed before the page (HTML, section 13.2.3)."""
    return _decoded(content, lambda: [*header_codecs(content_type), *page_codecs(content)])


def utf8_of(content: bytes, content_type: str | None = None) -> bytes:
    """A page in UTF-8: its own bytes where they are, which is most pages, else those of its text."""
    return content if _is_plainly_utf8(content) else decode(content, content_type).encode("utf-8", "replace")


def decode_feed(content: bytes, content_type: str | None = None) -> str:
    """The text of a feed or sitemap; never fails.

    The XML declaration is believed before the header, which servers set for all files alike (RFC 7303, section 3.2, has
    it the other way round).
    """
    if content.startswith(_EBCDIC_XML):
        return content.decode("cp037")
    return _decoded(content, lambda: [*xml_codecs(content), *header_codecs(content_type)])


def readable_as_ascii(content: bytes) -> bytes:
    """A document for those who look for markup in its bytes: in UTF-8 where it is in UTF-16 or UTF-32."""
    head = content[:_HEAD_BYTES]
    if _wide(head) is None and not head.startswith(tuple(mark for mark, _ in _BYTE_ORDER_MARKS)):
        return content
    return decode(content).encode("utf-8", "replace")


def _decoded(content: bytes, declared: Callable[[], list[str]]) -> str:
    """The text of any document; `declared` reads the codecs that it names, the one to believe first."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            content = content[len(mark) :]
            if encoding != "utf-8" and (b"\0" in content[:_HEAD_BYTES] or b"<" not in content[:_HEAD_BYTES]):
                return content.decode(encoding, "replace")
            break
    wide = _wide(content)
    if wide is not None:
        return content.decode(wide, "replace")
    if content.isascii() and (b"\x1b" in content or b"~{" in content):
        return _of_seven_bits(content, declared())
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.reason == "unexpected end of data" and error.start > len(content) - 4
        return _not_quite_utf8(content, declared(), cut)
    # Two or three characters of a Chinese or Korean charset may be well-formed UTF-8; of one-byte charsets they aren't.
    if 0 < len(content) - len(text) <= _FEW and (named := declared()) and named[0] in _CJK:
        return _few_characters(content, text, named[0])
    return text


def _is_plainly_utf8(content: bytes) -> bool:
    """Whether a document is UTF-8 without a mark, and nothing makes it doubtful."""
    if content.startswith(tuple(mark for mark, _ in _BYTE_ORDER_MARKS)) or _wide(content) is not None:
        return False
    if content.isascii():
        return b"\x1b" not in content and b"~{" not in content
    try:
        return len(content) - len(content.decode("utf-8")) > _FEW
    except UnicodeDecodeError:
        return False


def _wide(content: bytes) -> str | None:
    """The encoding, no superset of ASCII, that shows in the first bytes (XML 1.0, appendix F); else None."""
    head = content[:_HEAD_BYTES]
    if head.count(0) * 4 < len(head):
        return None
    return _WIDE.get("".join("x" if byte else "0" for byte in head[:4]))


def _of_seven_bits(content: bytes, declared: list[str]) -> str:
    """The text of ASCII that may be an encoding by escapes."""
    named = next((codec for codec in declared if codec.startswith(_SEVEN_BITS)), None)
    if named is None and _ESCAPED.search(content):
        named = "iso2022_jp_ext"
    return content.decode(named or "ascii", "replace")


def _few_characters(content: bytes, utf8: str, codec: str) -> str:
    """The text in the declared charset, unless as UTF-8 its foreign characters stand in words of ASCII: "café"."""
    if _IN_ASCII_WORD.search(utf8):
        return utf8
    text = to_unicode(content, codec)
    return utf8 if _damaged(text) else text


def _not_quite_utf8(content: bytes, declared: list[str], cut: bool) -> str:
    """The text of what is not well-formed UTF-8; `cut` where that is so only for the end of it."""
    content = _CESU_8.sub(_as_one_character, content)
    text = content.decode("utf-8", "surrogateescape")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    bad = sum(map(len, _BAD.findall(text)))
    good = foreign - bad
    if cut and (good or declared[:1] == ["utf-8"]):
        return _BAD.sub("\ufffd", text)
    if good >= _UTF8_SHARE * bad:
        return _mended(text)
    found = detected(content)
    western = not declared or declared[0] in ("utf-8", WESTERN)
    if good and western and (found == WESTERN or (good >= _MIXED_SHARE * bad and is_latin(found))):
        return _mended(text) if len(_BAD.findall(text)) <= _FEW else _BAD.sub(_as_windows_1252, text)
    others = [codec for codec in dict.fromkeys(declared) if codec != "utf-8"]
    return _in_one_byte_or_two(content, others, found)


def _as_one_character(pair: re.Match[bytes]) -> bytes:
    """A character beyond U+FFFF that was written as two surrogates of three bytes each (CESU-8)."""
    return pair[0].decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode()


def _mended(text: str) -> str:
    """UTF-8 with pasted letters in their place, and one replacement mark for each other run of bad bytes.

    A byte that begins characters elsewhere in the text may be what is left of one, and is no letter.
    """
    leads = {character.encode()[:1] for character in set(text) if character > "\x7f" and not _BAD.match(character)}

    def as_pasted(match: re.Match[str]) -> str:
        raw = match[0].encode("ascii", "surrogateescape")
        return match[0] if any(raw[at : at + 1] in leads for at in range(len(raw))) else raw.decode("cp1252", "replace")

    return _BAD.sub("\ufffd", _PASTED.sub(as_pasted, text))


def _as_windows_1252(match: re.Match[str]) -> str:
    return match[0].encode("ascii", "surrogateescape").decode("cp1252", "replace")


def _in_one_byte_or_two(content: bytes, declared: list[str], found: str) -> str:
    """The text in a declared charset that fits, the detected one before others of these; else in the detected one.

    "iso-8859-1" is what servers and templates say by default, so it isn't believed of much text in another script.
    """
    texts = {codec: to_unicode(content, codec) for codec in declared}
    fitting = [codec for codec, text in texts.items() if codec == found or _fits(text)]
    if found in fitting:
        return texts[found]
    if fitting and not (fitting[0] == WESTERN and _is_in_another_script(content, found)):
        return texts[fitting[0]]
    text = to_unicode(content, found)
    return text if _fits(text) or not texts else min((text, *texts.values()), key=_damaged)


def _is_in_another_script(content: bytes, found: str) -> bool:
    foreign = sum(byte > 0x7F for byte in content)
    return states_other_alphabet(content) or (foreign >= _ENOUGH_BYTES and not is_latin(found))


def _fits(text: str) -> bool:
    return _damaged(text) <= _TOLERATED_SHARE * (len(text) - len(text.encode("ascii", "ignore")))


def _damaged(text: str) -> int:
    """How many characters could not be decoded, or are controls that no text has (C1, U+0080 to U+009F)."""
    return text.count("\ufffd") + len(_C1.findall(text))
