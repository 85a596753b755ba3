"""Detection of the charset that undeclared text is written in.

Firefox's detector finds it, with the language that the page states in place of the top-level domain. It was made for
text: in a page of ASCII whose few other characters are quotes, "©" and no-break spaces it sees Central European or
Cyrillic letters one time in ten. So what it finds beside windows-1252 has to show in words: foreign characters that
stand next to letters, or next to one another.
"""

import re

import chardetng_py

from text.charset_labels import codec_of

WESTERN = "cp1252"
_LATIN = re.compile(r"cp125[02478]|iso8859-(?:[1-4]|9|1[03-6])|mac")
_SAMPLE_BYTES = 40_000
_LANGUAGE = re.compile(
    rb"(?:<(?:html|feed)\b[^>]{0,2000}?\s(?:xml:)?lang\s*=\s*[\"']?|<language>\s*)([a-z]{2})(?:-(hant|tw|hk))?\b",
    re.IGNORECASE,
)
_ANY_LANGUAGE = "en"  # what templates say by default
# Languages that windows-1252 can't write, with the top-level domain that the detector knows each by.
_DOMAINS = {
    "ar": "sa", "be": "by", "bg": "bg", "bs": "ba", "cs": "cz", "el": "gr", "fa": "ir", "he": "il", "hr": "hr",
    "hu": "hu", "ja": "jp", "ko": "kr", "lt": "lt", "lv": "lv", "mk": "mk", "pl": "pl", "ro": "ro", "ru": "ru",
    "sk": "sk", "sl": "si", "sr": "rs", "th": "th", "tr": "tr", "uk": "ua", "vi": "vn", "zh": "cn",
}  # fmt: skip
# One of these is a character of its own; runs of other bytes are words of another script.
_RUN = re.compile(rb"[\x80-\x9f\xa1-\xff]{2,}")
_FOREIGN = re.compile(rb"[\x80-\xff]")
_CONTROL = re.compile(rb"[\x80-\x9f]")
_SIGNS = frozenset("©®«»™".encode("cp1252"))  # they stand next to words in any language
_IN_WORD = re.compile(rb"(?<=[A-Za-z])[\x80-\xff]|[\x80-\xff](?=[A-Za-z])")


def detected(content: bytes) -> str:
    """The Python codec of what is neither ASCII nor UTF-8; windows-1252 where nothing speaks for another."""
    first = _FOREIGN.search(content)
    start = max(0, (first.start() if first else 0) - 200)
    sample = content[start : start + _SAMPLE_BYTES]
    language, domain = _language(content)
    hint = domain or (None if language in ("", _ANY_LANGUAGE) else language)
    codec = codec_of(chardetng_py.detect(sample, tld=hint.encode("ascii") if hint else None)) or WESTERN
    if codec == WESTERN or domain:
        return codec
    shows = (language in ("", _ANY_LANGUAGE) and _in_words(sample, codec)) if is_latin(codec) else _in_runs(sample)
    return codec if shows else WESTERN


def is_latin(codec: str) -> bool:
    """Whether a one-byte codec adds to ASCII letters of the Latin script alone."""
    return _LATIN.match(codec) is not None


def states_other_alphabet(content: bytes) -> bool:
    """Whether a page names a language that windows-1252 can't write."""
    return bool(_language(content)[1])


def _language(content: bytes) -> tuple[str, str]:
    """The language of a page or feed, and the domain for one that windows-1252 can't write; else empty."""
    stated = _LANGUAGE.search(content[:4000])
    if stated is None:
        return "", ""
    language = stated[1].decode("ascii").lower()
    region = (stated[2] or b"").decode("ascii").lower().replace("hant", "tw")
    return language, region if language == "zh" and region else _DOMAINS.get(language, "")


def _in_words(sample: bytes, codec: str) -> bool:
    """Whether most bytes that mean something else than in windows-1252 stand next to letters.

    Controls (U+0080 to U+009F) are in no text: where ISO 8859 has them, windows-1252 has quotes.
    """
    if codec.startswith("iso8859") and _CONTROL.search(sample):
        return False
    differing = {byte for byte in range(0x80, 0x100) if _meaning(byte, codec) != _meaning(byte, WESTERN)} - _SIGNS
    count = sum(match[0][0] in differing for match in _FOREIGN.finditer(sample))
    return 2 * sum(match[0][0] in differing for match in _IN_WORD.finditer(sample)) > count > 0


def _meaning(byte: int, codec: str) -> str:
    return bytes((byte,)).decode(codec, "replace")


def _in_runs(sample: bytes) -> bool:
    """Whether most bytes stand next to others, as in words of another script."""
    runs = sum(len(run) for run in _RUN.findall(sample) if len(set(run)) > 1)
    return 2 * runs > len(_FOREIGN.findall(sample))
