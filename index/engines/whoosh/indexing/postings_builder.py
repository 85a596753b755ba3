"""Postings builder: the words of many stories sorted into posting lists.

Words of one class (same language, same stem) have one posting list over all default fields: story, weight and length
as a code (see byte_codes.py), and a mask of the words of the class that the story holds. So a word with all its
inflections is a single list, and its exact form, or any choice of forms, is a matter of the mask. Each field has its
own lists beside it, a word each, with positions: for phrases and for words in a named field. How lists become bytes is
said in postings/text_loops.py and field_loops.py.

Arrays of a segment (C classes, W words, n stories; strings as in term_dictionary.py):

    ids, ids.order                              story ids; the stories in order of their ids
    classes, classes.words [C+1]                sorted class names; the first word of each class
    words.class, words.exact, words.frequency   [W] class, number in `exacts`, stories that hold the word
    exacts, exacts.starts, exacts.words         sorted exact forms; the words of each
    folds, folds.starts, folds.words            sorted folded forms that are no exact ones; the words of each
    parts, parts.starts, parts.words            sorted names of parts; the words that each is a part of
    parts.text.lists, .starts [P+1], .counts    the list of each part over all default fields, in bytes
    text.lists, .starts [C+1], .counts          the lists over all default fields, in bytes; text.lengths [n]
    forward.lists, .starts [n+1]                the forward index, in bytes: the classes of each story's words
    F.words, F.lists, F.starts, F.counts        the lists of field F, in bytes, for the words in F.words; F.lengths [n]
    K, K.starts, K.docs                         sorted terms of keyword field K; the stories of each
    K.names                                     its values as written
    K.sets [n], K.set_starts, K.set_values      each story's set of values; the values of each set
    published, first_seen, versions, flags, groups    [n] columns
    positions                                   [n] the position of each story's write in the change feed
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from index.engines.whoosh.indexing.form_table import FormTable, Strings, first_alike
from index.engines.whoosh.indexing.part_lists import pack_part_lists, pack_parts
from index.engines.whoosh.indexing.story_lists import StoryLists, WeightedRows, lists_by_story
from index.engines.whoosh.indexing.word_rows import sort_rows, stable_order
from index.engines.whoosh.postings.arrays import Array, write_arrays
from index.engines.whoosh.postings.field_loops import pack_field
from index.engines.whoosh.postings.packed_lists import fitting, packed
from index.engines.whoosh.postings.ranges import first_of_each
from index.engines.whoosh.postings.text_lists import mask_widths
from index.engines.whoosh.postings.text_loops import lists_by_doc, pack_forward, pack_text
from index.engines.whoosh.schema import MASK_BITS, TEXT
from index.engines.whoosh.segments.byte_codes import LENGTHS, TENTHS, length_bytes, weight_codes
from index.engines.whoosh.segments.term_dictionary import pack_strings
from index.relevance.spelled_terms import keyword_term
from model.fields import DEFAULT_FIELDS, TEXT_FIELDS

BOOST_TENTHS = {field.name: round(field.boost * TENTHS) for field in DEFAULT_FIELDS}


class FieldWords(NamedTuple):
    """The words of a field as read: row by row a word, its story and its position there."""

    words: Array
    docs: Array
    positions: Array


class SegmentWords(NamedTuple):
    """The words of all fields, as numbers of `words`."""

    words: FormTable
    fields: Mapping[str, FieldWords]


class PackedSegment(NamedTuple):
    """What a segment file holds."""

    arrays: dict[str, Array]
    facts: dict[str, Any]

    @property
    def size(self) -> int:
        """Number of stories."""
        return int(self.facts["size"])

    def write_to(self, path: Path) -> None:
        """Write the segment file."""
        write_arrays(path, self.arrays, self.facts)


class Lists(NamedTuple):
    """Posting lists of one field: those of words[i] are the rows starts[i]:starts[i + 1] of docs.

    The positions of row j are positions[places[j]:places[j + 1]].
    """

    words: Array
    starts: Array
    docs: Array
    places: Array
    positions: Array


def pack(
    source: SegmentWords,
    ids: Sequence[str],
    values: Mapping[str, Sequence[tuple[str, ...]]],
    columns: Mapping[str, Array],
) -> PackedSegment:
    """Sort everything into the arrays of a segment."""
    size = len(ids)
    arrays: dict[str, Array] = dict(columns)
    numbers = _pack_words(arrays, source.words)
    lists, tenths = {}, np.zeros(size, np.int64)
    for name, field in source.fields.items():
        lists[name] = make_lists(numbers[field.words], field.docs, field.positions, len(arrays["words.class"]))
        counts = np.bincount(field.docs, minlength=size)
        tenths += counts * BOOST_TENTHS.get(name, 0)
        arrays[f"{name}.lengths"] = length_bytes(counts)
    pack_fields(arrays, lists)
    _pack_text_lists(arrays, lists, length_bytes((tenths + TENTHS // 2) // TENTHS))
    for name, rows in values.items():
        pack_keywords(arrays, name, rows)
    pack_ids(arrays, ids)
    return PackedSegment(arrays, facts_of(arrays, size))


def facts_of(arrays: Mapping[str, Array], size: int) -> dict[str, Any]:
    """What a segment file says of itself: its number of stories, and the total length of each field.

    Lengths are added up as they are kept, so that they are the same however the segment came about.
    """
    names = [field.name for field in TEXT_FIELDS]
    return {"size": size, "lengths": {name: int(LENGTHS[arrays[f"{name}.lengths"]].sum()) for name in (TEXT, *names)}}


def put_strings(arrays: dict[str, Array], name: str, strings: Iterable[str]) -> None:
    """Add strings under a name."""
    arrays[f"{name}.bytes"], arrays[f"{name}.offsets"] = pack_strings(strings)


def _pack_words(arrays: dict[str, Array], words: FormTable) -> Array:
    """Number the words by class; returns the new number of each word.

    Words that differ in their parts alone are one: of a script without spaces a part belongs to the word in whose
    place it stands in a row.
    """
    firsts, which = first_alike(words.classes.numbers, words.exacts.numbers)
    classes, class_of = words.classes.of(firsts).in_order()
    order = stable_order(class_of, len(classes))
    chosen = firsts[order]
    pack_dictionary(arrays, classes, class_of[order], words.exacts.of(chosen), words.folds.of(chosen))
    numbers = np.empty(len(firsts), np.int32)
    numbers[order] = np.arange(len(firsts), dtype=np.int32)
    numbers = numbers[which]
    pack_parts(arrays, ((part, int(numbers[number])) for number, parts in words.parts for part in parts))
    return numbers


def pack_dictionary(
    arrays: dict[str, Array], classes: Sequence[str], class_of: Array, exacts: Strings, folds: Strings
) -> None:
    """Add the dictionaries for words in order of their classes, given their exact and folded forms, of one table."""
    put_strings(arrays, "classes", classes)
    arrays["words.class"] = class_of.astype(np.int32)
    arrays["classes.words"] = np.searchsorted(class_of, np.arange(len(classes) + 1)).astype(np.int32)
    arrays["words.exact"] = _pack_lookup(arrays, "exacts", np.arange(len(class_of), dtype=np.int32), exacts)
    others = np.flatnonzero(folds.numbers != exacts.numbers)
    _pack_lookup(arrays, "folds", others.astype(np.int32), folds.of(others))


def _pack_lookup(arrays: dict[str, Array], name: str, words: Array, forms: Strings) -> Array:
    """Add the dictionary from a form to the words that have it; returns the number of each word's form."""
    strings, form_of = forms.in_order()
    order = stable_order(form_of, len(strings))
    put_strings(arrays, name, strings)
    arrays[f"{name}.starts"] = np.searchsorted(form_of[order], np.arange(len(strings) + 1)).astype(np.int32)
    arrays[f"{name}.words"] = words[order]
    return form_of


