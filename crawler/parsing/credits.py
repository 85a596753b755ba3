"""Who is credited for a picture, and where does the caption end and the credit begin?

Credits stand behind the caption in brackets, behind a label ("Photo:", "Foto:", "©"), or bare ("... in Paris. AFP").
"FILE -" and "File photo" stay in the text: they say what the picture is.
"""

import re

from crawler.parsing.agencies import agencies_in, agency

_LABELS = (
    r"photo(?:graph|s|graphs)?|photo credits?|photo courtesy|photo illustration|picture|pictures|pic|image|images|"
    r"image credit|credits?|credit line|foto|fotos|fotoğraf|fotograaf|bild|bilder|bildquelle|bildnachweis|bildrechte|"
    r"symbolfoto|symbolbild|archivfoto|archivbild|quelle|kredit|crédits? photos?|crédits?|photo d'archives|"
    r"fotografía|fotografia|imagen|imágenes|crédito|créditos|fonte|fuente|zdjęcie|fot\.|zdj\.|kuva|fotó|foto's|"
    r"beeld|фото|фотография|світлина|illustration|illustrasjon|ill\.|video|screenshot|screengrab|source|via|"
    r"handout|courtesy of|courtesy|copyright|grafik|grafica|snímek|φωτ|φωτογραφία|صورة|תצלום|צילום|写真|撮影|사진"
)
_MARK = r"(?:©|\(c\)|\(C\)|copyright\b|℗)"
_LABELLED = re.compile(
    rf"(?:^|(?<=[\s(\[|/.,;:–—-]))(?:{_MARK}\s*:?\s*|(?:{_LABELS})\s*(?:by|von|de|di|av|por|par|courtesy(?: of)?|credit)?\s*[:：/]\s*|"
    r"(?:photo(?:graph|s)?|picture|pictures|image|images|foto|bild|illustration|video)\s+(?:by|courtesy of|courtesy|credit|via|von|de|di|av|por|par)\s*:?\s+)",
    re.I,
)
_BRACKETED = re.compile(r"\s*[(\[（【]\s*([^()\[\]（）【】]{2,120})\s*[)\]）】]\s*\.?\s*$")
_HOUSES = re.compile(
    r"\b(?:AP(?: Photos?|/| Images)|AFP|REUTERS|Reuters|Getty(?: Images)?|gettyimages|iStock(?:photo)?|Shutterstock|Alamy|"
    r"EPA|EFE|dpa|DPA|picture alliance|picture-alliance|imago(?:stock)?|IMAGO|Imago|ddp|Keystone|KEYSTONE|NurPhoto|"
    r"Zuma(?: Press)?|ZUMA|Xinhua|Anadolu|Bloomberg|Unsplash|Pexels|Pixabay|WireImage|FilmMagic|Wikimedia(?: Commons)?|"
    r"Flickr|Facebook|Instagram|Twitter|TikTok|YouTube|Handout|Screenshot|Rex(?: Features)?|PA(?: Wire| Images| Media|/)|"
    r"Sipa|SIPA|Abaca|Magnum|NASA|USA TODAY(?: Sports)?|Postmedia|The Canadian Press|CP|Scanpix|NTB|TT|Ritzau|Lehtikuva|"
    r"ANSA|Ansa|LaPresse|Belga|BELGA|ANP|AAP|APA|Kyodo|Yonhap|PTI|ANI|TASS|MAXPPP|Hans Lucas|VCG|Splash|Backgrid|SWNS|"
    r"CC BY(?:-\w+)*|Europa Press|Action Images|Icon Sportswire|Adobe Stock|stock\.adobe\.com|Depositphotos|Dreamstime|"
    r"Gallo Images|Supplied|supplied|Contributed|Courtesy|archivo|via|Via|Photo|Foto|Pool|POOL|pool)\b"
)
_BARE = re.compile(r"(?:(?<=[.!?…»”\"')])|(?<=\s[|/–—-]))\s+([^.!?]{2,90}?(?:\.(?:de|com|net|org|tv|ch|at))?)\s*$")
_EAST_ASIAN = re.compile(
    r"\s*[＝=]\s*([^＝=。、\s]{1,20})\s*$|\s*（([^（）]{1,20})(?:撮影|提供)）\s*$|[.。]\s*([가-힣0-9]{2,8}(?:\s?(?:기자|제공))?)\s*$"
)
_ONLY_NAMES = re.compile(
    r"^(?:[^\W\d_a-zà-þ][\w.'’&-]*|de|von|van|der|den|di|da|del|la|le|und|and|for|via|/|,|\|)(?:[\s/,|&-]+(?:[^\W\d_a-zà-þ][\w.'’&-]*|de|von|van|der|den|di|da|del|la|le|und|and|for|via|/|,|\|))*$"
)
_PREFIX = re.compile(
    rf"^[\s(\[|/–—,;:-]*(?:(?:{_LABELS})\s*(?:by|credit|courtesy of|von|de|di|av|por|par)?\s*[:：]\s*|{_MARK}\s*:?\s*|"
    r"(?:photo(?:graph)?|picture|image|foto|bild|illustration|video)\s+(?:by|courtesy of|courtesy|credit|via|von|de|di|av|por|par)\s*:?\s+)+",
    re.I,
)  # fmt: skip
_MAXIMUM_CREDIT = 110


