"""Plain text of what feeds write as markup: tags go, and what is no tag of HTML stays."""

import pytest

from crawler.discovery.markup import plain_text

TEXTS = {
    "tickers": ("KODAK <EK> BUYS ENZON &lt;ENZN&gt;", "KODAK <EK> BUYS ENZON <ENZN>"),
    "a ticker with its exchange": ("VW &lt;VOWG.F&gt; rises", "VW <VOWG.F> rises"),
    "emphasis": ("&lt;i&gt;Titanic&lt;/i&gt; sinks", "Titanic sinks"),
    "emphasis in capitals": ("<B>Titanic</B> sinks", "Titanic sinks"),
    "paragraphs and breaks": ("<p>One</p><p>Two<br>three", "One Two three"),
    "elements of other vocabularies": ("<o:p>Rain</o:p> <x-note kind=1>falls</x-note>", "Rain falls"),
}


@pytest.mark.parametrize(("markup", "text"), TEXTS.values(), ids=TEXTS.keys())
def test_plain_text(markup: str, text: str) -> None:
    assert plain_text(markup) == text
