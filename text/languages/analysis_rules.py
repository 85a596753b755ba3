"""Rules of analysis: how words of a language are found in other forms."""

from collections.abc import Mapping

from text.languages.compound_rules import CompoundRules
from text.languages.date_words import LanguageSection, Phrases
from text.languages.ending_rules import EndingRules


class AnalysisRules(LanguageSection):
    """`[analysis]`: how words of the language are found in other forms; words here are no regular expressions."""

    as_in: str = ""
    """The code of the language whose rules hold; words of both then meet."""
    stemmer: str = ""
    """The Snowball algorithm."""
    lemmas: str = ""
    """The code of simplemma's dictionary of forms, asked before the stemmer."""
    script: str = ""
    """The Unicode script of its words, where words in others are left as they are: no dictionary is opened for them."""
    lemmas_unstemmed: bool = False
    """true where words of the dictionary keep their letters, and only words that it lacks are stemmed."""
    compounds: CompoundRules | None = None
    """How nouns are written together."""
    nouns_capitalised: bool = False
    """true where all nouns are written with a capital, and simplemma's dictionary has them so."""
    dictionary_letters: Mapping[str, str] = {}
    """Spellings -> those that simplemma's dictionary may have instead."""
    accents_differ: bool = False
    """true where words that differ in accents are others: a word with accents is then found by these or without any."""
    letters: Mapping[str, str] = {}
    """Spellings -> those that the stemmer knows."""
    apostrophe_before_suffix: bool = False
    """true where what stands behind an apostrophe is no part of the word: "İstanbul'da"."""
    apostrophe_behind_prefix: bool = False
    """true where what stands before an apostrophe is no part of the word: "f'Malta"."""
    prefixes: Phrases = ()
    """Particles written together with the word that follows; a word with one is found without it as well."""
    article: str = ""
    """The one of `prefixes` that is the article: what follows it counts where it is a base form of the dictionary."""
    ambiguous: bool = False
    """true where many known forms may be a particle and a word as well: they are found as both."""
    syllables: bool = False
    """true where characters are words: a pair of them is found by each, as in Chinese."""
    endings: Phrases = ()
    """Endings that are taken off, longer ones first."""
    replaced: Mapping[str, str] = {}
    """Endings -> what stands instead of them in the base form, asked before `endings`."""
    before_root: Mapping[str, str] = {}
    """Regular expressions for what stands before the root of a word -> what stands instead: "watoto" is "mtoto"."""
    syllabic: bool = False
    """true where a sign is a syllable: signs come apart, and vowels are Latin letters in the other keys."""
    layered_endings: EndingRules | None = None
    """Endings that follow each other, instead of `endings`."""
    shortest: int = 3
    """So many letters of a word are left at least."""
    spellings: str = ""
    """What is written in several ways and found in each, in a few English words; for the table of languages."""
    irregular: Mapping[str, str] = {}
    """Forms -> the word that they are forms of."""
    unstemmed: Phrases = ()
    """Words that keep all their letters, apart from others that would have the same stem: "authority" and "author"."""
    initials: Mapping[str, Phrases] = {}
    """First letters -> those that they change to behind other words: Welsh "c" is "g", "ch" and "ngh"."""
    infixes: Phrases = ()
    """Syllables set behind the first consonant: "bumoto" is a form of "boto"."""
    reduplicated: bool = False
    """true where the first syllable is said twice in forms of verbs: "tatakbo" is a form of "takbo"."""
    dotless_i: bool = False
    """true where the small letter of "I" is "ı", and of "İ" is "i"."""
    inflections: Mapping[int, Phrases] = {}
    """So many letters that have to be left -> endings that are then taken off any word, where there is no `stemmer`."""
    inflections_at_most: int = 1
    """So many of them are taken off one after the other, where endings are strung together."""
    finals: Mapping[str, str] = {}
    """Ends of stems -> how they are written instead: "ministr" for "minister", Finnish "uks" is "us"."""
    alike: Mapping[str, str] = {}
    """Spellings inside of what is left -> the one that stands for both: "cena" for "cijena"."""
