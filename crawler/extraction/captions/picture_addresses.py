"""Addresses of pictures, wherever pages keep them.

Scripts that load pictures late keep the address in an attribute of their own and put a placeholder into `src`; pages
for many screens give a list of addresses (`srcset`, HTML, 4.8.4.3.8) of the picture or of the `source` elements beside
it. Every later step asks `src` alone.
"""

import re

from crawler.extraction.document.tree import Element, attributes_of

_FIRST = ("data-src", "data-original", "data-lazy-src")
# No name of a smaller, broken or other one; "nitro-lazy-src" holds an address, "data-delayed-url" perhaps a page's.
_NAME = re.compile(
    r"(?!.*(?:placeholder|preview|thumb|tiny|small|low|blur|error|fallback|author|avatar|icon|logo))"
    r"(?:(?P<picture>[a-z0-9-]+src)|[a-z0-9-]+(?:-url|-original|-lazy|-lazyload|-image|-file))"
)
_SET_NAME = re.compile(r"[a-z0-9-]*srcset")
_PICTURE_FILE = re.compile(r"[^\s{}\[\]]+\.(?:jpe?g|png|gif|webp|avif)\b[^\s{}\[\]]*", re.I)
_NO_ADDRESS = ("#", "data:", "about:", "blob:", "javascript:")
_PLACEHOLDER = re.compile(
    r"(?:[a-z0-9]+[-_])?(?:blank|placeholder|spacer|transparent|1x1|lazy|lazyload|loading|loader)"
    r"(?:[-_.]?[a-z0-9]+){0,2}\.(?:gif|png|svg|jpe?g|webp)|pixel\.(?:gif|png)",
    re.I,
)
_LONGEST_PLACEHOLDER = 40
# A candidate: its address, which may hold commas but not end in one, and the descriptors up to the next comma.
_CANDIDATE = re.compile(r"[\s,]*+(\S*[^\s,])(?:,+|\s++([^,(]*+(?:\([^)]*+\)[^,(]*+)*+),?|$)")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)[wx]\b")
_LONGEST_SET = 20_000


def show_address(image: Element) -> None:
    """Put the picture's address into `src`, where it stands elsewhere and `src` holds none, or a placeholder."""
    shown = (image.get("src") or "").strip()
    address = next((value for name in _FIRST if _is_real(value := (image.get(name) or "").strip())), None)
    if address is None and not _is_real(shown):
        address = _in_attributes(image) or _largest(image) or _of_sources(image)
    if address is not None:
        image.set("src", address)
    elif shown.startswith(_NO_ADDRESS):
        del image.attrib["src"]


def largest_of(candidates: str) -> str | None:
    """The address of the largest picture in a `srcset`; None where there is none.

    >>> largest_of("/a.jpg 320w, /b,c.jpg 1280w")
    '/b,c.jpg'
    """
    best, size = None, -1.0
    for match in _CANDIDATE.finditer(candidates[:_LONGEST_SET]):
        stated = _SIZE.search(match[2] or "")
        candidate = float(stated[1]) if stated else 0.0
        if candidate > size and _is_real(match[1]):
            best, size = match[1], candidate
    return best


def _is_real(address: str) -> bool:
    """Whether it is an address, and neither a placeholder's nor a pattern that a script fills in."""
    if not address or "{" in address or address.startswith(_NO_ADDRESS):
        return False
    name = address.partition("?")[0].rpartition("/")[2]
    return len(name) > _LONGEST_PLACEHOLDER or not _PLACEHOLDER.fullmatch(name)


def _in_attributes(image: Element) -> str | None:
    for name, value in attributes_of(image):
        named, text = _NAME.fullmatch(name), value.strip()
        if named and _is_real(text) and (_PICTURE_FILE.fullmatch(text) or (named["picture"] and " " not in text)):
            return text
    return None


def _largest(element: Element) -> str | None:
    sets = (value for name, value in attributes_of(element) if _SET_NAME.fullmatch(name))
    return next((address for value in sets if (address := largest_of(value))), None)


def _of_sources(image: Element) -> str | None:
    """The largest picture of the first `source` beside it that has any."""
    sources = (source for picture in image.iterancestors("picture") for source in picture.iter("source"))
    return next((address for source in sources if (address := _largest(source))), None)
