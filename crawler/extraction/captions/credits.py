"""Picture credits: where a caption ends and its credit begins.

Credits stand behind the caption in brackets, behind a label ("Photo:", "Foto:", "©"), behind a slash, or bare
("... in Paris. AFP"). "FILE -" and "File photo" stay in the text: they say what the picture is.
"""

import re
from functools import cache, lru_cache
from pathlib import Path

from text.agencies import agency
from text.languages import alternatives, phrases
from text.tables import table_names

_TABLE = Path(__file__).parents[1] / "tables" / "picture_agencies.txt"
_LABEL = alternatives(lambda language: language.captions.credit_labels)
_BY = alternatives(lambda language: language.captions.credited_by)
_BUTTONS = re.compile(rf"(?:(?<![\s,])[\s,]*(?:{alternatives(lambda language: language.captions.buttons)}))+$", re.I)
_NOISE = re.compile(rf"(?:{alternatives(lambda language: language.captions.noise)})\W*", re.I)
_NOT_BEFORE_LABEL = "".join(
    rf"(?<!\b{word} )" for word in ("AP", "EFE", *phrases(lambda language: language.captions.not_before_label))
)
_LABELLED = re.compile(
    rf"(?:^|(?<=[\s(\[（|/.,;:–—»”。！」\"'-])){_NOT_BEFORE_LABEL}(?:(?:©|ⓒ|\(c\)|℗)\s*:?\s*(?:(?:{_LABEL})\s*[:：]\s*)?|"
    rf"(?:{_LABEL})(?:\s+(?:{_BY}))?\s*[:：]\s*|"
    rf"(?:{alternatives(lambda language: language.captions.credit_labels_before_by)})\s+(?:{_BY})\s+|"
    rf"{alternatives(lambda language: language.captions.credit_phrases)})",
    re.I,
)
_BRACKETED = re.compile(r"\s*[(\[（【]\s*((?:[^()\[\]（）【】]|\([^()]{1,40}\)){2,120})\s*[)\]）】]\s*[.–-]?\s*$")
_SLASHED = re.compile(r"\s+[/|]\s*([^/|.!?][^|.!?]{2,80})$")
_AFTER_SENTENCE = re.compile(
    r"(?:(?<=[.!?…»”\"'’)])\s+|(?<=[a-zß-ÿ][.!?])(?=[A-ZÀ-Þ]))([^.!?]{2,90}?(?:\.(?:de|com|net|org|tv|ch|at))?)\s*$"
)
_ENDING = re.compile(
    rf"\s*[＝=]\s*([^＝=。、\s]{{1,20}})\s*$|{alternatives(lambda language: language.captions.credit_endings)}"
)
_LOWER = "a-zß-ÿа-яёіїєґα-ωάέήίόύώčďěňřšťůžćđłńśźżőűăâșțğışœ"
_NAME_WORD = (
    rf"(?:[^\W\d_{_LOWER}][\w.'’&-]*|{alternatives(lambda language: language.captions.credit_particles)}|@\w+|[a-z]"
    r"+\.(?:de|com|net|org|at|ch))"
)
_ONLY_NAMES = re.compile(rf"{_NAME_WORD}(?:[\s/,|&+-]+{_NAME_WORD})*\.?")
_NAMED_FOR = re.compile(rf"{_NAME_WORD}(?:\s+{_NAME_WORD})+\s?/\s?[\w.]{{3,}}")
# Three words in lower case; where letters have no case, a sentence's end or more words than names have.
_PROSE = re.compile(
    rf"[{_LOWER}]{{2,}}\s+[{_LOWER}]{{2,}}\s+[{_LOWER}]{{2,}}|[가-힣]다\.|。\S|(?:[\u0590-\u06ff\u0900-\u0dff]{{2,}}\s+){{7}}"
)
_NEXT_SENTENCE = re.compile(rf"[.!?]\s+\S+\s+[{_LOWER}]+\s+[{_LOWER}]+")
_LONGEST = 120
_LONGEST_TEXT = 2000
"""Characters of the longest text in which a credit is looked for."""
# Words for screen readers: "Image source, Getty Images".
_COMMA_LABEL = re.compile(rf"(?:{_LABEL})\s*[,،，]\s*(?=\S)", re.I)
_CLOSED = re.compile(r"[^()\[\]（）]{2,200}(?:\([^()]*\)[^()]*)?[)\]）]\W*")
_FILE_PICTURE = re.compile(rf"(?:{alternatives(lambda language: language.captions.archive_names)})\b", re.I)
_INSIDE_LABEL = re.compile(
    rf"^(?:{alternatives(lambda language: language.captions.labels_inside_credits)})\s+(?=[A-ZÀ-ÞА-Я@])", re.I
)
_PLUSES = re.compile(r"\s*\+{2,}.*$")
_FILED = re.compile(rf"^(?:{alternatives(lambda language: language.captions.filed)})\s*:\s*", re.I)
_TITLE_BEHIND = re.compile(alternatives(lambda language: language.captions.titles_behind_credits))
_NO_CREDIT = re.compile(alternatives(lambda language: language.captions.no_credit_in_brackets), re.I)
_ABBREVIATED = re.compile(rf"\b(?:{alternatives(lambda language: language.captions.credit_abbreviations)}|\w\.\w)\.$")
# "... in the capital - Jo Doe/Agency", in some papers with the day between: "- Jo Doe - 3.mai.24/Agency".
_DASHED = re.compile(
    r"\s+[-–—]+\s*(([^-–—/]{3,40}?)(?:\s+[-–—]\s+\d[\w.]{4,12})?\s?/\s?[^-–—/.]{2,40}|[^-–—/.]{2,30})$"
)
# Two to four words behind a sentence's end; the short word before the point is an abbreviation ("Sen. Jo Doe").
_AUTHOR_BEFORE = re.compile(
    rf"(?<!\w)(?:\w{{5,}}|[{_LOWER}]{{3,}}|\d+)[.!?…][\"”»’)]*\s+(?:[/|–—-]\s+)?([^\W\d_][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){{1,3}})$"
)
# "Photo: Jo Doe | A boat ...", "AFP – A boat ...": the credit stands before the caption, a separator between them.
_FIRST = re.compile(r"(\S[^|–—]{1,80}?)\s*(?:\s[–—-]\s|\|)\s*(\S.*)", re.S)
_INSIDE = re.compile(r"\s*[(\[（]([^()\[\]（）]{2,80})[)\]）](?=\s*\w)")
# A name behind a sentence and a dash or bullet: "... in the old town. — Jo Doe".
_MARKED_NAME = re.compile(r"(?<=[.!?…»”\"'’)])\s+[–—•·*-]\s+([^.!?–—•]{4,50})$")
# "... in Madrid JO DOE": two or three words in capitals behind one in lower case.
_CAPITALS = re.compile(rf"(?<=[{_LOWER}0-9.])\s+([A-ZÀ-Þ][A-ZÀ-Þ.'’-]+(?:\s[A-ZÀ-Þ][A-ZÀ-Þ.'’-]+){{1,2}})$")
# "... in Madrid Jo Doe/Lusa": first name, last name and an agency.
_NAME_AND_HOUSE = re.compile(r"\s(\S+\s\S+?)\s?/\s?([^/|.]{2,40})$")
_WRITTEN_FOR = alternatives(lambda language: language.bylines.written_for)
_NAME_FOR_HOUSE = re.compile(
    rf"(?<=[.!?…”\"’)])\s+((?:{_NAME_WORD}[\s,]+){{2,4}}(?:(?i:{_WRITTEN_FOR}))\s+(?:the\s)?\W{{0,3}}"
    rf"[^\W\d_{_LOWER}][^.!?]{{2,40}})$"
)
# "(ABC News: Jo Doe)"
_HOUSE_AND_NAME = re.compile(r"([^:]{2,30}):\s+([^:]{4,60})")
_FEWEST_WORDS = 5
_STRIPPED = " |–—-,;:/•·*"


