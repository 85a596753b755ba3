"""Pages that are no story, and briefs that call themselves an article and are one."""

from collections.abc import Callable

import pytest

from crawler.extraction import parse
from model.errors import NotAStoryError
from model.page import Page
from model.story import Story

HOST = "https://www.example.com"


def html(title: str, body: str, head: str = "", language: str = "en") -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f"{head}</head><body>{body}</body></html>"
    )


def cards(number: int, *, heading: str = "h3", summary: str = "", wrap: str = "article") -> str:
    return "".join(
        f'<{wrap} class="card"><a href="/world/2024/05/{n:02}/a-story-of-many-words-{n}.html"><img '
        f'src="/i/{n}.jpg" alt=""></a>'
        f'<{heading}><a href="/world/2024/05/{n:02}/a-story-of-many-words-{n}.html">Story number {n} has a '
        f"headline of its own</a></{heading}>"
        f"<p>{summary.format(n=n)}</p></{wrap}>"
        for n in range(1, number + 1)
    )


SUMMARY = "What happened in the {n}th story of this list is told here in one sentence that is long enough."
NAV = "<nav><a href='/'>Home</a> <a href='/world'>World</a> <a href='/sport'>Sport</a></nav>"
FORM = "<form action='/login'><input name='user'><input type='password' name='password'><button>Go</button></form>"
PLAYER = '<div class="player"><video src="/v.mp4"></video></div>'
VIDEO_LD = (
    '<script type="application/ld+json">{"@type":"VideoObject","name":"A clip","uploadDate":"2024-05-17"}</script>'
)
LIST_LD = '<script type="application/ld+json">{"@type":"CollectionPage","name":"World"}</script>'
GALLERY_LD = '<script type="application/ld+json">{"@type":"ImageGallery","name":"Flood in pictures"}</script>'
GALLERY = "".join(
    f'<figure><img src="/g{n}.jpg"><figcaption>Picture {n} of the flood</figcaption></figure>' for n in range(8)
)
CLOUDFLARE = "<div id='cf-chl-widget'></div><p>Checking if the site connection is secure</p>"

