"""Datelines and agency tags, taken off first paragraphs."""

from collections.abc import Callable

import pytest

from crawler.extraction.bylines.datelines import read_dateline
from model.story import Story

DATELINES = [
    ("BAMAKO, Mali (AP) — French troops moved north.", "BAMAKO, Mali", ["AP"]),
    ("WASHINGTON (AP) — The Senate voted on Tuesday.", "WASHINGTON", ["AP"]),
    ("NEW YORK (AP) -- Stocks fell.", "NEW YORK", ["AP"]),
    ("LA CROSSE, Wis. (AP) — The candidates met.", "LA CROSSE, Wis.", ["AP"]),
    ("PORT-AU-PRINCE, Haiti (AP) – Rain fell.", "PORT-AU-PRINCE, Haiti", ["AP"]),
    ("UNITED NATIONS (AP) — The council met.", "UNITED NATIONS", ["AP"]),
    ("SAN FRANCISCO (Reuters) - Shares rose.", "SAN FRANCISCO", ["Reuters"]),
    ("LONDON, Jan 5 (Reuters) - The pound fell.", "LONDON", ["Reuters"]),
    ("LONDON/PARIS, Sept 15 (Reuters) - Ministers met.", "LONDON/PARIS", ["Reuters"]),
    ("BEIJING, March 3, 2024 (Reuters) - Growth slowed.", "BEIJING", ["Reuters"]),
    ("(Reuters) - The company said so.", None, ["Reuters"]),
    ("(AP) — A storm hit the coast.", None, ["AP"]),
    ("[Reuters] - The company said so.", None, ["Reuters"]),
    ("PARIS (AFP) – The president spoke.", "PARIS", ["AFP"]),
    ("Paris (AFP) - The president spoke.", "Paris", ["AFP"]),
    ("Paris, France (AFP) - The president spoke.", "Paris, France", ["AFP"]),
    ("MANILA, Philippines — The storm passed.", "MANILA, Philippines", []),
    ("OTTAWA — The government fell.", "OTTAWA", []),
    ("TORONTO -- Police say a man died.", "TORONTO", []),
    ("KYIV, Ukraine — Sirens sounded.", "KYIV, Ukraine", []),
    ("WASHINGTON – The court ruled.", "WASHINGTON", []),
    ("Washington — The court ruled.", "Washington", []),
    ("NEW DELHI: The minister resigned.", "NEW DELHI", []),
    ("New Delhi, Jan 5 (PTI) The minister resigned.", "New Delhi", ["PTI"]),
    ("Mumbai, Sep 3 (PTI): The minister resigned.", "Mumbai", ["PTI"]),
    ("Lucknow, June 10 (ANI): Police arrested two men.", "Lucknow", ["ANI"]),
    ("MOSCOW, January 17. /TASS/. The ministry said so.", "MOSCOW", ["TASS"]),
    ("МОСКВА, 5 января. /ТАСС/. Министерство сообщило.", "МОСКВА", ["TASS"]),
    ("МОСКВА, 5 янв — РИА Новости. Министерство сообщило.", "МОСКВА", ["RIA Novosti"]),
    ("BEIJING, May 5 (Xinhua) -- The premier met farmers.", "BEIJING", ["Xinhua"]),
    ("NAIROBI, Dec. 12 (Xinhua) — Kenya marked the day.", "NAIROBI", ["Xinhua"]),
    ("SEOUL, Jan. 5 (Yonhap) -- The president apologised.", "SEOUL", ["Yonhap"]),
    ("TOKYO (Kyodo) -- The yen fell.", "TOKYO", ["Kyodo"]),
    ("TOKYO, Jan. 5 (Kyodo) - The yen fell.", "TOKYO", ["Kyodo"]),
    ("Berlin (dpa) - Der Bundestag hat beschlossen.", "Berlin", ["dpa"]),
    ("Berlin (dpa/tmn) – Der Bundestag hat beschlossen.", "Berlin", ["dpa"]),
    ("Berlin/München (dpa) - Der Bundestag hat beschlossen.", "Berlin/München", ["dpa"]),
    ("Frankfurt/Main (dpa-AFX) - Der Dax ist gefallen.", "Frankfurt/Main", ["dpa"]),
    ("Hamburg (dpa/lno) - Die Polizei sucht Zeugen.", "Hamburg", ["dpa"]),
    ("Wien (APA) – Der Nationalrat tagt.", "Wien", ["APA"]),
    ("Wien/Graz (APA) - Der Nationalrat tagt.", "Wien/Graz", ["APA"]),
    ("Bern (SDA) - Der Bundesrat hat entschieden.", "Bern", ["SDA"]),
    ("Köln (SID) - Der Verein hat gewonnen.", "Köln", ["SID"]),
    ("Bonn (KNA) Die Bischöfe tagen.", None, []),
    ("Bonn (KNA) – Die Bischöfe tagen.", "Bonn", ["KNA"]),
    ("Berlin. Der Bundestag hat beschlossen.", "Berlin", []),
    ("Hamburg – Der Senat tagt.", "Hamburg", []),
    ("Madrid, 5 ene (EFE).- El Gobierno aprobó la ley.", "Madrid", ["EFE"]),
    ("Buenos Aires, 12 de marzo (EFE).- El presidente viajó.", "Buenos Aires", ["EFE"]),
    ("MADRID, 5 Ene. (EUROPA PRESS) - El Gobierno aprobó la ley.", "MADRID", ["Europa Press"]),
    ("BARCELONA, 5 (EUROPA PRESS) - El Gobierno aprobó la ley.", None, []),
    ("MADRID 5 Ene. (EUROPA PRESS) - El Gobierno aprobó la ley.", "MADRID", ["Europa Press"]),
    ("ROMA (ANSA) - Il governo ha deciso.", "ROMA", ["ANSA"]),
    ("(ANSA) - ROMA, 17 GEN - Il governo ha deciso.", "ROMA", ["ANSA"]),
    ("(ANSA) - Il governo ha deciso.", None, ["ANSA"]),
    ("PARIS (AP, AFP) — The talks failed.", "PARIS", ["AP", "AFP"]),
    ("GENEVA (Reuters/AFP) - The talks failed.", "GENEVA", ["Reuters", "AFP"]),
    ("[東京 5日 ロイター] - 円が下落した。", "東京", ["Reuters"]),
    ("【ワシントン＝時事】米大統領は5日、演説した。", "ワシントン", ["Jiji Press"]),
    ("【ソウル＝小池和樹】韓国の大統領は演説した。", "ソウル", []),
    ("(서울=연합뉴스) 홍길동 기자 = 대통령이 사과했다.", "서울", ["Yonhap"]),
    ("[서울=뉴시스] 홍길동 기자 = 대통령이 사과했다.", "서울", ["Newsis"]),
    ("新华社北京1月5日电 国务院总理会见农民。", "北京", ["Xinhua"]),
    ("PARIS | The president spoke.", "PARIS", []),
    ("AL-QAIM, Iraq (AP) — Troops moved in.", "AL-QAIM, Iraq", ["AP"]),
    ("RIO DE JANEIRO (AP) — Carnival began.", "RIO DE JANEIRO", ["AP"]),
    ("Rio de Janeiro, 3 dez (Lusa) - O Carnaval começou.", "Rio de Janeiro", ["Lusa"]),
    ("SYDNEY (AAP) — Fires spread.", "SYDNEY", ["AAP"]),
    ("LONDON (PA) - The Queen opened parliament.", "LONDON", ["PA"]),
    ("OCRACOKE, N.C. — The last ferry has sailed.", "OCRACOKE, N.C.", []),
    ("EASTPORT, Me. – The quay gave way at noon.", "EASTPORT, Me.", []),
    ("YELLOWKNIFE, N.W.T. — Smoke hangs over the lake.", "YELLOWKNIFE, N.W.T.", []),
    ("ST. CLOUD, Minn. — The mill is to close.", "ST. CLOUD, Minn.", []),
    ("BIKANER: The canal will be shut for three weeks.", "BIKANER", []),
    ("DERA GHAZI KHAN: Police have sealed the road.", "DERA GHAZI KHAN", []),
    ("SURAT/RAJKOT: Diamond cutters laid down their tools.", "SURAT/RAJKOT", []),
    ("Pune, 5 June: The bridge is closed.", "Pune", []),
    ("Guwahati – Der Fluss ist über die Ufer getreten.", "Guwahati", []),
]

