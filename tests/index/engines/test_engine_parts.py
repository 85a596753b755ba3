"""Contract of every engine: words are found as parts of others, over commits, merges and deletions."""

from datetime import UTC, datetime

from index.base import Engine, IndexReader, Removal
from model.query import Phrase, Query, SearchRequest, Word
from model.story import Caption, StoredStory

INDEX = "one"
SEEN = datetime(2024, 5, 1, tzinfo=UTC)
COMMITS = 30
"""More than are left unmerged."""
COMPOUNDS = ("Krankenhäuser", "Krankenhausträger", "Krankenhausreform", "Umweltschutzmaßnahmen")


def story(story_id: str, sentence: str, language: str = "de", caption: str = "") -> StoredStory:
    return StoredStory(
        id=story_id,
        version=1,
        first_seen_at=SEEN,
        seen_at=SEEN,
        source="herald",
        headline="…",
        body=(sentence,),
        captions=(Caption(text=caption),) if caption else (),
        language=language,
    )


def commit(engine: Engine, number: int, stories: list[StoredStory], gone: tuple[str, ...] = ()) -> None:
    writer = engine.writer(INDEX)
    writer.add(stories)
    writer.remove([Removal(story_id, number) for story_id in gone])
    writer.commit(number)


def found(reader: IndexReader, query: Query) -> list[str]:
    return [hit.id for hit in reader.search(SearchRequest(query, sort="score", limit=100)).hits]


def test_a_word_is_found_as_a_part_after_merges_and_deletions(engine: Engine) -> None:
    for number in range(COMMITS):
        compound = COMPOUNDS[number % len(COMPOUNDS)]
        commit(engine, number + 1, [story(f"s{number:02}", f"Die {compound} kosten Geld.")])
    gone = ("s00", "s05")
    commit(engine, COMMITS + 1, [story("alone", "Das Krankenhaus bleibt offen."), story("house", "Ein Haus.")], gone)
    reader = engine.reader(INDEX)
    with_house = {f"s{number:02}" for number in range(COMMITS) if number % len(COMPOUNDS) < 3} - set(gone)
    hits = found(reader, Word("Haus"))
    assert hits[0] == "house"
    assert set(hits) == with_house | {"house", "alone"}
    # A hospital's reform has it as a part; of a hospital's own forms none is one.
    assert set(found(reader, Word("Krankenhaus"))) == with_house | {"alone"}
    assert set(found(reader, Word("Umweltschutz"))) == {f"s{n:02}" for n in range(3, COMMITS, len(COMPOUNDS))}
    assert found(reader, Phrase("Haus")) == ["house"]
    reader.close()


def test_parts_are_those_of_the_storys_language_and_field(engine: Engine) -> None:
    stories = [
        story("german", "Nichts Neues.", caption="Vor dem Krankenhausgelände"),
        story("swedish", "Sjukhuset byggs ut.", "sv"),
        story("english", "The Krankenhausgelände is closed.", "en"),
    ]
    commit(engine, 1, stories)
    reader = engine.reader(INDEX)
    assert found(reader, Word("Krankenhaus")) == ["german"]
    assert found(reader, Word("Krankenhaus", "caption")) == ["german"]
    assert found(reader, Word("Krankenhaus", "body")) == []
    reader.close()
