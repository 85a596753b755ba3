"""Markup that was written as text goes; whatever else stands in angle brackets stays."""

import pytest

from text.written_markup import without_written_markup

STAYS = [
    "MOODY'S MAY LOWER GAF <GAF>, BORG-WARNER <BOR>",
    "Volkswagen <VOWG.F> and Ford <F.N> rose 2 pct.",
    "USAir Group Inc's <U> proposed purchase, <S> and <B> too",
    "STANDARD<SRD> UNITS",
    "Write to <jo@example.org> or see <https://example.org/a>.",
    "where x<y and y>z",
    "the <div> element, and the <br> element",
    "Profit < 5 & loss > 3; AT&amp;T",
    "<3",
]
GOES = {
    "an element around a word": ("The <i>Titanic</i> sank.", "The Titanic sank."),
    "escaped twice": ("The &lt;i&gt;Titanic&lt;/i&gt; sank.", "The Titanic sank."),
    "line breaks between words": ("one<br>two<br/>three", "one two three"),
    "a link": ('See <a href="https://example.org">here', "See here"),
    "paragraphs": ("<p>One.</p><p>Two.</p>", "One. Two."),
    "what closes an element that is cut off": ("the end.</p></div>", "the end."),
    "a comment": ("a<!-- note -->b", "a b"),
    "a script": ("head<script>line", "head line"),
    "a ticker beside markup": ("<b>Ford</b> <F.N> rose", "Ford <F.N> rose"),
    "a ticker that was escaped twice": ("&lt;VOWG.F&gt;", "<VOWG.F>"),
}


@pytest.mark.parametrize("text", STAYS)
def test_text_in_angle_brackets_stays(text: str) -> None:
    assert without_written_markup(text) == text


@pytest.mark.parametrize(("text", "plain"), GOES.values(), ids=GOES.keys())
def test_markup_goes(text: str, plain: str) -> None:
    assert without_written_markup(text) == plain
