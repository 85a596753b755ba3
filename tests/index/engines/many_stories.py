"""Stories in some eighty languages, as many as one likes, always the same: what the engines are compared over.

Their words are those of the sentences of tests/search/languages, common and rare ones, with words that nobody writes
among them. All that a query may ask for differs among them: dates of all ages or none, sources, sections, withdrawn,
corrected and uncertain stories, and groups of copies. Further stories may come from a file (STORIES_OF_TESTS).
"""

import gzip
import json
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from model.story import AS_STORY, Caption, StoredStory

FILE = "STORIES_OF_TESTS"
"""The variable that names a file of further stories, a JSON object a line, perhaps compressed."""
SEEN_AT = datetime(2024, 6, 15, 12, 30, tzinfo=UTC)
_PAIRS = Path(__file__).parents[2] / "search" / "languages" / "pairs"
_UNSPACED = frozenset({"ja", "km", "lo", "my", "th", "zh"})
_ODD = (
    "U.N.", "1,400", "F-16", "al-Qaeda", "x_y", "@handle", "3.14", "covid19", "straße", "STRASSE", "İstanbul", "ﬁnance",
    "ｆｕｌｌ", "e\u0301lan", "élan", "ÆØŁ", "😀", "l'homme", "O’Brien", "c++", "e=mc²", "½", "Ⅷ", "٣٤", "२०२४में",
    "don't", "the", "of", "and", "a", "to", "to", "the",
)  # fmt: skip
_AGENCIES = ("AP", "AFP", "Reuters", "dpa", "TASS", "Agence France-Presse", "Kyodo", "The Canadian Press")
_PEOPLE = ("Anne Look", "José Running", "Нина Петрова", "山田太郎", "Łukasz Żak", "Mary-Ann O'Neil", "عمر حسن")
_PLACES = ("BAMAKO, Mali", "東京", "SÃO PAULO", "Москва", "Washington, D.C.", "Zürich")
_SECTIONS = ("Politics", "Économie", "Sport", "世界", "Straße & Verkehr", "arts and  LETTERS", "Культура")


def sentences() -> Mapping[str, Sequence[str]]:
    """Language -> its sentences."""
    found = {}
    for path in sorted(_PAIRS.glob("*.txt")):
        lines = (line[1:].partition("|")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
        found[path.stem] = list(dict.fromkeys(line for line in lines if line))
    return found


class StoryMaker:
    """Makes stories, each from its number alone."""

    def __init__(self) -> None:
        self._sentences = sentences()
        self._languages = list(self._sentences)
        self._words = {
            language: list(dict.fromkeys(word for text in texts for word in text.split()))
            for language, texts in self._sentences.items()
        }

    def story(self, number: int) -> StoredStory:
        """The story of a number."""
        dice = random.Random(number)
        language = self._languages[number % len(self._languages)]
        known_language = None if number % 41 == 3 else language
        captions = tuple(
            Caption(
                text=self._text(dice, language, 1),
                credit=dice.choice(("Jerome Delay/AP", "Foto: dpa", "写真 共同", None)),
                label=dice.choice((None, None, "Mayor Ana Ruiz")),
            )
            for _ in range(dice.choice((0, 0, 1, 3)))
        )
        first_seen = SEEN_AT - timedelta(hours=dice.randrange(24) + 24 * min(dice.randrange(400), dice.randrange(400)))
        return StoredStory(
            id=f"s{number * 7919 % 100_003:06}",
            url=None if number % 13 == 0 else f"https://{language}.desk-{number % 30}.example/{number}",
            source=f"Source {number * number % 57}" if number % 9 else "World  Service",
            headline=self._text(dice, language, 1),
            deck=self._text(dice, language, 1) if dice.random() < 0.3 else None,
            body=tuple(self._text(dice, language, 1 + dice.randrange(3)) for _ in range(dice.randrange(6))),
            byline=tuple(dice.sample(_PEOPLE, dice.randrange(3))),
            dateline=dice.choice((*_PLACES, None)),
            captions=captions,
            agencies=tuple(dice.sample(_AGENCIES, dice.choice((0, 0, 1, 2)))),
            tags=tuple(dice.sample(self._words[language], dice.choice((0, 1, 4)))),
            section=dice.choice((None, *_SECTIONS)),
            language=known_language,
            version=1 + (dice.random() < 0.1),
            status="withdrawn" if dice.random() < 0.03 else "live",
            confidence={AS_STORY: 0.1} if dice.random() < 0.04 else {},
            published_at=_published(dice, first_seen),
            first_seen_at=first_seen,
            seen_at=SEEN_AT,
            copy_group=f"g{number // 6}" if number // 6 % 4 == 0 and dice.random() < 0.6 else None,
            revision=number + 1,
        )

    def _text(self, dice: random.Random, language: str, number: int) -> str:
        return " ".join(self._sentence(dice, language) for _ in range(number))

    def _sentence(self, dice: random.Random, language: str) -> str:
        if dice.random() < 0.25:
            return dice.choice(self._sentences[language])
        words = self._words[language]
        found = [self._word(dice, language, words) for _ in range(dice.randrange(2, 14))]
        joint = "" if language in _UNSPACED and dice.random() < 0.7 else " "
        return joint.join(found) + dice.choice((".", "。", "!", "?", ""))

    def _word(self, dice: random.Random, language: str, words: Sequence[str]) -> str:
        chance = dice.random()
        if chance < 0.03:  # a word of its own, or nearly
            letters = "".join(words[:20]).lower()
            return "".join(dice.choice(letters) for _ in range(dice.randrange(1, 12)))
        if chance < 0.06:
            return dice.choice(self._words[dice.choice(self._languages)])
        if chance < 0.12:
            return dice.choice(_ODD)
        word = words[min(int(dice.paretovariate(0.7)) - 1, len(words) - 1)]
        if chance < 0.16:
            word = word.upper() if dice.random() < 0.5 else word + dice.choice(words)
        return word


def _published(dice: random.Random, first_seen: datetime) -> datetime | None:
    chance = dice.random()
    if chance < 0.1:
        return None
    if chance < 0.15:
        return datetime(dice.randrange(1850, 1999), 1 + dice.randrange(12), 1 + dice.randrange(28), tzinfo=UTC)
    if chance < 0.17:
        return first_seen + timedelta(days=dice.randrange(60))
    at = first_seen - timedelta(minutes=dice.randrange(100_000))
    return at.replace(hour=0, minute=0, second=0) if chance < 0.3 else at


def made(number: int) -> Iterator[StoredStory]:
    """So many stories; where a file of stories is named, every other one is of it as long as it lasts."""
    maker = StoryMaker()
    others = _of_file(Path(os.environ[FILE])) if FILE in os.environ else iter(())
    for place in range(number):
        story = next(others, None) if place % 2 else None
        if story is None:
            yield maker.story(place)
        else:
            yield maker.story(place).model_copy(
                update={name: getattr(story, name) for name in ("headline", "body", "tags", "dateline", "published_at")}
                | {"language": "en"}
            )


def _of_file(path: Path) -> Iterator[StoredStory]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        for number, line in enumerate(lines):
            values: dict[str, Any] = json.loads(line)
            base = {"source": "file", "version": 1, "first_seen_at": SEEN_AT, "seen_at": SEEN_AT}
            yield StoredStory.model_validate({**base, "id": str(number), "headline": "…"} | values)