@cache
def _picture_agencies() -> re.Pattern[str]:
    names = sorted(table_names(_TABLE), key=len, reverse=True)
    joined = "|".join(map(re.escape, names))
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)")


@lru_cache(maxsize=1024)
def split_credit(text: str) -> tuple[str, str | None]:
    """The caption and its credit; the caption comes back empty where the text is nothing but credit."""
    if len(text) > _LONGEST_TEXT:
        return text, None
    text = without_buttons(text)
    for split in _SPLITS:
        found = split(text)
        if found:
            caption, credit = found[0].rstrip(_STRIPPED + "([（【"), clean_credit(found[1])
            if credit:
                return caption, credit
    return text, None


@lru_cache(maxsize=1024)
def without_buttons(text: str) -> str:
    """A text without the buttons and offers of licences that stand behind it."""
    return _BUTTONS.sub("", text)


def is_button(text: str) -> bool:
    """Whether a text is nothing but buttons of a gallery and offers of licences."""
    return not without_buttons(text).strip(_STRIPPED + ".") or bool(_NOISE.fullmatch(text.strip(_STRIPPED + "+")))


def is_prose(text: str) -> bool:
    """Whether a text holds words that no credit is made of."""
    return bool(_PROSE.search(text))


def is_label(text: str) -> bool:
    """Whether a text is a label ("Photo:", "Credit...") whose credit stands elsewhere."""
    return bool(_LABELLED.fullmatch(text)) and text[-1:] not in "©ⓒ"


