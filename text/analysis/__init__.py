"""Analysis of text into tokens and their forms.

Engines, snippets and suggestions all use this room, so that what is highlighted is what matched. A token has these
forms: exact (as written, case-folded), folded (without accents and spellings that a script allows), the stem by the
language of its story, and the stems of its parts where it is a compound or carries a prefix. Quoted words match exact
forms; loose words match any, exact ones best and parts least.
"""

from text.analysis.analysers import (
    NO_ALGORITHM,
    algorithm_of,
    analysis_rules,
    forms,
    has_parts,
    language_of,
    parts,
    query_stems,
    stem,
)
from text.analysis.coverage import LanguageCoverage, coverage
from text.analysis.spelling import exact, fold
from text.analysis.words import Token, ascii_words, exact_forms, tokens

__all__ = [
    "NO_ALGORITHM",
    "LanguageCoverage",
    "Token",
    "algorithm_of",
    "analysis_rules",
    "ascii_words",
    "coverage",
    "exact",
    "exact_forms",
    "fold",
    "forms",
    "has_parts",
    "language_of",
    "parts",
    "query_stems",
    "stem",
    "tokens",
]
