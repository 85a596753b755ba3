"""Leaves of a query tree as the cluster's queries: which terms each stands for, and in which fields.

A leaf is made in two steps, as its weight hangs on how many stories match it: `Leaf.counted` says what has to be
counted, `Leaf.weighed` makes the query of the counts.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from math import prod
from typing import Any

from index.engines.opensearch.mapping import FORMS, KEY, TEXT
from index.engines.opensearch.query.statistics import Clause
from index.relevance.bm25f import highest_score, idf
from index.relevance.columns import PASSAGE_GAP
from index.relevance.spelled_terms import MOST_EDITS, analysed, analysed_pattern, keyword_term
from index.relevance.term_forms import FOLDED_MARK, PART_MARK, STEM_MARK, Form, WordForms, exact_words, query_words
from model import query as q
from model.errors import QueryError
from model.fields import ALIASES, BY_NAME, DEFAULT_FIELDS

NOTHING: Clause = {"match_none": {}}
FieldTerm = tuple[str, str]
"""A field of the cluster and a term."""
Algorithms = Set[str] | None
"""The stemming algorithms of the languages of some stories; None for all."""
_MARKS = (FOLDED_MARK, STEM_MARK, PART_MARK)
_OF_A_LANGUAGE = (STEM_MARK, PART_MARK)
_SHORT = 2 * MOST_EDITS
"""Letters of words that the cluster's fuzzy query does not compare rightly: it wants fewer edits than letters."""
_LONGEST_WORD, _LONGEST_KEYWORD = 500, 8_000
"""No word has so many characters, nor any keyword that is kept."""
_LONGEST_PATTERN = 900
"""The cluster takes no pattern, prefix or misspelling of a thousand characters."""
_MOST_CHOICES = 256
_SPECIAL = re.compile(r"(\W|_)")


@dataclass(frozen=True, slots=True)
class Weighed:
    """A leaf with its weight; no score is higher than `ceiling`; `idf` is its rarity, so many stories hold it.

    `plain` matches the same without scores, in fewer clauses.
    """

    query: Clause
    plain: Clause
    idf: float
    frequency: int
    ceiling: float


@dataclass(frozen=True, slots=True)
class ScoredWord:
    """A word whose matches are worth its rarity, its forms less than itself; `field` is None for the default fields."""

    forms: tuple[Form, ...]
    field: str | None

    @property
    def is_named(self) -> bool:
        """Whether it is asked for in a field by name."""
        return self.field is not None

    def counted(self) -> list[Clause]:
        """What is counted: the stories with the word by itself, and where it may be a part those with the part."""
        alone = [term for form in self.forms if not form.is_part for term in form.terms]
        parts = [term for form in self.forms if form.is_part for term in form.terms]
        return [self._any(alone), *([self._any(parts)] if parts else [])]

    def terms(self, algorithms: Algorithms = None) -> list[str]:
        """All terms that it may be in stories of some algorithms' languages."""
        return [term for form in self.forms for term in form.terms if _is_of(term, algorithms)]

    def anywhere(self) -> Clause:
        """The stories that hold any of its terms."""
        return self._any(self.terms())

    def inflected(self) -> Clause:
        """The stories that hold it by a term of their language."""
        return self._any([term for term in self.terms() if term.startswith(_OF_A_LANGUAGE)])

    def weighed(self, counts: Sequence[int], stories: int, algorithms: Algorithms = None) -> Weighed:
        """The query; a word that is nowhere weighs nothing. It is made for stories of those `algorithms` alone."""
        frequency = counts[0] or max(counts)
        rarity = idf(min(frequency, stories), stories) if frequency else 0.0
        terms = [
            {"term": {field_term(self.field or TEXT, term)[0]: {"value": term, "boost": rarity * form.factor}}}
            for form in self.forms
            for term in form.terms
            if _is_of(term, algorithms)
        ]
        plain = self._any(self.terms(algorithms))
        return Weighed({"dis_max": {"queries": terms or [NOTHING]}}, plain, rarity, frequency, highest_score(rarity))

    def _any(self, terms: Sequence[str]) -> Clause:
        by_field: dict[str, list[str]] = {}
        for term in terms:
            by_field.setdefault(field_term(self.field or TEXT, term)[0], []).append(term)
        return any_of([{"terms": {name: sorted(found)}} for name, found in by_field.items()])


