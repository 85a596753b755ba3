"""Coverage: what the analysis does for each language, in words for those who search."""

from typing import NamedTuple

from text.languages import languages
from text.languages.analysis_rules import AnalysisRules


class LanguageCoverage(NamedTuple):
    """A language, how forms of its words are found, and which parts and spellings of words are."""

    name: str
    code: str
    forms: str
    parts: str
    spellings: str


def coverage() -> tuple[LanguageCoverage, ...]:
    """All languages that have rules, by their English names."""
    by_code = {language.code: language for language in languages()}
    found = []
    for language in by_code.values():
        if language.analysis == AnalysisRules():
            continue
        base = by_code[language.analysis.as_in or language.code]
        spellings = language.analysis.spellings or base.analysis.spellings
        row = LanguageCoverage(language.name, language.code, _forms(base.analysis), _parts(base.analysis), spellings)
        found.append(row if base is language else row._replace(forms=f"as in {base.name}"))
    return tuple(sorted(found))


def _forms(rules: AnalysisRules) -> str:
    told = (
        ("stems", rules.stemmer),
        ("dictionary", rules.lemmas),
        ("endings", rules.endings or rules.inflections or rules.layered_endings),
        ("irregular forms", rules.irregular),
        ("mutations", rules.initials),
    )
    return ", ".join(name for name, given in told if given) or "as written"


def _parts(rules: AnalysisRules) -> str:
    told = (
        ("compounds", rules.compounds),
        ("syllables", rules.layered_endings and rules.layered_endings.syllables),
        ("characters", rules.syllables),
        ("without particles", rules.prefixes or rules.infixes),
    )
    return ", ".join(name for name, given in told if given)
