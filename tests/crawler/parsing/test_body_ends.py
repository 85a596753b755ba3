"""Does a body end where the story does?"""

from collections.abc import Callable

import pytest

from index.story import Story

PARAGRAPHS = [f"Sentence {n} of the story says what the flood did to the old town and its people." for n in range(6)]
CONSENT = (
    "We and our 120 partners store and/or access information on your device, for personalised ads and ad measurement."
)
ENDS = [
    ("consent layer", f"<div><h3>Welcome to the Example</h3><p>Read on with ads</p><p>{CONSENT}</p></div>"),
    ("consent layer, heading below", f"<p>Read on with ads</p><p>{CONSENT}</p><h3>Or with a subscription</h3>"),
    ("heading of an empty list", "<h3>More on this story</h3>"),
    ("announcement", "<p>Watch the film here:</p>"),
    ("closing credit", "<p>Some information for this report was provided by AP, AFP and Reuters.</p>"),
]


@pytest.mark.parametrize("end", [end for _, end in ENDS], ids=[name for name, _ in ENDS])
def test_what_follows_the_story_is_left_out(read: Callable[..., Story], end: str) -> None:
    told = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    story = read(
        "<html lang='en'><head><title>Flood</title></head><body><article><h1>Flood reaches the old town</h1>"
        f"<div class='text'>{told}{end}</div></article></body></html>"
    )
    assert list(story.body) == PARAGRAPHS
