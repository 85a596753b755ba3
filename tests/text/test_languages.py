"""The data files of languages: their format, and that nothing of a language stands elsewhere."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from text.dates import DateContext, read_date
from text.dates.vocabulary import DateLexicon
from text.languages import Language, LanguageError, alternatives, languages, load_languages, months, phrases, words

ROOT = Path(__file__).parents[2]
NOW = datetime(2024, 5, 20, 12, 0, tzinfo=UTC)
MADE_UP = """
name = "Made up"

[dates]
months = [["unmo"], ["dumo"], ["trimo"], ["kvarmo"], ["kvinmo"], ["sesmo"], ["sepmo"], ["okmo"], ["naumo"], ["dekmo"],
    ["dekunmo"], ["dekdumo", "dd"]]
ordinals = ["ta"]
before_month = ["dil"]
o_clock = ["horlo"]
hours = ["horoj?"]
ago = ["pasis"]
yesterday = ["pashier"]

[zones]
"muz" = 4.5
"hora de muza" = "Asia/Kabul"
"""


def _phrases_in(section: BaseModel) -> Iterator[tuple[str, str]]:
    for key in type(section).model_fields:
        value = getattr(section, key)
        if isinstance(value, BaseModel):
            yield from ((f"{key}.{inner}", phrase) for inner, phrase in _phrases_in(value))
        elif isinstance(value, tuple):
            yield from ((key, phrase) for phrase in value if isinstance(phrase, str))


@pytest.mark.parametrize("language", languages(), ids=lambda language: language.code)
def test_each_phrase_is_a_regular_expression_and_stands_once(language: Language) -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for key, phrase in _phrases_in(language):
        re.compile(phrase)
        assert phrase.strip() or key == "captions.credit_phrases", key
        found[key].append(phrase)
    assert {key: values for key, values in found.items() if len(set(values)) < len(values)} == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('name = "X"\n[bylines]\nrolls = ["baker"]\n', "xx.toml: bylines.rolls: unknown key"),
        ('name = "X"\n[by_lines]\nroles = ["baker"]\n', "xx.toml: by_lines: unknown key"),
        ('name = "X"\n[bylines]\nroles = "baker"\n', "xx.toml: bylines.roles: "),
        ('name = "X"\n[dates]\nmonths = [["a"], ["b"]]\n', "xx.toml: dates.months"),
        ('name = "X"\n[zones]\nXXT = [2]\n', "xx.toml: zones.XXT."),
        ('code = "yy"\nname = "X"\n', "xx.toml: code: unknown key"),
        ("[bylines]\n", "xx.toml: name: "),
        ("name = \n", "xx.toml: no TOML: "),
    ],
    ids=["key", "section", "type", "eleven-months", "zone", "code", "no-name", "no-toml"],
)
def test_a_mistake_in_a_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "xx.toml").write_text(text, encoding="utf-8")
    with pytest.raises(LanguageError, match=re.escape(told)):
        load_languages(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("17 unmo 2013", datetime(2013, 1, 17, 0, 0, tzinfo=UTC)),
        ("3ta dil dd 2013, 14.05 horlo", datetime(2013, 12, 3, 13, 5, tzinfo=UTC)),
        ("17 unmo 2013 14:05 MUZ", datetime(2013, 1, 17, 9, 35, tzinfo=UTC)),
        ("17 unmo 2013 14:05 (hora de Muza)", datetime(2013, 1, 17, 9, 35, tzinfo=UTC)),
        ("pasis 3 horoj", datetime(2024, 5, 20, 9, 0, tzinfo=UTC)),
        ("pashier 10:00", datetime(2024, 5, 19, 8, 0, tzinfo=UTC)),
        ("17 January 2013", None),
    ],
)
def test_one_file_adds_a_language(tmp_path: Path, text: str, expected: datetime | None) -> None:
    (tmp_path / "xx.toml").write_text(MADE_UP, encoding="utf-8")
    vocabulary = DateLexicon.of(load_languages(tmp_path))
    found = read_date(text, DateContext(NOW, ZoneInfo("Europe/Berlin"), vocabulary=vocabulary))
    assert (found.at if found else None) == expected


def test_phrases_of_all_files_are_tried_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "yy.toml").write_text('name = "Y"\n[bylines]\nroles = ["baker", "cook"]\n', encoding="utf-8")
    (tmp_path / "xx.toml").write_text('name = "X"\n[bylines]\nroles = ["miller", "cook"]\n', encoding="utf-8")
    found = load_languages(tmp_path)
    assert [language.code for language in found] == ["xx", "yy"]
    assert phrases(lambda language: language.bylines.roles, found) == ("miller", "cook", "baker")
    assert alternatives(lambda language: language.bylines.roles, found) == "miller|cook|baker"
    assert not re.search(alternatives(lambda language: language.bylines.labels, found), "baker")


def test_words_prefer_the_longer_one() -> None:
    names = ["mar", "march", "may", "a.m", "märz"]
    pattern = re.compile(words(names), re.IGNORECASE)
    assert [match.group() for name in names if (match := pattern.match(name))] == names
    assert pattern.fullmatch("MARCH")
    assert not pattern.match("axm")
    assert not re.search(words([]), "march")


def test_no_key_is_without_phrases() -> None:
    used = {key for language in languages() for key, _ in _phrases_in(language)}
    keys = {
        f"{section}.{key}" if isinstance(part, BaseModel) else section
        for section in Language.model_fields
        if section not in ("code", "name", "agencies")
        for part in [getattr(next(language for language in languages() if language.code == "en"), section)]
        for key in (type(part).model_fields if isinstance(part, BaseModel) else ("",))
    }
    lists_of_lists = {"dates.months", "dates.weekdays"}
    no_phrases = {
        "dates.weekdays_capitalised",
        "dates.dot_clock",
        "dates.year_first",
        "dates.eras",
        "query_dates.numbers",
        "zones",
    }
    keys = {key for key in keys if not key.startswith("analysis.")}  # rules: tests/text/analysis
    assert keys - used - lists_of_lists - no_phrases == set()


def test_a_month_of_two_languages_has_one_number() -> None:
    numbers: dict[str, set[int]] = defaultdict(set)
    for language in languages():
        for name, number in months([language]).items():
            numbers[name].add(number)
    # In Croatian October and June; in Polish and Czech November, July and August.
    shared = {"lip", "lis", "listopad", "listopada", "srp"}
    assert {name for name, found in numbers.items() if len(found) > 1} == shared
    undecided = DateLexicon.of(languages())
    assert [undecided.word(name, None) for name in sorted(shared)] == [None] * len(shared)
    assert [undecided.word("listopada", code).value for code in ("hr", "pl")] == [10, 11]


def _strings(path: Path) -> Iterator[str]:
    """The string constants of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.value


def test_no_module_holds_names_of_months_and_days() -> None:
    days = {name for language in languages() for names in language.dates.weekdays for name in names}
    names = {name for name in days | set(months()) if len(name) > 4}
    assert {"januar", "janvier", "января", "sunday"} <= names
    rooms = ("crawler", "index", "ingest", "model", "net", "search", "store", "text")
    found: dict[str, set[str]] = defaultdict(set)
    for path in (path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))):
        for text in _strings(path):
            found[str(path.relative_to(ROOT))].update(names.intersection(re.findall(r"[^\W\d_]+", text.lower())))
    # One name is an example in a message; two are a list.
    assert {path: told for path, told in found.items() if len(told) > 1} == {}