def split_credit(text: str) -> tuple[str, str | None]:
    """The caption and its credit; the caption may come back empty where the text is nothing but credit."""
    for split in (_split_bracketed, _split_east_asian, _split_labelled, _split_bare):
        found = split(text)
        if found:
            caption, credit = found
            return caption.rstrip(" |/–—-(（["), clean_credit(credit)
    return text, None


def clean_credit(text: str) -> str | None:
    """A credit without labels and brackets around it; None where nothing is left."""
    credit = text.strip()
    for _ in range(3):
        stripped = _PREFIX.sub("", credit).strip()
        if stripped.startswith(("(", "[", "（")) and stripped.endswith((")", "]", "）")):
            stripped = stripped[1:-1].strip()
        if stripped == credit:
            break
        credit = stripped
    credit = credit.strip(" |–—,;:.·•*") if not credit.endswith("Inc.") else credit
    credit = re.sub(r"\s*\((?:Archiv|archivo|file|File)\)$", "", credit)
    if credit.count("(") != credit.count(")"):
        credit = credit.strip("()").strip() if "(" not in credit[1:] or ")" not in credit[:-1] else credit
    return credit or None


def looks_like_credit(text: str) -> bool:
    """Whether a short text credits somebody rather than describing a picture."""
    if not text or len(text) > _MAXIMUM_CREDIT:
        return False
    if _LABELLED.match(text) or agency(text):
        return True
    if len(text) < 70 and _HOUSES.search(text) and not re.search(r"[a-zà-þ]{3,}\s+[a-zà-þ]{2,}\s+[a-zà-þ]{2,}", text):
        return True
    return bool("/" in text and _ONLY_NAMES.match(text))


def _split_bracketed(text: str) -> tuple[str, str] | None:
    match = _BRACKETED.search(text)
    if match and looks_like_credit(match[1].strip()):
        return text[: match.start()].rstrip(), match[1]
    return None


def _split_east_asian(text: str) -> tuple[str, str] | None:
    match = _EAST_ASIAN.search(text)
    if not match:
        return None
    credit = next(group for group in match.groups() if group)
    if re.search(r"[東都道府県市区町村]で$|午[前後]|日$", credit):
        return None
    return text[: match.start()].rstrip("＝= "), re.sub(r"\s*기자$", "", credit)


def _split_labelled(text: str) -> tuple[str, str] | None:
    best = None
    for match in _LABELLED.finditer(text):
        rest = text[match.end() :]
        if 1 < len(rest.strip(" .)]")) <= _MAXIMUM_CREDIT and not re.search(
            r"[.!?]\s+[A-ZÀ-Þ][a-zà-þ]+\s+[a-zà-þ]+\s+[a-zà-þ]+", rest
        ):
            best = match
            break
    if best is None:
        return None
    return text[: best.start()].rstrip(" ([|/–—-"), text[best.end() :].rstrip(" )]")


def _split_bare(text: str) -> tuple[str, str] | None:
    match = _BARE.search(text)
    if match and looks_like_credit(match[1].strip()):
        return text[: match.start()].rstrip(), match[1]
    return None
