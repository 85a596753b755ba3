"""Rules of compounds in a language's data file, `[analysis.compounds]`: how its words are written together.

simplemma's dictionary tells what a word is made of; a language without this section has no compounds.
"""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict


class CompoundRules(BaseModel):
    """How compounds are written; words here are no regular expressions."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    linking: Mapping[str, tuple[str, ...]] = {}
    """Endings of first parts -> those of the words that they are: German { s = [""], "" = ["e"] }.

    Words as they are need no entry.
    """
    linking_cases: tuple[str, ...] = ()
    """Endings of the cases in which first parts may stand; the dictionary tells of which word."""
    any_form: bool = False
    """true where any form that the dictionary has may be a first part, as it has nouns as forms of verbs."""
    noun_endings: tuple[str, ...] = ()
    """Endings of nouns alone; what the dictionary has as a form of a verb is a noun too where it has one with these."""
    base_endings: tuple[str, ...] = ()
    """Endings of base forms that are plurals, as Finnish ones in "t"; the end of a compound may have them."""
    no_parts: tuple[str, ...] = ()
    """What is no part: particles that words begin with, words that look like suffixes."""
    no_ends: tuple[str, ...] = ()
    """What compounds do not end with, though they may begin with it: "land", which ends the names of countries."""
    no_compounds: tuple[str, ...] = ()
    """Words that are whole, though they can be cut: names of days and countries; they may be parts."""
    short_parts: tuple[str, ...] = ()
    """Words of two and three letters that compounds are made of; they are not found as parts, but what is left is."""