def make_lists(words: Array, docs: Array, positions: Array, most: int) -> Lists:
    """Posting lists of rows that are in order of story and position, of words below `most`."""
    words, docs, positions = sort_rows(words, docs, positions, most)
    rows = first_of_each(words, docs)
    starts = first_of_each(words[rows])
    places = np.append(rows, len(words))
    return Lists(words[rows[starts]], np.append(starts, len(rows)), docs[rows], places, positions)


def pack_fields(arrays: dict[str, Array], lists: Mapping[str, Lists]) -> None:
    """Add the lists of each field."""
    for name, found in lists.items():
        rows = pack_field(found.starts, found.docs, found.places, found.positions)
        arrays[f"{name}.words"] = found.words.astype(np.int32)
        arrays.update(packed(name, rows, np.diff(found.starts)))


def _pack_text_lists(arrays: dict[str, Array], lists: Mapping[str, Lists], lengths: Array) -> None:
    """Add the lists over all default fields, those of classes, of parts and of stories."""
    class_words = arrays["classes.words"]
    rows = text_rows(arrays, lists, len(lengths))
    widths = mask_widths(np.diff(class_words))
    arrays["text.lengths"] = lengths
    arrays["words.frequency"] = word_frequencies(rows.starts, class_words, rows.masks)
    arrays.update(packed("text", pack_text(*rows, widths), np.diff(rows.starts)))
    pack_part_lists(arrays, rows, len(lengths))
    data, starts = pack_forward(*lists_by_doc(rows.starts, rows.docs, rows.weights, len(lengths)))
    arrays["forward.lists"], arrays["forward.starts"] = data, fitting(starts)