NO_DATELINES = [
    "NATO — the alliance of 32 states — met on Tuesday.",
    "London — the capital — is full of visitors.",
    "BREAKING — A fire has broken out.",
    "UPDATE: The match has been called off.",
    "EXCLUSIVE - The minister is to resign.",
    "Google (GOOG) said profits rose.",
    "The Associated Press (AP) reported the find first.",
    "Paris Saint-Germain won the cup on Sunday.",
    "Reuters reported on Monday that the deal was near.",
    "Trump — who had promised to sign — refused.",
    "Washington said on Monday that it would not sign.",
    "Berlin war am Montag voller Menschen.",
    "Endlich. Der Bundestag hat beschlossen.",
    "NASA's rover (Perseverance) — now five years old — moved on.",
    "COVID-19 — the disease that stopped the world — is back.",
    "EDITOR'S NOTE: This story has been corrected.",
    "EDITORS: Please kill the story PIER-REPAIR, which moved at 10:05.",
    "EDITORS — Please kill the story on the pier.",
    "EDS: Corrects the name of the ferry.",
    "ATTENTION EDITORS: The story on the pier is withdrawn.",
    "MANDATORY KILL: The story on the pier must not be used.",
    "BULLETIN KILL — The story on the pier must not be used.",
    "ADVISORY: The story on the pier is withdrawn.",
    "NOTICE TO EDITORS: The story on the pier is withdrawn.",
    "ACHTUNG REDAKTIONEN: Die Meldung ist zurückgezogen.",
    "ATENCIÓN EDITORES: La nota queda anulada.",
    "Q: What happened then?",
    "IKEA – the furniture chain – opens a shop.",
    "Mr Smith (AP's bureau chief) said it was over.",
    "Paris: A Life is the title of her book.",
    "In Paris (AFP) the president spoke.",
    "BREAKING NEWS — A fire has broken out.",
    "LIVE UPDATES: Polls have closed.",
    "KEY POINTS: Two rates were cut.",
    "OPINION: The bridge should stay.",
    "MARTA OLSEN, HOST: Good evening.",
    "VILLAGER'S DIARY: The well is dry.",
    "FOUR WORDS ARE MANY: The list is long.",
    "大統領は5日、演説した。",
]