FRONTS = [
    (
        "job advert",
        "/jobs/reporter-4711",
        html(
            "Reporter, Business Desk",
            "<h1>Reporter, Business Desk</h1>"
            + "<p>You write about banks, markets and the people in them, every day of the week.</p>" * 6,
            '<script type="application/ld+json">{"@type":"JobPosting","title":"Reporter"}</script>',
        ),
    ),
    (
        "privacy policy",
        "/privacy",
        html(
            "Privacy policy",
            "<h1>Privacy policy</h1>"
            + "".join(
                f"<p>Section {n} says which data the publisher keeps and for how long it keeps them.</p>"
                for n in range(9)
            ),
        ),
    ),
    ("front of cards", "/", html("The Example | News", NAV + "<h1>The Example</h1>" + cards(20))),
    ("front with summaries", "/", html("The Example", NAV + "<h1>Today</h1>" + cards(25, summary=SUMMARY))),
    ("front of divs", "/", html("Example News", cards(15, heading="h2", wrap="div"))),
    (
        "front in tables",
        "/",
        html(
            "Example",
            "<table>"
            + "".join(
                f"<tr><td><a href='/s/{n}.html'>A headline of some words, number {n}</a></td></tr>" for n in range(30)
            )
            + "</table>",
        ),
    ),
    (
        "German front",
        "/",
        html("Beispiel - Nachrichten", "<h1>Nachrichten</h1>" + cards(18, summary=SUMMARY), language="de"),
    ),
    ("website marked", "/", html("Ejemplo", cards(12), '<meta property="og:type" content="website">', "es")),
]
SECTIONS = [
    ("section of cards", "/world", html("World | The Example", NAV + "<h1>World</h1>" + cards(12))),
    (
        "section with summaries",
        "/world/africa/",
        html("Africa | The Example", "<h1>Africa</h1>" + cards(20, summary=SUMMARY)),
    ),
    ("collection", "/politics", html("Politics", "<h1>Politics</h1>" + cards(8, summary=SUMMARY), LIST_LD)),
    (
        "tag page",
        "/tag/mali",
        html("Mali", "<h1>Mali</h1>" + cards(10, heading="h2"), '<meta property="og:type" content="website">'),
    ),
    (
        "author page",
        "/author/jane-doe",
        html("Jane Doe", "<h1>Jane Doe</h1><p>Jane Doe covers the world.</p>" + cards(10), LIST_LD),
    ),
    ("archive of a day", "/2024/05/17/", html("17 May 2024", "<h1>17 May 2024</h1>" + cards(15))),
    ("search results", "/search", html("Results for flood", "<h1>Results for flood</h1>" + cards(10, wrap="li"))),
    ("German section", "/politik", html("Politik", "<h1>Politik</h1>" + cards(14, summary=SUMMARY), language="de")),
    ("French section", "/international/", html("International", "<h1>International</h1>" + cards(14), language="fr")),
    ("Japanese section", "/politics/", html("政治", "<h1>政治ニュースの一覧</h1>" + cards(14), language="ja")),
    ("Spanish section", "/deportes", html("Deportes", "<h1>Deportes</h1>" + cards(9, heading="h4"), LIST_LD, "es")),
    ("topic page two", "/topic/climate/page/2", html("Climate - page 2", "<h1>Climate</h1>" + cards(12), LIST_LD)),
]
PLAYERS = [
    (
        "video marked",
        "/video/1",
        html("A clip", "<h1>A clip</h1>" + PLAYER, '<meta property="og:type" content="video.other">'),
    ),
    (
        "video in JSON-LD",
        "/watch/flood",
        html("Flood", "<h1>Flood in the old town</h1>" + PLAYER + "<p>Watch the flood.</p>", VIDEO_LD),
    ),
    (
        "embedded player",
        "/videos/2",
        html("Flood", "<h1>Flood</h1><iframe src='https://player.example.com/2'></iframe><p>1:32</p>"),
    ),
    (
        "audio",
        "/podcasts/daily",
        html(
            "The Daily",
            "<h1>The Daily</h1><audio src='/d.mp3'></audio><p>Listen now.</p>",
            '<script type="application/ld+json">{"@type":"PodcastEpisode","name":"The Daily"}</script>',
        ),
    ),
    ("video in German", "/video/3", html("Hochwasser", "<h1>Hochwasser</h1>" + PLAYER, VIDEO_LD, "de")),
    (
        "live stream",
        "/live-tv",
        html("Live TV", "<h1>Live TV</h1>" + PLAYER, '<meta property="og:type" content="video.tv_show">'),
    ),
]
GALLERIES = [
    (
        "gallery in JSON-LD",
        "/pictures/1",
        html("Flood in pictures", "<h1>Flood in pictures</h1>" + GALLERY, GALLERY_LD),
    ),
    ("bare gallery", "/photos/flood", html("Flood", "<h1>Flood</h1>" + GALLERY)),
    (
        "gallery of lazy pictures",
        "/bilder/flut",
        html(
            "Flut",
            "<h1>Die Flut in Bildern</h1><ul>"
            + "".join(f"<li><img data-src='/b{n}.jpg' alt='Bild {n}'></li>" for n in range(9))
            + "</ul>",
            language="de",
        ),
    ),
    ("slideshow", "/slideshow/9", html("Ten pictures", "<h1>Ten pictures of the week</h1>" + GALLERY, GALLERY_LD)),
]
LOGINS = [
    ("log in", "/login", html("Log in", "<h1>Log in</h1>" + FORM)),
    (
        "sign in to continue",
        "/s/1",
        html("Sign in to continue reading | The Example", "<h1>Sign in to continue</h1>" + FORM),
    ),
    ("subscribe", "/s/2", html("Subscribe", "<h1>Subscribe</h1><p>Choose your plan. Cancel at any time.</p>" + FORM)),
    ("register", "/register", html("Register", "<h1>Register</h1>" + FORM)),
    ("German", "/anmelden", html("Anmelden", "<h1>Anmelden</h1>" + FORM, language="de")),
    ("French", "/connexion", html("Se connecter", "<h1>Se connecter</h1>" + FORM, language="fr")),
    ("Spanish", "/acceso", html("Iniciar sesión", "<h1>Iniciar sesión</h1>" + FORM, language="es")),
    ("Japanese", "/member", html("ログイン", "<h1>ログイン</h1>" + FORM, language="ja")),
]
CONSENTS = [
    (
        "before you continue",
        "/s/3",
        html(
            "Before you continue",
            "<h1>Before you continue</h1><p>We and our partners store "
            "cookies and process personal data such as your choices. See our privacy policy.</p><button>"
            "Accept</button>",
        ),
    ),
    (
        "value your privacy",
        "/s/4",
        html(
            "The Example",
            "<h1>We value your privacy</h1><p>We and our 823 partners store and/or "
            "access information, with your consent, for personalised ads. Privacy policy.</p>",
        ),
    ),
    (
        "German",
        "/s/5",
        html(
            "Zustimmung",
            "<h1>Weiter mit Werbung</h1><p>Wir und unsere Partner verarbeiten personenbezogene Daten "
            "mit Ihrer Einwilligung für personalisierte Werbung. Datenschutzerklärung.</p>",
            language="de",
        ),
    ),
    (
        "French",
        "/s/6",
        html(
            "Consentement",
            "<h1>Le respect de votre vie privée est notre priorité</h1><p>Nos partenaires et nous "
            "traitons des données personnelles.</p>",
            language="fr",
        ),
    ),
    (
        "Spanish",
        "/s/7",
        html(
            "Cookies", "<h1>Valoramos tu privacidad</h1><p>Nuestros socios tratan datos personales.</p>", language="es"
        ),
    ),
    (
        "Dutch",
        "/s/8",
        html("Cookies", "<h1>Jouw privacy</h1><p>Onze partners verwerken persoonsgegevens.</p>", language="nl"),
    ),
]
CHALLENGES = [
    ("just a moment", "/s/9", html("Just a moment...", "<h1>www.example.com</h1>" + CLOUDFLARE)),
    (
        "attention required",
        "/s/10",
        html("Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1>" + CLOUDFLARE),
    ),
    (
        "access denied",
        "/s/11",
        html("Access Denied", "<h1>Access Denied</h1><p>You don't have permission. Reference #18.2</p>"),
    ),
    (
        "interruption",
        "/s/12",
        html(
            "Pardon Our Interruption",
            "<h1>Pardon Our Interruption</h1><p>As you were browsing, something "
            "about your browser made us think you were a bot.</p>",
        ),
    ),
    ("robot", "/s/13", html("Are you a robot?", "<h1>Are you a robot?</h1><p>Please verify you are a human.</p>")),
    (
        "script only",
        "/s/14",
        html(
            "example.com",
            "<p>Please enable JS and disable any ad blocker</p><script src="
            "'https://ct.captcha-delivery.com/c.js'></script>",
        ),
    ),
]
ERRORS = [
    ("404", "/s/15", html("404", "<h1>404</h1><p>The page you are looking for does not exist.</p>" + cards(4))),
    (
        "page not found",
        "/s/16",
        html("Page not found | The Example", NAV + "<h1>Page not found</h1><p>Try a search.</p>"),
    ),
    ("sorry", "/s/17", html("Error", "<h1>Sorry, we can't find that page</h1><p>It may have moved.</p>" + cards(5))),
    (
        "no longer available",
        "/s/18",
        html("The Example", "<h1>This article is no longer available</h1><p>Read on at home.</p>"),
    ),
    ("server error", "/s/19", html("500 Internal Server Error", "<h1>Internal Server Error</h1>")),
    ("bad gateway", "/s/20", html("502 Bad Gateway", "<center><h1>502 Bad Gateway</h1></center><hr>nginx")),
    (
        "German",
        "/s/21",
        html("Seite nicht gefunden", "<h1>Seite nicht gefunden</h1><p>Leider gibt es sie nicht.</p>", language="de"),
    ),
    (
        "French",
        "/s/22",
        html("Page introuvable", "<h1>Page introuvable</h1><p>Elle a peut-être été déplacée.</p>", language="fr"),
    ),
    ("Spanish", "/s/23", html("Página no encontrada", "<h1>Página no encontrada</h1>" + cards(4), language="es")),
    (
        "Russian",
        "/s/24",
        html("Страница не найдена", "<h1>Страница не найдена</h1><p>Возможно, она удалена.</p>", language="ru"),
    ),
    ("Japanese", "/s/25", html("ページが見つかりません", "<h1>お探しのページは見つかりません</h1>", language="ja")),
    ("nothing at all", "/s/26", "<html><body></body></html>"),
    ("empty article", "/s/27", html("A headline of a story", "<h1>A headline of a story</h1>")),
]
NO_STORIES = [*FRONTS, *SECTIONS, *PLAYERS, *GALLERIES, *LOGINS, *CONSENTS, *CHALLENGES, *ERRORS]
NAMES = [f"{number}-{name}" for number, (name, _, _) in enumerate(NO_STORIES)]


