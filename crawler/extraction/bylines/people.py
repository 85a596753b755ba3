"""Names of people in a statement of authors.

Prefixes ("By", "Von", "Por"), roles, places, brackets and addresses are taken off; what names several people is split
in all common ways, but never "Last, First".
"""

import re

from text.agencies import agency
from text.cleaning import clean_text
from text.gazetteer import is_known_place
from text.languages import alternatives, phrases, words

_PREFIX = re.compile(
    rf"^(?:{alternatives(lambda language: language.bylines.leads_in)})\b\.?\s*[:：]?\s+"
    rf"|^(?:{alternatives(lambda language: language.bylines.leads_in_before_colon)})\s*[:：／/]\s*",
    re.I,
)
_AND = re.compile(
    rf"\s+(?:{alternatives(lambda language: language.bylines.joined_by)}|&|\+)\s+|\s*[;|•·/、／；]\s*|"
    r"\s+-\s+|\s+[–—]\s+"
)
_SHORT_AND = re.compile(rf"\s+(?:{alternatives(lambda language: language.bylines.joined_by_between_full_names)})\s+")
_COMMA = re.compile(r"\s*[,，]\s*")
_ADDRESS = re.compile(r"[\(\[<]?\s*\S+@\S+\.\S+?\s*[\)\]>]?(?=$|[\s,;])|https?://\S+|(?<!\w)@\w+|\bwww\.\S+")
_BRACKETS = re.compile(r"\s*[(\[（][^()\[\]（）]*[)\]）]")
_PLACE = re.compile(
    rf"\s+(?:{alternatives(lambda language: language.bylines.place_prepositions)})\s+"
    r"[A-ZÀ-ÞА-Я][\w.'’-]+(?:\s+[A-ZÀ-ÞА-Я][\w.'’-]+)?$"
    rf"|\s+(?:{alternatives(lambda language: language.bylines.before_any_place)})\s+\S+$"
)
_WEEKDAYS = words(phrases(lambda language: (name for names in language.dates.weekdays for name in names)))
_WHEN = re.compile(
    rf"\s+(?:{alternatives(lambda language: language.bylines.written_on)})\s+"
    rf"(?:(?:{_WEEKDAYS})\b|\w{{3,9}}\.?\s+\d|\d).*$",
    re.I,
)
_REPORTING = re.compile(rf"\s*\b(?:{alternatives(lambda language: language.bylines.reported_from)})\b[^;|]*", re.I)
_EDITING = re.compile(rf"\s*[;|,.–—-]\s*(?:{alternatives(lambda language: language.bylines.edited_by)})\b.*$", re.I)
_FOR = re.compile(rf"\s+(?:{alternatives(lambda language: language.bylines.written_for)})\s+\S.*$", re.I)
_PLACE_FIRST = re.compile(r"^([^:：«»\d]{2,30})[:：]\s+(?=[^\W\d_])")
# A station's name before the place of its studio: "ARD Wien", "BR Nürnberg".
_STATION = re.compile(r"^[A-ZÄÖÜ]{2,5}\s+(?P<place>\S.*)$")
_ROLE = re.compile(
    rf"\b(?:{alternatives(lambda language: language.bylines.roles)})\b"
    rf"|(?:{alternatives(lambda language: language.bylines.roles_behind_names)})$",
    re.I,
)
_TITLE = re.compile(rf"\s*(?:{alternatives(lambda language: language.bylines.titles_behind_names)})$")
_NO_NAME = re.compile(
    rf"^(?:{alternatives(lambda language: language.bylines.desk_names)})$"
    rf"|\b(?:{alternatives(lambda language: language.bylines.desk_words)})\b",
    re.I,
)
_NOBODY = re.compile(rf"^(?:{alternatives(lambda language: language.bylines.nobody)}|\d+|{_WEEKDAYS})$", re.I)
_NO_NAME_OPENING = re.compile(rf"(?:{alternatives(lambda language: language.bylines.no_name_openings)})\s")
_LABELS = re.compile(
    r"\W*(?:in this article|(?:about )?the authors?|follow|(?:our )?privacy policy|(?:posted|published|updated) on|"
    r"(?:member )?log ?in|sign in|read more|(?:expert|medical) reviewer|table of contents)\W*",
    re.I,
)
_NO_NAME_WORDS = re.compile(r"\b(?:about|all|article|authors?|follow|in this|our|policy|posted|published|the)\b", re.I)
_LAST_FIRST = re.compile(r"^\s*([^\W\d_][\w.'’-]+),\s+([^\W\d_][\w.'’-]*(?:\s+[^\W\d_]\.?)?)\s*$")
_BETWEEN_BARE_NAMES = re.compile(
    rf"\s*[/,&]\s*|\s+(?:{alternatives(lambda language: language.bylines.conjunctions)})\s+"
)
_NAME = re.compile(r"^[^\W\d_][\w.'’`´‑-]*$")
_PARTICLES = frozenset(phrases(lambda language: language.bylines.particles))
_LONGEST_NAME = 50
_NESTED = 3


