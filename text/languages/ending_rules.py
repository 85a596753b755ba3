"""Rules of endings in layers: what is written behind words as a part of them, where endings follow each other."""

from pydantic import BaseModel, ConfigDict


class EndingRules(BaseModel):
    """`[analysis.layered_endings]`: from the outside in; no regular expressions."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    outer: tuple[str, ...] = ()
    """Endings of which one is taken off, the longest that fits."""
    replaced: dict[str, tuple[str, ...]] = {}
    """An ending of words as they stand in dictionaries -> the endings like `outer` that take its place."""
    after_vowel: tuple[str, ...] = ()
    """Endings like `outer` that are none behind a consonant, in Hangul and Indic scripts."""
    after_consonant: tuple[str, ...] = ()
    """The same for those that are none behind a vowel."""
    inner: tuple[tuple[str, ...], ...] = ()
    """Layers of endings that stand before those; one of each is taken off."""
    whole: tuple[str, ...] = ()
    """Nouns that end as if with an ending, also at the end of other words; nothing is taken off them."""
    shortest: int = 2
    """So many letters of a word are left at least, not counting marks."""
    syllables: bool = False
    """true where a word is found by the Hangul syllables that it begins or ends with, as compounds are."""