def test_there_are_sixty() -> None:
    assert len(NO_STORIES) >= 60


@pytest.mark.parametrize(("path", "markup"), [case[1:] for case in NO_STORIES], ids=NAMES)
def test_a_page_that_is_no_story_is_refused(make_page: Callable[..., Page], path: str, markup: str) -> None:
    with pytest.raises(NotAStoryError):
        parse(make_page(markup, url=HOST + path))


BRIEF = "<h1>Coastal steamer freed</h1><p>A steamer was pulled off a sandbank near Kirkenes on Saturday.</p>"
STORIES = [
    (
        "brief in JSON-LD",
        html(
            "Coastal steamer freed",
            f"<article>{BRIEF}</article>",
            '<script type="application/ld+json">'
            '{"@type":"NewsArticle","headline":"Coastal steamer freed",'
            '"datePublished":"2024-05-17T10:00:00Z"}</script>',
        ),
    ),
    (
        "brief in OpenGraph",
        html("Coastal steamer freed", f"<div>{BRIEF}</div>", '<meta property="og:type" content="article">'),
    ),
    (
        "brief with a date and an address",
        html("Coastal steamer freed", f"<time datetime='2024-05-17'>17 May</time>{BRIEF}"),
    ),
    (
        "story about privacy",
        html(
            "We value your privacy, say the firms they fined",
            "<h1>Firms fined over privacy</h1>"
            + "".join(
                f"<p>Paragraph {n}: the regulator fined a firm that sold personal data without consent, the "
                f"court in Dublin said.</p>"
                for n in range(8)
            ),
        ),
    ),
    (
        "story among many teasers",
        html(
            "Flood",
            "<h1>Flood reaches the old town</h1><div class='text'>"
            + "".join(
                f"<p>Paragraph {n} says what the flood did to the old town and to the people who live by its river.</p>"
                for n in range(8)
            )
            + "</div>"
            + cards(30, summary=SUMMARY),
            '<meta property="og:type" content="article">',
        ),
    ),
    (
        "story with a video",
        html(
            "Flood",
            "<h1>Flood reaches the old town</h1>"
            + PLAYER
            + "".join(
                f"<p>Paragraph {n} says what the flood did to the old town and to the people who live by its river.</p>"
                for n in range(6)
            ),
            VIDEO_LD,
        ),
    ),
]