@dataclass(frozen=True, slots=True)
class ScoredExpansion:
    """Many words that count as one: what a prefix, a pattern or a misspelling stands for."""

    query: Clause
    field: str | None

    @property
    def is_named(self) -> bool:
        """Whether it is asked for in a field by name."""
        return self.field is not None

    def counted(self) -> list[Clause]:
        """What is counted."""
        return [self.query]

    def terms(self, algorithms: Algorithms = None) -> list[str]:
        """It has none of its own."""
        return []

    def weighed(self, counts: Sequence[int], stories: int, algorithms: Algorithms = None) -> Weighed:
        """The query; each story with any of the words is worth the same."""
        rarity = idf(min(counts[0], stories), stories) if counts[0] else 0.0
        query = {"constant_score": {"filter": self.query, "boost": rarity}}
        return Weighed(query, self.query, rarity, counts[0], highest_score(rarity))


Scored = ScoredWord | ScoredExpansion


@dataclass(frozen=True, slots=True)
class InOrder:
    """Words in a row in one passage of a field, at most `slop` positions further apart."""

    words: tuple[WordForms, ...]
    field: str | None
    slop: int

    def query(self, algorithms: Algorithms = None) -> Clause:
        """The stories, of those algorithms' languages, where they stand so in one of the fields."""
        return any_of([self._in_field(name, algorithms) for name in self._names()])

    def _names(self) -> list[str]:
        return [self.field] if self.field else [default.name for default in DEFAULT_FIELDS]

    @property
    def has_many_choices(self) -> bool:
        """Whether there are more choices of one term a word than the cluster may be asked for."""
        return prod(sum(len(form.terms) for form in word.forms) for word in self.words) > _MOST_CHOICES

    def _in_field(self, name: str, algorithms: Algorithms) -> Clause:
        found = []
        for word in self.words:
            terms = [term for form in forms_in(name, word) for term in form.terms if _is_of(term, algorithms)]
            found.append(list(dict.fromkeys(terms)))
        # OpenSearch 3 makes a phrase of each choice; of a pattern, which is slow, it makes one for all its terms.
        any_term = _any_term if prod(map(len, found)) <= _MOST_CHOICES else _any_term_by_pattern
        rules = [any_term(name, terms) for terms in found]
        gaps = min(max(self.slop, 0), PASSAGE_GAP - 1)
        return {"intervals": {name: {"all_of": {"ordered": True, "max_gaps": gaps, "intervals": rules}}}}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf as its parts: what restricts alone, how its words stand, and what scores; all must match."""

    restricts: Clause | None = None
    in_order: InOrder | None = None
    scores: tuple[Scored, ...] = ()


def any_of(clauses: Sequence[Clause]) -> Clause:
    """What matches at least one of some clauses."""
    if not clauses:
        return NOTHING
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def leaf_of(leaf: q.Leaf, algorithms: frozenset[str]) -> Leaf | None:
    """A leaf's parts in an index with stories of those algorithms; None where nothing of it is a word."""
    name = ALIASES.get(leaf.field, leaf.field) if leaf.field is not None else None
    known = BY_NAME.get(name) if name is not None else None
    if name is not None and known is None:
        return Leaf(NOTHING)
    if known is not None and known.kind == "keyword":
        clause = _keyword(leaf, known.name + KEY)
        return None if clause is None else Leaf(clause)
    field_name = known.name if known else None
    if isinstance(leaf, q.Word):
        return _in_order(query_words(leaf.text, algorithms), field_name, 0)
    if isinstance(leaf, q.Phrase):
        return _in_order(exact_words(leaf.text), field_name, leaf.slop)
    expansion = _expansion(leaf, field_name or TEXT, keyword=False)
    return None if expansion is None else Leaf(scores=(ScoredExpansion(expansion, field_name),))


def keyword_filter(name: str, values: Sequence[str]) -> Clause:
    """The stories that hold one of some values in a keyword field."""
    return {"terms": {name + KEY: [term for value in values if _is_text(term := keyword_term(value))]}}


def _is_text(term: str) -> bool:
    """Whether it can be sent: lone surrogates, which no story holds, can't."""
    return term.isprintable() or not any("\ud800" <= character <= "\udfff" for character in term)


def _keyword(leaf: q.Leaf, name: str) -> Clause | None:
    if isinstance(leaf, q.Word | q.Phrase):
        term = keyword_term(leaf.text)
        if not term:
            return None
        return {"term": {name: {"value": term}}} if _is_text(term) else NOTHING
    return _expansion(leaf, name, keyword=True)


