"""Labels of charsets: where documents and servers write them, and which codec each stands for.

Labels are those of the WHATWG's Encoding Standard, by which "iso-8859-1" means windows-1252 and "gb2312" GBK; what the
standard leaves out and feeds still use (EBCDIC's and hz among them) is looked up among Python's codecs.
"""

import re
from collections.abc import Iterator

import webencodings
from w3lib.encoding import resolve_encoding

# Until the body begins; comments and scripts may show a declaration without making one. Possessive: linear.
_DECLARATIONS = re.compile(
    rb"<!--.*?(?:-->|\Z)|<(script|style|title)\b.*?(?:</\1|\Z)|<meta[\s/](?P<meta>[^>]*+)"
    rb"|<\?xml\s(?P<xml>[^>]{0,400})|(?P<end><body\b)",
    re.IGNORECASE | re.DOTALL,
)
_HEAD_BYTES = 64_000
_LABEL = rb"\s*[\"']?\s*(?P<label>[A-Za-z0-9][\w.:-]{0,40})"
_CHARSET = re.compile(rb"\bcharset\s*=" + _LABEL, re.IGNORECASE)
_OWN_CHARSET = re.compile(rb"(?:^|[\s\"'/])charset\s*=" + _LABEL, re.IGNORECASE)
_CONTENT_TYPE = re.compile(rb"http[-_]?equiv\s*=\s*[\"']?\s*content[-_ ]?type", re.IGNORECASE)
_CONTENT = re.compile(rb"\bcontent\s*=\s*(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_ENCODING = re.compile(rb"\bencoding\s*=" + _LABEL, re.IGNORECASE)
_XML_DECLARATION = re.compile(rb"<\?xml\s([^>]{0,400})", re.IGNORECASE)
_UTF8 = "utf-8"
# Python's own codecs for these lack characters that browsers know: "①", "㈱", half-width katakana.
_WIDER = {"euc_jp": "euc_jis_2004", "iso2022_jp": "iso2022_jp_ext"}


def codec_of(label: str) -> str | None:
    """The Python codec that a label stands for; None where it stands for nothing that is text."""
    label = label.strip().lower()
    known = webencodings.lookup(label)
    if known is None or known.name in ("replacement", "x-user-defined"):
        codec = resolve_encoding(label)
    else:
        codec = resolve_encoding(known.name) or known.codec_info.name
    return _WIDER.get(codec, codec) if codec else None


def header_codecs(content_type: str | None) -> list[str]:
    """The codec that a Content-Type header names, however it is quoted; else none."""
    return _codecs(_CHARSET.search((content_type or "").encode("latin-1", "replace")))


def xml_codecs(content: bytes) -> list[str]:
    """The codec that the XML declaration at the start of a document names; else none."""
    declaration = _XML_DECLARATION.search(content[:500])
    return _codecs(_ENCODING.search(declaration[1])) if declaration else []


def page_codecs(content: bytes) -> list[str]:
    """The codecs that a page's meta elements and XML declaration name, in their order (HTML, section 13.2.3.2)."""
    return list(dict.fromkeys(_declared(content[:_HEAD_BYTES])))


def _declared(head: bytes) -> Iterator[str]:
    for match in _DECLARATIONS.finditer(head):
        if match["end"]:
            return
        if match["xml"]:
            yield from _codecs(_ENCODING.search(match["xml"]))
        elif match["meta"]:
            yield from (_UTF8 if codec.startswith("utf-16") else codec for codec in _of_meta(match["meta"]))


def _of_meta(attributes: bytes) -> list[str]:
    """By its own attribute, else by its content, if that stands for the Content-Type header."""
    own = _codecs(_OWN_CHARSET.search(_CONTENT.sub(b"", attributes)))
    return own or (_codecs(_CHARSET.search(attributes)) if _CONTENT_TYPE.search(attributes) else [])


def _codecs(match: re.Match[bytes] | None) -> list[str]:
    codec = codec_of(match["label"].decode("latin-1")) if match else None
    return [codec] if codec else []
