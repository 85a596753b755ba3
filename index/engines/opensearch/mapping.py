"""Mapping of an index: its fields, and how the cluster takes our tokens in and scores them.

Analysis is ours: the tokens of text/ arrive separated by blanks, and the cluster's analysers only take them apart. Each
text field F of the schema is two fields:

    F           the exact forms, with positions
    F_forms     at the same positions each word's folded form, class and parts, marked as in relevance/term_forms.py

and `text`, `text_forms` hold the terms of all default fields once more, without positions, each with its weight in
tenths (BM25F: frequency times boost). Keyword fields are two, too: K as written (counted), K_key as compared. The
scripts score by BM25 without idf, which we know for the whole index and hand in as boosts. The best stories are scored
once more by `word_places` (word_places.py) and by the source of `text_forms`; nothing else is sent back, so no more
of the source is kept.
"""

from typing import Any

from index.relevance.bm25f import K1, B
from index.relevance.columns import PASSAGE_GAP
from model.fields import KEYWORD_FIELDS, TEXT_FIELDS

FORMAT_VERSION = 2
"""Counts changes of what is written for a story; part of the engine's fingerprint."""

TEXT = "text"
FORMS = "_forms"
KEY = "_key"
PLACES = "word_places"
TERM_END = "|"
"""Between the forms of a word, and between a term and its weight; no word holds it, and it is no white space."""

LIVE, WITHDRAWN, GONE, META = "live", "withdrawn", "gone", "meta"
"""What a document's `state` may be: a story, a tombstone, or the checkpoint."""
UNCERTAIN, CORRECTED = "uncertain", "corrected"

MOST_HITS = 10_000
"""So many hits are had at once."""
LONGEST_KEYWORD = 8_000
"""Characters of a keyword; a longer one is left out."""
_LONGEST_TOKEN = 65_536
_LONGEST_PATTERN = 20_000

_SCORE = (
    "double weight_in = doc.freq / {units};"
    "double length = field.sumTotalTermFreq > 0 ? doc.length * (double) field.docCount / field.sumTotalTermFreq : 1.0;"
    "return weight * weight_in * {top} / (weight_in + {k1} * ({rest} + {b} * length));"
)


def _similarity(units: str) -> dict[str, Any]:
    source = _SCORE.format(units=units, top=K1 + 1, k1=K1, rest=1 - B, b=B)
    return {"type": "scripted", "weight_script": {"source": "return query.boost;"}, "script": {"source": source}}


def _analysis() -> dict[str, Any]:
    whole = {"type": "whitespace", "max_token_length": _LONGEST_TOKEN}
    forms = {"type": "pattern_capture", "preserve_original": False, "patterns": [f"([^{TERM_END}]+)"]}
    weighted = {"type": "delimited_term_freq", "delimiter": TERM_END}
    return {
        "tokenizer": {"tokens": whole},
        "filter": {"forms": forms, "weighted": weighted},
        "analyzer": {
            "exact": {"type": "custom", "tokenizer": "tokens"},
            "forms": {"type": "custom", "tokenizer": "tokens", "filter": ["forms"]},
            "weighted": {"type": "custom", "tokenizer": "tokens", "filter": ["weighted"]},
        },
    }


def _text(analyzer: str, similarity: str, **options: Any) -> dict[str, Any]:
    return {"type": "text", "analyzer": analyzer, "search_analyzer": "keyword", "similarity": similarity, **options}


def _properties() -> dict[str, Any]:
    keyword, number = {"type": "keyword"}, {"type": "long"}
    properties: dict[str, Any] = dict.fromkeys(("id", "state", "month", "group", "algorithm", "has", "flags"), keyword)
    properties |= dict.fromkeys(("position", "version", "published", "first_seen", "dated", "length"), number)
    for field in KEYWORD_FIELDS:
        properties[field.name] = {"type": "keyword", "ignore_above": LONGEST_KEYWORD}
        properties[field.name + KEY] = {"type": "keyword", "ignore_above": LONGEST_KEYWORD, "doc_values": False}
    for field in TEXT_FIELDS:
        for name, analyzer in ((field.name, "exact"), (field.name + FORMS, "forms")):
            properties[name] = _text(analyzer, "plain", position_increment_gap=PASSAGE_GAP)
    properties[PLACES] = {"type": "binary", "doc_values": True}
    for name in (TEXT, TEXT + FORMS):
        properties[name] = _text("weighted", "weighted", index_options="freqs")
    return properties


def index_body(shards: int, facts: dict[str, Any]) -> dict[str, Any]:
    """Settings and mapping of one of the cluster's indexes; `facts` are kept with it."""
    settings: dict[str, Any] = {
        "number_of_shards": shards,
        "auto_expand_replicas": "0-1",
        "refresh_interval": "-1",  # a commit shows what it has written, and nothing else does
        "gc_deletes": "0s",  # only tombstones are deleted, once no late write can come
        "max_result_window": MOST_HITS + 1,
        "max_regex_length": _LONGEST_PATTERN,
    }
    mappings = {
        "dynamic": "strict",
        "_meta": facts,
        "_source": {"includes": [TEXT + FORMS]},
        "properties": _properties(),
    }
    similarity = {"plain": _similarity("1.0"), "weighted": _similarity("10.0")}
    settings |= {"similarity": similarity, "analysis": _analysis()}
    return {"settings": {"index": settings}, "mappings": mappings}