def _in_order(words: Sequence[WordForms], name: str | None, slop: int) -> Leaf | None:
    """One word, or several in a row in one passage of one field."""
    if not words:
        return None
    scores = tuple(ScoredWord(forms_in(name, word), name) for word in words)
    return Leaf(None, InOrder(tuple(words), name, slop) if len(words) > 1 else None, scores)


def field_term(name: str, term: str) -> FieldTerm:
    """A term with the field of the cluster that holds its kind of a field of ours."""
    return (name + FORMS if term.startswith(_MARKS) else name), term


def _is_of(term: str, algorithms: Algorithms) -> bool:
    """Whether stories of some algorithms may hold a term; a class names its own (relevance/term_forms.py)."""
    return algorithms is None or not term.startswith(_OF_A_LANGUAGE) or term[1:].partition(":")[0] in algorithms


def forms_in(name: str | None, word: WordForms) -> tuple[Form, ...]:
    """The forms in which a field holds a word: names are not stemmed."""
    if name is None or BY_NAME[name].kind == "text":
        return word.forms
    return tuple(form for form in word.forms if not form.is_stemmed)


def _any_term(name: str, terms: Sequence[str]) -> dict[str, Any]:
    rules = [
        {"match": {"query": term, "analyzer": "keyword", **({"use_field": name + FORMS} if term[0] in _MARKS else {})}}
        for term in terms
    ]
    return rules[0] if len(rules) == 1 else {"any_of": {"intervals": rules}}


def _any_term_by_pattern(name: str, terms: Sequence[str]) -> dict[str, Any]:
    marked = [term for term in terms if term[0] in _MARKS]
    # Whatever stands there exactly stands there folded, too.
    is_folded = any(term[0] == FOLDED_MARK for term in marked)
    exact = [] if is_folded else [term for term in terms if term[0] not in _MARKS]
    rules = [
        {"regexp": {"pattern": "|".join(_SPECIAL.sub(r"\\\1", term) for term in part), "use_field": field}}
        for field, part in ((name, exact), (name + FORMS, marked))
        if part
    ]
    return rules[0] if len(rules) == 1 else {"any_of": {"intervals": rules}}


def _expansion(leaf: q.Prefix | q.Wildcard | q.Fuzzy, name: str, *, keyword: bool) -> Clause | None:
    longest = _LONGEST_KEYWORD if keyword else _LONGEST_WORD
    if isinstance(leaf, q.Wildcard):
        pattern = analysed_pattern(leaf.text, keyword=keyword)
        if not pattern.strip("*?"):
            return None
        value = pattern.replace("\\", "\\\\")
        if len(value) > longest:
            return NOTHING
        _refuse_long(value)
        return {"wildcard": {name: {"value": value, "rewrite": "constant_score"}}} if _is_text(value) else NOTHING
    text = keyword_term(leaf.text) if keyword else analysed(leaf.text)
    if not text:
        return None
    if not _is_text(text) or len(text) > longest:
        return NOTHING
    if isinstance(leaf, q.Prefix):
        _refuse_long(text)
        return {"prefix": {name: {"value": text, "rewrite": "constant_score"}}}
    edits = max(0, min(leaf.edits, MOST_EDITS))
    if not edits:
        return {"term": {name: {"value": text}}}
    if len(text) <= _SHORT:
        pattern = "|".join(sorted(_near(text, edits) - {""}))  # no term is empty
        return {"regexp": {name: {"value": pattern, "flags": "NONE", "rewrite": "constant_score"}}}
    _refuse_long(text)
    near = {"value": text, "fuzziness": edits, "transpositions": True, "rewrite": "constant_score"}
    return {"fuzzy": {name: near}}


def _refuse_long(text: str) -> None:
    """Raises QueryError for a prefix, pattern or misspelling that is longer than the cluster takes."""
    if len(text) > _LONGEST_PATTERN:
        raise QueryError(
            f"a prefix, pattern or misspelling of the query has over {_LONGEST_PATTERN} characters", parameter="q"
        )


def _near(word: str, edits: int) -> set[str]:
    """Patterns of all that is within some edits of a word (optimal string alignment)."""
    if not word:
        return {"." * number for number in range(edits + 1)}
    first, rest = _SPECIAL.sub(r"\\\1", word[0]), word[1:]
    found = {first + end for end in _near(rest, edits)}
    if edits:
        found |= {"." + end for end in _near(rest, edits - 1) | _near(word, edits - 1)} | _near(rest, edits - 1)
        if len(word) > 1:
            swapped = _SPECIAL.sub(r"\\\1", word[1]) + first
            found |= {swapped + end for end in _near(word[2:], edits - 1)}
    return found