def split_people(value: str) -> list[str]:
    """The names in one statement, in order, without prefixes, roles and places."""
    found: dict[str, str] = {}
    for part in _AND.split(without_prefix(value)):
        for piece in _split_commas(part):
            for name in _split_short(piece):
                cleaned = _clean_name(name)
                if cleaned and not (found and _is_place(cleaned)):
                    found.setdefault(cleaned.casefold(), cleaned)
    return list(found.values())


def without_prefix(value: str) -> str:
    """A statement without addresses, what stands in brackets, and its "By"."""
    text = _ADDRESS.sub(" ", clean_text(value) or "")
    for _ in range(_NESTED):
        text = _BRACKETS.sub("", text)
    text = _REPORTING.sub("", _WHEN.sub("", _EDITING.sub("", text))).strip(" ,;|:-–—([")
    for _ in range(2):
        text = _PREFIX.sub("", text).strip()
    filed = _PLACE_FIRST.match(text)
    return text[filed.end() :] if filed and is_known_place(filed[1]) else text


def _is_place(name: str) -> bool:
    """Whether what stands behind a name is where it was written: "Rio Branco", "ARD Wien"."""
    station = _STATION.match(name)
    return is_known_place(station["place"] if station else name)


def _split_commas(text: str) -> list[str]:
    pieces = [piece for piece in _COMMA.split(text) if piece]
    if len(pieces) < 2:
        return pieces
    if len(pieces) == 2 and all(len(piece.split()) == 1 for piece in pieces) and not any(map(agency, pieces)):
        return [", ".join(pieces)]
    # Behind full names a single word or a role is a place or a title: "Anna Martel, Lea Wagner, Nairobi".
    return [piece for i, piece in enumerate(pieces) if i == 0 or len(piece.split()) > 1 or agency(piece)]


def _split_short(text: str) -> list[str]:
    """At "y", "e", "i", only between full names: "Ortega y Gasset" is one."""
    pieces = _SHORT_AND.split(text)
    return pieces if len(pieces) > 1 and all(len(piece.split()) > 1 for piece in pieces) else [text]


def _clean_name(text: str) -> str | None:
    name = _PREFIX.sub("", text.strip(" ,;:|-–—*•")).strip()
    name = _FOR.sub("", _TITLE.sub("", name))
    if not agency(name):
        name = _PLACE.sub("", name)
    name = name.strip(" ,;:|-–—*•")
    if (
        not 1 < len(name) <= _LONGEST_NAME
        or _NOBODY.match(name)
        or name.startswith("«")
        or not re.search(r"[^\W\d_]{2}", name)
    ):
        return None
    if (
        _NO_NAME_OPENING.match(name)
        or _PREFIX.fullmatch(f"{name} ")
        or _LABELS.fullmatch(name)
        or (re.fullmatch(r"[a-zà-þ]{1,4}", name) and not agency(name))
    ):
        return None
    if len(name.split()) > 6 or re.search(r"\d|[!?:]", name):
        return None
    return name


def leads_in(text: str) -> bool:
    """Whether a line begins with a word that credits: "By", "Von", "Text:"."""
    return bool(_PREFIX.match(text))


def only_leads_in(text: str) -> bool:
    """Whether a line is such a word and no more: "Written by", "Autor:"."""
    return bool(_PREFIX.fullmatch(f"{text} "))


def names_role(name: str) -> bool:
    """Whether a name holds a word of roles, desks and companies: "Foreign desk", "Guardian staff reporter"."""
    return bool(_ROLE.search(name))


def is_person(name: str) -> bool:
    """Whether a name is written as a person's: two to four capitalised words, none of a role or of a label."""
    return is_bare_names(name) and is_proper(name) and not names_role(name) and not _NO_NAME_WORDS.search(name)


def first_last(value: str) -> str:
    """ "Doe, Jane" as "Jane Doe"; agencies side by side stay."""
    match = _LAST_FIRST.match(value)
    return f"{match[2]} {match[1]}" if match and not agency(match[1]) and not agency(match[2]) else value


def is_account(name: str) -> bool:
    """Whether a name is one word in small letters, as accounts of a publishing system are: "newsdesk", "jdoe"."""
    return name.islower() and len(name.split()) == 1


def is_bare_names(text: str) -> bool:
    """Whether a line is nothing but names of two to four capitalised words, divided by slashes, "and" or commas."""
    names = [name.split() for name in _BETWEEN_BARE_NAMES.split(text)]
    return all(
        2 <= len(words) <= 4 and all(word[:1].isupper() and _NAME.match(word) for word in words) for words in names
    )


def is_proper(name: str) -> bool:
    """Whether a name says more than "staff", "admin" or "news desk"."""
    return not _NO_NAME.search(name)


def is_written_as_name(name: str) -> bool:
    """Whether all words but particles begin with a capital, where the script has capitals."""
    words = [word for word in name.split() if word.lower() not in _PARTICLES]
    return bool(words) and not any(word[:1].islower() for word in words)