def clean_credit(text: str) -> str | None:
    """A credit without labels and brackets around it; None where nothing is left."""
    credit = text.strip()
    for _ in range(4):
        before = credit
        match = _LABELLED.match(credit) or _COMMA_LABEL.match(credit)
        credit = credit[match.end() :].strip() if match else credit
        credit = _PLUSES.sub("", without_buttons(credit.strip(_STRIPPED))).removesuffix(" .")
        if credit[:1] in "([（【" and credit[-1:] in ")]）】" and credit[:1]:
            credit = credit[1:-1].strip()
        for opening, closing in ("()", "（）", "[]"):
            if credit.count(opening) < credit.count(closing):
                credit = credit.rstrip(closing).rstrip()
            if credit.count(opening) > credit.count(closing):
                credit = credit.lstrip(opening).lstrip()
        inside = _INSIDE_LABEL.match(credit)
        if inside and _picture_agencies().match(credit, inside.end()):
            credit = credit[inside.end() :]
        if credit == before:
            break
    credit = _TITLE_BEHIND.sub("", credit)
    if credit.endswith(".") and not _ABBREVIATED.search(credit):
        credit = credit[:-1]
    halves = credit.split(" | ")
    credit = halves[0] if len(set(halves)) == 1 else credit
    return credit if re.search(r"\w", credit) else None


def looks_like_credit(text: str) -> bool:
    """Whether a short text credits somebody rather than describing a picture."""
    if not text or len(text) > _LONGEST:
        return False
    if agency(text) or (_LABELLED.match(text) and not _PROSE.search(text)):
        return True
    comma = _COMMA_LABEL.match(text)
    if comma and is_names_only(text[comma.end() :]):
        return True
    if len(text) < 90 and _picture_agencies().search(text) and not _PROSE.search(text):
        return True
    text = _FILED.sub("", text)
    return bool("/" in text and (_ONLY_NAMES.fullmatch(text) or _NAMED_FOR.fullmatch(text)))


def is_names_only(text: str) -> bool:
    """Whether a text is made of capitalised names and nothing else."""
    return len(text) < 60 and bool(_ONLY_NAMES.fullmatch(text))


def _split_first(text: str) -> tuple[str, str] | None:
    """The caption behind its credit, where the credit is labelled or an agency's: "Photo: Jo Doe | A boat ..."."""
    match = _FIRST.match(text)
    if not match or len(match[2].split()) < _FEWEST_WORDS or _PROSE.search(match[1]):
        return None
    label = _LABELLED.match(match[1])
    labelled = label is not None and label.end() < len(match[1])
    return (match[2], match[1]) if labelled or agency(match[1]) else None


def _split_inside(text: str) -> tuple[str, str] | None:
    """The caption around its credit, which stands labelled in brackets: "A man (Photo: Jo Doe) runs."."""
    for match in _INSIDE.finditer(text):
        label = _LABELLED.match(match[1])
        if label and len(match[1]) - label.end() > 1 and not _PROSE.search(match[1]):
            return f"{text[: match.start()]} {text[match.end() :].lstrip()}", match[1]
    return None


def _split_labelled(text: str) -> tuple[str, str] | None:
    for match in _LABELLED.finditer(text):
        rest = text[match.end() :]
        inside = rest.strip(" .)]")
        opened = text[: match.start()].rstrip()[-1:]
        inside_another = opened not in "([（" and _is_open(text[: match.start()])
        if inside_another and (bracketed := _split_bracketed(text) or _split_labelled_bracket(text)):
            return bracketed
        if opened in "([（" and opened and _CLOSED.fullmatch(rest):
            return text[: match.start()], rest
        if _FILE_PICTURE.match(inside):
            continue
        if 1 < len(inside) <= _LONGEST and not _NEXT_SENTENCE.search(rest) and not _PROSE.search(inside):
            return text[: match.start()], rest
    return None