@pytest.mark.parametrize(("paragraph", "place", "agencies"), DATELINES, ids=[text[:40] for text, _, _ in DATELINES])
def test_a_dateline_is_read_and_taken_off(paragraph: str, place: str | None, agencies: list[str]) -> None:
    found = read_dateline(paragraph)
    assert found.place == place
    assert list(found.agencies) == agencies
    assert paragraph.endswith(found.rest)
    assert found.rest[0].isalnum()
    assert (found.rest == paragraph) == (place is None and not agencies)


@pytest.mark.parametrize("paragraph", NO_DATELINES, ids=[text[:40] for text in NO_DATELINES])
def test_what_only_looks_like_a_dateline_stays(paragraph: str) -> None:
    found = read_dateline(paragraph)
    assert (found.place, found.agencies, found.rest) == (None, (), paragraph)


OPENING = "Fishermen have begun to haul their boats ashore before the storm, the harbour master said on Monday."
PAGE = (
    "<html><head><title>Boats hauled ashore</title>{head}</head><body><article><h1>Boats hauled ashore</h1>"
    "<div class='story'>{above}<p>{opening}</p>"
    + "".join(f"<p>Paragraph {n} of the story tells what the crews did with nets and ropes.</p>" for n in range(5))
    + "</div></article></body></html>"
)
JSON_LD = (
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Boats hauled ashore",'
    '"dateline":"%s"}</script>'
)
SWEDEN = "YSTAD, Sweden — "
NOTE = "<p>Ann Poe reported from the coast.</p>"
CREDIT = "<cite><span class='x__location'>Ystad</span> <i>WNN</i> — </cite>"
FILED = [
    ("element of a dateline", "", "<b class='dateline'>Paamiut, Greenland —</b>", OPENING, "Paamiut, Greenland"),
    ("element of a location", "", CREDIT, OPENING, "Ystad"),
    ("dateline that is a date", "", "<p class='dateline'>Updated 3 March</p>", OPENING, None),
    ("location further down", "", f"<p>{'Nets hang dry. ' * 9}</p><b class='location'>Ystad</b>", OPENING, None),
    ("json-ld", JSON_LD % "Paamiut, Greenland", "", OPENING, "Paamiut, Greenland"),
    ("a country in json-ld", JSON_LD % "Denmark", "", OPENING, None),
    ("the text before json-ld", JSON_LD % "Nuuk, Greenland", "", SWEDEN + OPENING, "YSTAD, Sweden"),
    ("behind a note", "", NOTE, SWEDEN + OPENING, "YSTAD, Sweden"),
]


@pytest.mark.parametrize(("head", "above", "opening", "place"), [case[1:] for case in FILED], ids=[c[0] for c in FILED])
def test_a_place_outside_the_first_words_is_read(
    read: Callable[..., Story], head: str, above: str, opening: str, place: str | None
) -> None:
    story = read(PAGE.format(head=head, above=above, opening=opening))
    assert story.dateline == place
    assert OPENING in story.body