def text_rows(arrays: Mapping[str, Array], lists: Mapping[str, Lists], size: int) -> StoryLists:
    """The lists over all default fields, class by class, from the fields' own lists; weights as codes."""
    default = [(lists[name], tenths) for name, tenths in BOOST_TENTHS.items()]
    words = np.concatenate([np.repeat(found.words, np.diff(found.starts)) for found, _ in default])
    classes = arrays["words.class"][words]
    rows = WeightedRows(
        classes,
        np.concatenate([found.docs for found, _ in default]),
        np.concatenate([np.diff(found.places) * boost for found, boost in default]),
        np.minimum(words - arrays["classes.words"][classes], MASK_BITS - 1),
    )
    found = lists_by_story(rows, len(arrays["classes.words"]) - 1, size)
    return found._replace(weights=weight_codes(found.weights))


def word_frequencies(starts: Array, first_words: Array, masks: Array) -> Array:
    """In how many stories each word of some classes stands, counted from the masks of their lists.

    `starts` holds the first row of each class, `first_words` its first word; both end with one more.
    """
    classes = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
    sizes, firsts = np.diff(first_words), first_words - first_words[0]
    frequencies = np.zeros(firsts[-1], np.int32)
    for bit in range(MASK_BITS):
        larger = np.flatnonzero(sizes > bit)
        if not len(larger):
            break
        counts = np.bincount(classes[(masks >> bit & 1).astype(np.bool_)], minlength=len(sizes))
        frequencies[firsts[larger] + bit] = counts[larger]
        many = np.flatnonzero(sizes[classes] > bit + 1)
        classes, masks = classes[many], masks[many]
    last = firsts[:-1] + MASK_BITS - 1
    for number in np.flatnonzero(sizes > MASK_BITS).tolist():
        frequencies[last[number] : firsts[number + 1]] = frequencies[last[number]]
    return frequencies


def pack_keywords(arrays: dict[str, Array], name: str, rows: Sequence[tuple[str, ...]]) -> None:
    """Add a keyword field, given the values of each story."""
    names: dict[str, int] = {}
    sets: dict[tuple[int, ...], int] = {}
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        if row not in seen:
            values = tuple(dict.fromkeys(names.setdefault(value, len(names)) for value in row))
            seen[row] = sets.setdefault(values, len(sets))
    numbers = list(map(seen.__getitem__, rows))
    pack_values(arrays, name, tuple(names), tuple(sets), np.array(numbers, np.int32))


def pack_values(
    arrays: dict[str, Array], name: str, names: Sequence[str], sets: Sequence[tuple[int, ...]], set_of: Array
) -> None:
    """Add a keyword field, given the set of values of each story.

    `sets` holds each set once, as numbers in `names`; there are few, so that stories are counted by their sets.
    """
    terms = sorted({keyword_term(value) for value in names})
    numbers = {term: number for number, term in enumerate(terms)}
    stories = np.argsort(set_of, kind="stable")
    bounds = np.searchsorted(set_of[stories], np.arange(len(sets) + 1))
    docs: list[list[Array]] = [[] for _ in terms]
    for number, values in enumerate(sets):
        for term in {numbers[keyword_term(names[value])] for value in values}:
            docs[term].append(stories[bounds[number] : bounds[number + 1]])
    lists = [np.sort(np.concatenate(parts)) for parts in docs]
    put_strings(arrays, name, terms)
    put_strings(arrays, f"{name}.names", names)
    arrays[f"{name}.starts"] = np.cumsum([0, *map(len, lists)]).astype(np.int64)
    arrays[f"{name}.docs"] = np.concatenate([np.empty(0, np.int32), *lists]).astype(np.int32)
    arrays[f"{name}.sets"] = set_of.astype(np.int32)
    arrays[f"{name}.set_starts"] = np.cumsum([0, *map(len, sets)]).astype(np.int32)
    arrays[f"{name}.set_values"] = np.array([value for values in sets for value in values], np.int32)


def pack_ids(arrays: dict[str, Array], ids: Sequence[str]) -> None:
    """Add the story ids."""
    put_strings(arrays, "ids", ids)
    arrays["ids.order"] = np.array(sorted(range(len(ids)), key=lambda doc: ids[doc].encode()), np.int32)