@pytest.mark.parametrize("markup", [markup for _, markup in STORIES], ids=[name for name, _ in STORIES])
def test_a_story_is_kept(read: Callable[..., Story], markup: str) -> None:
    assert read(markup).body


PICTURES = html(
    "Flood in pictures",
    "<article><h1>The flood of May, in pictures</h1>" + GALLERY + "</article>",
    '<meta property="og:type" content="article"><meta property="article:published_time" content="2024-05-17T10:00Z">',
)
DIGEST = html(
    "World",
    NAV + "<h1>What the world wrote today</h1><p>Ten stories that our correspondents sent from four continents.</p>"
    + cards(14, summary=SUMMARY),
    LIST_LD,
)  # fmt: skip


def test_a_story_in_pictures_is_kept_for_its_captions(read: Callable[..., Story]) -> None:
    story = read(PICTURES)
    assert len(story.captions) == 8
    assert story.captions[3].text == "Picture 3 of the flood"


def test_what_a_feed_announces_is_kept_with_little_confidence(make_page: Callable[..., Page]) -> None:
    with pytest.raises(NotAStoryError):
        parse(make_page(DIGEST, url=HOST + "/world/"))
    for told in ({"kind": "feed"}, {"kind": "sitemap", "announced": True}, {"kind": "known"}):
        assert parse(make_page(DIGEST, url=HOST + "/world/", **told)).confidence["story"] < 0.35
    with pytest.raises(NotAStoryError):
        parse(make_page(DIGEST, url=HOST + "/world/", kind="sitemap"))