def _split_labelled_bracket(text: str) -> tuple[str, str] | None:
    """The credit in brackets whose label stands inside: "(Example Photo by Jo Doe)"."""
    match = _BRACKETED.search(text)
    return (text[: match.start()], match[1]) if match and not _PROSE.search(match[1]) else None


def _is_open(text: str) -> bool:
    """Whether a bracket stands open at the end of a text."""
    return text.count("(") > text.count(")") or text.count("[") > text.count("]")


def _split_bracketed(text: str) -> tuple[str, str] | None:
    match = _BRACKETED.search(text)
    if not match:
        return None
    before, inside = text[: match.start()].rstrip(), match[1].strip()
    if _NO_CREDIT.fullmatch(inside):
        return None
    label = _INSIDE_LABEL.match(inside)
    if label and is_names_only(inside[label.end() :]):
        return before, inside[label.end() :]
    if agency(inside):
        return _with_names(before, inside, f" ({inside})")
    house = _HOUSE_AND_NAME.fullmatch(inside)
    if house and is_names_only(house[1]) and is_names_only(house[2]) and not _NO_CREDIT.fullmatch(house[1]):
        return before, inside
    if looks_like_credit(inside) or (before.endswith((".", "!", "?", "”", '"')) and is_names_only(inside)):
        return before, inside
    return None


def _split_east_asian(text: str) -> tuple[str, str] | None:
    match = _ENDING.search(text)
    if not match:
        return None
    credit = next(group for group in match.groups() if group)
    if re.search(r"[でに]|午[前後]|[年月日]", credit) or (
        match[1] and credit.isascii() and not looks_like_credit(credit)
    ):
        return None
    return text[: match.start()].rstrip("＝= "), credit


def _with_names(before: str, credit: str, behind: str) -> tuple[str, str]:
    """Caption and credit where the picture's author may stand between them: "... on May 3. JO DOE / AFP"."""
    match = _AUTHOR_BEFORE.search(before)
    if match and all(word[:1].isupper() for word in match[1].split()):
        return before[: match.start(1)].rstrip(" /|"), match[1] + behind
    return before, credit


def _split_dashed(text: str) -> tuple[str, str] | None:
    match = _DASHED.search(text)
    if not match:
        return None
    known = agency(match[1]) or _picture_agencies().fullmatch(match[1])
    if known or (is_names_only(match[2] or "") and " " in match[2].strip()):
        return text[: match.start()], match[1]
    return None


def _split_slashed(text: str) -> tuple[str, str] | None:
    match = _SLASHED.search(text)
    if match and (is_names_only(match[1].strip(' "“”«»')) or looks_like_credit(match[1].strip())):
        return _with_names(text[: match.start()], match[1], text[match.start() :])
    return None


def _split_bare(text: str) -> tuple[str, str] | None:
    match = _AFTER_SENTENCE.search(text)
    if match and looks_like_credit(match[1].strip()):
        return text[: match.start()], match[1]
    name = _MARKED_NAME.search(text)
    if name and is_names_only(name[1]) and " " in name[1].strip():
        return text[: name.start()], name[1]
    house = _NAME_FOR_HOUSE.search(text) or re.search(r"\s+((?:AP Photo|REUTERS|EPA|AFP PHOTO)/.{2,60})$", text)
    return (text[: house.start()], house[1]) if house else _split_unmarked(text)


def _split_unmarked(text: str) -> tuple[str, str] | None:
    """The credit behind no mark at all: a name in capitals, or two names, a slash and an agency."""
    capitals = _CAPITALS.search(text)
    if capitals and len(text[: capitals.start()].split()) >= _FEWEST_WORDS - 1:
        return text[: capitals.start()], capitals[1]
    named = _NAME_AND_HOUSE.search(text)
    if named and is_names_only(named[1]) and (agency(named[2]) or _picture_agencies().fullmatch(named[2])):
        return text[: named.start()], text[named.start(1) :]
    return None


_SPLITS = (
    _split_first, _split_labelled, _split_bracketed, _split_east_asian, _split_dashed, _split_slashed, _split_bare,
    _split_inside,
)  # fmt: skip
