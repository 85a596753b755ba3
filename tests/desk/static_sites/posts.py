"""Twenty-four posts for static-site generators: what each says, so that what is read can be compared with it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Post:
    """One post; `published_at` is in UTC."""

    slug: str
    headline: str
    byline: str
    section: str
    caption: str
    published_at: datetime
    paragraphs: tuple[str, ...]


_WRITERS = ("Ana Horvat", "Bilal Osman", "Clara Nyström")
_SECTIONS = ("Harbour", "Council", "Weather")
# Headline; caption; the fact that the text turns on.
_NEWS = (
    (
        "Ferry to the outer islands runs again after the storm",
        "The ferry Selma leaves the north quay.",
        "two crossings a day until October",
    ),
    (
        "Council votes to keep the old fish market open",
        "Stalls in the fish market on Friday.",
        "seven votes to four after a long evening",
    ),
    (
        "Frost warning for the valley as April turns cold",
        "Candles burn between rows of apricots.",
        "four degrees below zero on the valley floor",
    ),
    (
        "Divers find a second wreck below the breakwater",
        "A diver lifts a brass lamp on deck.",
        "a hull of oak some thirty metres long",
    ),
    (
        "School buses will start ten minutes earlier in autumn",
        "Pupils wait at the stop by the mill.",
        "complaints from eleven of the fourteen villages",
    ),
    (
        "Heavy rain closes the coast road for the third time",
        "Mud covers the road below the chapel.",
        "sixty litres a square metre within a night",
    ),
    (
        "Crane operators and the port agree on night shifts",
        "Cranes stand idle at the container pier.",
        "a bonus of a fifth for work after ten",
    ),
    (
        "Library moves into the empty railway station",
        "Volunteers carry boxes of atlases.",
        "forty thousand volumes in nine days",
    ),
    (
        "Wind farm stands still because of a lightning strike",
        "A charred blade lies in the heather.",
        "damage to three of the twelve turbines",
    ),
    (
        "Mussel harvest is the best since records began",
        "Ropes of mussels are hauled aboard.",
        "nine hundred tonnes from the inner bay",
    ),
    (
        "Mayor wants a tram line to the hospital by 2031",
        "A model of the tram in the town hall.",
        "a cost of eighty million for six kilometres",
    ),
    (
        "Drought empties the upper reservoir for a week",
        "The church tower shows above the mud.",
        "a level of eleven per cent on Monday",
    ),
    (
        "Lighthouse keeper retires after forty-one winters",
        "Tove Lind polishes the great lens.",
        "one night in 1998 when the lamp failed",
    ),
    (
        "Town hall clock stops and nobody can find the key",
        "The clock shows five past three.",
        "a locksmith who was called from the capital",
    ),
    (
        "Fog holds up flights for most of the morning",
        "Passengers sleep beside the windows.",
        "visibility of eighty metres at sunrise",
    ),
    (
        "Shipyard takes its first order in twelve years",
        "Welders light the keel of hull 114.",
        "a research vessel for the polar institute",
    ),
    (
        "Parents collect signatures for a safer crossing",
        "A crossing guard stops a lorry.",
        "one thousand and twelve names in a weekend",
    ),
    (
        "Hail breaks greenhouses from the river to the ridge",
        "Broken panes lie among tomato plants.",
        "stones as large as walnuts for nine minutes",
    ),
    (
        "Smuggled parrots are found in a shipment of tiles",
        "A customs officer holds a cage.",
        "twenty-two birds behind a false wall",
    ),
    (
        "Budget for playgrounds is cut by a third",
        "A swing hangs from a single chain.",
        "savings that the treasurer calls painful",
    ),
    (
        "Meteor lights up the sky above three counties",
        "A streak of light over the lagoon.",
        "more than two hundred calls within an hour",
    ),
    (
        "Fishermen protest against the new quota with a blockade",
        "Boats lie side by side in the channel.",
        "a quota that fell by a half in two years",
    ),
    (
        "Choir of the retirement home wins the county prize",
        "The choir sings on the bandstand.",
        "an average age of eighty-three",
    ),
    (
        "Snow in May surprises hikers on the high trail",
        "Footprints lead to the summit hut.",
        "thirty centimetres of snow at the pass",
    ),
)
_FIRST_AT = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)


def _slug(headline: str) -> str:
    return "-".join(headline.lower().split())


def _post(number: int, headline: str, caption: str, fact: str) -> Post:
    thing = headline[0].lower() + headline[1:]
    return Post(
        slug=_slug(headline),
        headline=headline,
        byline=_WRITERS[number % 3],
        section=_SECTIONS[number % 3],
        caption=caption,
        published_at=_FIRST_AT + timedelta(days=2 * number, minutes=7 * number),
        paragraphs=(
            f"What people here have talked about since the morning can be said in one line: {thing}. Those who were "
            f"there speak of {fact}, and few of them had expected it.",
            f"The office in charge confirmed the figures on request. It spoke of {fact} and promised a report before "
            f"the end of the month, number {100 + number * 7} of the current year.",
            f"On the square in front of the town hall opinions differ. Some say that {thing}, and that it was high "
            "time; others would like to see the accounts first. A meeting for residents is planned for next week, "
            "with coffee, maps and an interpreter for the deaf.",
        ),
    )


POSTS = tuple(_post(number, *news) for number, news in enumerate(_NEWS))
