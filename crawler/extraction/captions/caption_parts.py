"""Division of a caption's element into description and credit.

Credits stand in elements named so, behind an element that is a label, or in one whose text is made of names.
"""

import re

from bs4.element import NavigableString, Tag

from crawler.extraction.body.boilerplate import element_names
from crawler.extraction.captions.credits import clean_credit, is_label, is_names_only, is_prose, looks_like_credit
from crawler.extraction.captions.picture_units import CAPTION_NAMES
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.soups import first_in, tags_in
from crawler.extraction.texts import first_of_each, squeezed, word_key
from text.languages import alternatives

MAXIMUM_CREDIT = 120
"""Characters of the longest credit that stands in an element of its own."""

_BARE_LABEL = re.compile(
    rf"(?:{alternatives(lambda language: language.captions.credit_labels)}|image copyright)"
    rf"(?:\s+(?:{alternatives(lambda language: language.captions.credited_by)}))?\W*",
    re.I,
)
_CAPTION_LABEL = re.compile(r"(?:(?:image|photo|picture) )?caption\W*", re.I)
_CUT = ("…", "...")
_SENTENCE_ENDS = tuple(".!?…。”\"'")
_PAPER = re.compile(rf"\b(?:{alternatives(lambda language: language.captions.paper_names)})$")
CREDIT_NAMES = named_for("credit")
ONLY_CREDIT = frozenset({"credit", "credits", "copyright"})


def divided(container: Tag) -> tuple[str, str | None]:
    """The text of a caption's element and the credit that its elements set apart."""
    segments: list[tuple[str, bool]] = []
    _collect(container, segments, False)
    return _divide([(squeezed(part), named) for part, named in segments])


def is_only_credit(element: Tag) -> bool:
    """Whether an element is named as a credit and as nothing else."""
    return not element_names(element).isdisjoint(ONLY_CREDIT) and _is_credit_named(element)


def is_credit_label(text: str) -> bool:
    """Whether a text is a label whose credit stands in another element: "Photo:", "Credit", "Photo by"."""
    return is_label(text) or bool(_BARE_LABEL.fullmatch(text))


def _divide(segments: list[tuple[str, bool]]) -> tuple[str, str | None]:
    """Text and credit of a container: named credits and what stands behind one, else what looks like credit."""
    kept = _without_cut_ones(first_of_each([segment for segment in segments if segment[0]], lambda segment: segment[0]))
    kept = _labelled(kept)
    if not any(named for _, named in kept):
        return _divide_unnamed([text for text, _ in kept])
    texts: list[str] = []
    credits: list[str] = []
    follows = False
    for text, named in kept:
        follows = named or (follows and (looks_like_credit(text) or is_names_only(text)))
        (credits if follows else texts).append(text)
    return " ".join(texts), clean_credit(" ".join(dict.fromkeys(credits)))


def _without_cut_ones(segments: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The segments without those that end in dots and begin another: "A ferryman ties up his..."."""
    if not any(text.endswith(_CUT) for text, _ in segments):
        return segments
    keys = [word_key(text) for text, _ in segments]
    return [
        segment
        for segment, key in zip(segments, keys, strict=True)
        if not (segment[0].endswith(_CUT) and any(other != key and other.startswith(key) for other in keys))
    ]


def _labelled(segments: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The segments without those that are a label and nothing else; what stands behind one is credit."""
    found: list[tuple[str, bool]] = []
    follows = False
    for text, named in segments:
        label = is_credit_label(text)
        if not label and not _CAPTION_LABEL.fullmatch(text):
            found.append((text, named or (follows and len(text) < MAXIMUM_CREDIT and not is_prose(text))))
        follows = label
    return found


def _divide_unnamed(texts: list[str]) -> tuple[str, str | None]:
    credited = [text for text in texts if looks_like_credit(text)]
    if len(texts) > 1 and not credited and is_names_only(texts[-1]) and sum(map(len, texts[:-1])) > 25:
        credited = texts[-1:] if len(texts[-1].split()) < 6 else []
    if len(texts) > 1 and not credited and _PAPER.search(texts[0]) and is_names_only(texts[0]):
        credited = texts[:1] if len(texts[1]) > 60 and texts[-1].endswith(".") else []
    if credited and len(credited) < len(texts):
        return " ".join(text for text in texts if text not in credited), clean_credit(credited[0])
    return " ".join(texts), None


def _collect(element: Tag, segments: list[tuple[str, bool]], named: bool) -> None:
    """The texts of a container in order, each with whether it stands in an element named as credit."""
    buffer: list[str] = []

    def flush() -> None:
        if buffer:
            segments.append(("".join(buffer), named))
            buffer.clear()

    for child in element.children:
        if isinstance(child, NavigableString):
            buffer.append(str(child))
        elif isinstance(child, Tag) and child.name not in ("img", "picture", "noscript", "video", "button"):
            is_credit = named or child.name in ("cite", "footer") or _is_credit_named(child)
            inline = (
                child.name in ("a", "b", "i", "em", "strong", "u", "sup", "sub", "mark", "abbr", "font")
                and not is_credit
            )
            if inline and _is_name_behind(child, "".join(buffer)):
                flush()
                segments.append((child.get_text(), True))
            elif inline and first_in(child) is None:
                buffer.append(child.get_text())
            elif child.name == "br":
                flush()
            else:
                flush()
                _collect(child, segments, is_credit)
    flush()


def _is_name_behind(element: Tag, before: str) -> bool:
    """Whether a name in italics stands behind the caption's sentence, and nothing behind the name."""
    text = squeezed(element.get_text())
    last = element.name in ("em", "i") and not any(squeezed(str(node)) for node in element.next_siblings)
    return last and before.rstrip()[-1:] in _SENTENCE_ENDS and " " in text and is_names_only(text)


def _is_credit_named(element: Tag) -> bool:
    names = element_names(element)
    if names.isdisjoint(CREDIT_NAMES) or len(element.get_text()) > 200:
        return False
    if names.isdisjoint(CAPTION_NAMES):
        return True
    inner = list(tags_in(element, "span", "div", "p"))
    return bool(names & ONLY_CREDIT) and all(element_names(child).isdisjoint(CAPTION_NAMES) for child in inner)
