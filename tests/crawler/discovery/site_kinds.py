"""Kinds of site for autodiscovery: what each serves, and what is to be found on it.

In every text `{base}` stands for the site itself, `{other}` for a second server that belongs to somebody else.
"""

import gzip
import json
from dataclasses import dataclass, field

from tests.crawler.fault_server import answer, redirect

RSS, ATOM, XML, HTML, TEXT = "application/rss+xml", "application/atom+xml", "application/xml", "text/html", "text/plain"


@dataclass(frozen=True)
class Served:
    """A response: its body, its type, its status, and headers."""

    body: str = ""
    kind: str = HTML
    status: str = "200 OK"
    headers: dict[str, str] = field(default_factory=dict)
    zipped: bool = False

    def bytes_for(self, base: str, other: str) -> bytes:
        def put(text: str) -> str:
            return text.replace("{base}", base).replace("{other}", other)

        body = put(self.body).encode()
        headers = {name: put(value) for name, value in self.headers.items()}
        return answer(gzip.compress(body) if self.zipped else body, self.status, self.kind, **headers)


@dataclass(frozen=True)
class SiteKind:
    """A site, and the endpoints that are to be chosen on it: paths, or whole addresses where they are not its own.

    `told` are words of the reasons why addresses were passed over; `most` bounds the requests, robots.txt included.
    """

    pages: dict[str, Served]
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    fronts: tuple[str, ...] = ()
    given: str = "/"
    told: dict[str, str] = field(default_factory=dict)
    most: int = 4
    others: dict[str, Served] = field(default_factory=dict)


def home(head: str = "", body: str = "", *, attributes: str = 'lang="en"', **headers: str) -> Served:
    return Served(f"<!doctype html><html {attributes}><head><title>T</title>{head}</head><body>{body}</body></html>",
                  headers=headers)  # fmt: skip


def link(href: str, rel: str = "alternate", kind: str = RSS, **more: str) -> str:
    attributes = {"rel": rel, "type": kind, "href": href, **more}
    return "<link " + " ".join(f'{name}="{value}"' for name, value in attributes.items() if value) + ">"


def rss(*stories: str, language: str = "", day: str = "") -> Served:
    date = f"<pubDate>{day}</pubDate>" if day else ""
    items = "".join(f"<item><title>t</title><link>{story}</link>{date}</item>" for story in stories)
    named = f"<language>{language}</language>" if language else ""
    return Served(f'<rss version="2.0"><channel><title>The Desk</title>{named}{items}</channel></rss>', RSS)


def atom(*stories: str) -> Served:
    entries = "".join(f'<entry><title>t</title><link href="{story}"/><id>{story}</id></entry>' for story in stories)
    return Served(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>The Desk</title>{entries}</feed>', ATOM)


def json_feed(*stories: str) -> Served:
    items = [{"id": story, "url": "{base}" + story} for story in stories]
    return Served(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "D", "items": items}),
                  "application/feed+json")  # fmt: skip


def urlset(*stories: str, lastmod: str = "") -> Served:
    date = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    urls = "".join(f"<url><loc>{{base}}{story}</loc>{date}</url>" for story in stories)
    return Served(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>', XML)


def news_map(*stories: str) -> Served:
    urls = "".join(
        f"<url><loc>{{base}}{story}</loc><news:news><news:publication_date>2026-05-01</news:publication_date>"
        "<news:title>A title</news:title></news:news></url>"
        for story in stories
    )
    return Served(f'<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{urls}</urlset>', XML)


def index(*parts: str) -> Served:
    return Served("<sitemapindex>" + "".join(f"<sitemap><loc>{p}</loc></sitemap>" for p in parts) + "</sitemapindex>",
                  XML)  # fmt: skip


def robots(*lines: str) -> Served:
    return Served("\n".join(lines), TEXT)


def moved(target: str, status: str = "301 Moved Permanently") -> Served:
    return Served("", "", status, {"Location": target})


def story(number: int) -> str:
    return f"/news/rain-returns-to-the-north-{number}"


TEN = tuple(story(n) for n in range(10))
FIVE = TEN[:5]
USUAL = 30
"""Requests where every usual address has to be tried: the page, robots.txt, 16 feeds and 10 sitemaps at most."""

SITES: dict[str, SiteKind] = {
    "link-rss": SiteKind({"/": home(link("/f")), "/f": rss(*TEN)}, ("/f",), most=13),
    "link-atom": SiteKind({"/": home(link("/f", kind=ATOM)), "/f": atom(*TEN)}, ("/f",), most=13),
    "link-json-feed": SiteKind(
        {"/": home(link("/f", kind="application/feed+json")), "/f": json_feed(*TEN)}, ("/f",), most=13
    ),
    "link-text-xml": SiteKind({"/": home(link("/f", kind="text/xml")), "/f": rss(*TEN)}, ("/f",), most=13),
    "link-application-xml": SiteKind({"/": home(link("/f", kind=XML)), "/f": atom(*TEN)}, ("/f",), most=13),
    "link-rdf": SiteKind(
        {
            "/": home(link("/f", kind="application/rdf+xml")),
            "/f": Served(
                '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
                "<channel><title>D</title></channel>"
                "<item><title>t</title><link>{base}/news/rain-1</link></item></rdf:RDF>",
                XML,
            ),
        },
        ("/f",),
        most=13,
    ),
    "link-type-with-charset": SiteKind(
        {"/": home(link("/f", kind="Application/RSS+XML; charset=utf-8")), "/f": rss(*TEN)}, ("/f",), most=13
    ),
    "rel-feed": SiteKind({"/": home(link("/f", "feed", "")), "/f": rss(*TEN)}, ("/f",), most=13),
    "rel-alternate-feed": SiteKind({"/": home(link("/f", "alternate feed", "")), "/f": rss(*TEN)}, ("/f",), most=13),
    "link-without-rel": SiteKind({"/": home(link("/f", "")), "/f": rss(*TEN)}, ("/f",), most=13),
    "link-without-type": SiteKind({"/": home(link("/my.rss", kind="")), "/my.rss": rss(*TEN)}, ("/my.rss",), most=13),
    "wrong-type": SiteKind({"/": home(link("/rss.php", kind=HTML)), "/rss.php": rss(*TEN)}, ("/rss.php",), most=13),
    "uppercase": SiteKind(
        {"/": home('<LINK REL="ALTERNATE" TYPE="APPLICATION/RSS+XML" HREF="/f">'), "/f": rss(*TEN)}, ("/f",), most=13
    ),
    "link-in-the-body": SiteKind({"/": home(body=f"<p>x</p>{link('/f')}"), "/f": rss(*TEN)}, ("/f",), most=13),
    "base-element": SiteKind(
        {"/": home('<base href="/deep/er/">' + link("f.xml")), "/deep/er/f.xml": rss(*TEN)},
        ("/deep/er/f.xml",),
        most=13,
    ),
    "protocol-relative": SiteKind(
        {"/": home(link("//{base}/f".replace("//{base}", "{base}"))), "/f": rss(*TEN)}, ("/f",), most=13
    ),
    "entities-and-blanks-in-the-address": SiteKind(
        {"/": home(link(" /f?a=1&amp;b=2\n ")), "/f?a=1&b=2": rss(*TEN)}, ("/f?a=1&b=2",), most=13
    ),
    "feed-scheme": SiteKind({"/": home(body='<a href="feed:{base}/f">x</a>'), "/f": rss(*TEN)}, ("/f",), most=13),
    "link-header": SiteKind(
        {
            "/": home(Link='</style.css>; rel=preload, </f>; rel="alternate"; type="application/rss+xml"'),
            "/f": rss(*TEN),
        },
        ("/f",),
        most=13,
    ),
    "html-comment-and-template": SiteKind(
        {
            "/": home(f"<!-- {link('/old')} -->", f"<template>{link('/tpl')}</template>{link('/f')}"),
            **{path: rss(*TEN) for path in ("/old", "/tpl", "/f")},
        },
        ("/f",),
        most=13,
    ),
    "anchor-by-address": SiteKind(
        {"/": home(body='<a href="/export/news.rss"><img src="i.png"></a>'), "/export/news.rss": rss(*TEN)},
        ("/export/news.rss",),
        most=13,
    ),
    "anchor-by-words": SiteKind(
        {"/": home(body='<a href="/export?id=7">RSS feed</a>'), "/export?id=7": rss(*TEN)}, ("/export?id=7",), most=13
    ),
    "anchor-by-icon": SiteKind(
        {"/": home(body='<a href="/export/7"><img alt="XML" src="xml.gif"></a>'), "/export/7": rss(*TEN)},
        ("/export/7",),
        most=13,
    ),
    "page-of-feeds": SiteKind(
        {
            "/": home(body='<footer><a href="/rss-feeds">RSS</a></footer>'),
            "/rss-feeds": home(
                body='<ul><li><a href="/f/world.xml">World</a><li><a href="/f/sport.xml">Sport</a></ul>'
            ),
            "/f/world.xml": rss(*FIVE),
            "/f/sport.xml": rss(*TEN[5:]),
        },
        ("/f/world.xml", "/f/sport.xml"),
        most=15,
    ),
    "another-publishers-feed": SiteKind(
        {"/": home(body='<a href="{other}/feed.xml">RSS</a>'), "/rss.xml": rss(*TEN)},
        ("/rss.xml",),
        told={"{other}/feed.xml": "leads away"},
        others={"/feed.xml": rss("{other}/a-1", "{other}/a-2")},
        most=USUAL,
    ),
    "feed-at-a-service": SiteKind(
        {"/": home(body='<a href="{other}/desk">RSS</a>')},
        ("{other}/desk",),
        others={"/desk": rss(*("{base}" + path for path in TEN))},
        most=13,
    ),
    "services-for-subscribing": SiteKind(
        {
            "/": home(
                '<link rel="alternate" type="application/json+oembed" href="/oembed?feed=1">'
                '<link rel="https://api.w.org/" href="/wp-json/">'
                '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">'
                '<link rel="search" type="application/opensearchdescription+xml" href="/opensearch.xml">'
                '<link rel="EditURI" type="application/rsd+xml" href="/xmlrpc.php?rsd">' + link("/f"),
                '<a href="https://feedly.com/i/subscription/feed/x">RSS</a>',
            ),
            "/f": rss(*TEN),
        },
        ("/f",),
        most=13,
    ),
    "comments-are-no-stories": SiteKind(
        {
            "/": home(
                link("/comments/feed/", title="The Desk » Comments Feed") + link("/feed/", title="The Desk » Feed")
            ),
            "/feed/": rss(*TEN),
            "/comments/feed/": rss(*FIVE),
        },
        ("/feed/",),
        told={"/comments/feed/": "comments"},
        most=13,
    ),
    "categories-come-last": SiteKind(
        {
            "/": home(link("/category/sport/feed/") + link("/feed/") + link("/fr/feed/", hreflang="fr")),
            "/feed/": rss(*TEN),
            "/category/sport/feed/": rss(*FIVE),
            "/fr/feed/": rss(*FIVE),
        },
        ("/feed/",),
        told={"/category/sport/feed/": "category", "/fr/feed/": "another language"},
        most=13,
    ),
    "only-categories": SiteKind(
        {
            "/": home(link("/category/sport/feed/") + link("/category/world/feed/")),
            "/category/sport/feed/": rss(*FIVE),
            "/category/world/feed/": rss(*TEN[5:]),
        },
        ("/category/sport/feed/", "/category/world/feed/"),
        most=USUAL,
    ),
    "one-feed-in-three-formats": SiteKind(
        {
            "/": home(link("/f.rss") + link("/f.atom", kind=ATOM) + link("/f.json", kind="application/feed+json")),
            "/f.rss": rss(*TEN),
            "/f.atom": atom(*TEN),
            "/f.json": json_feed(*TEN),
        },
        ("/f.rss",),
        told={"/f.atom": "same pages", "/f.json": "same pages"},
        most=15,
    ),
    "the-larger-of-two": SiteKind(
        {"/": home(link("/short") + link("/long")), "/short": rss(*FIVE), "/long": rss(*TEN)},
        ("/long",),
        told={"/short": "same pages"},
        most=14,
    ),
    "many-sections": SiteKind(
        {
            "/": home("".join(link(f"/s{n}.xml") for n in range(6))),
            **{f"/s{n}.xml": rss(*(f"/s{n}/rain-{i}" for i in range(3))) for n in range(6)},
        },
        ("/s0.xml", "/s1.xml", "/s2.xml"),
        told={"/s5.xml": "not fetched"},
        most=15,
    ),
    "behind-six-dead-ones": SiteKind(
        {
            "/": home("".join(link(f"/dead{n}.xml") for n in range(6)) + link("/alive.xml")),
            "/dead0.xml": Served("<html>no feed</html>"),
            "/dead1.xml": rss(),
            "/dead2.xml": Served("", RSS, "410 Gone"),
            "/alive.xml": rss(*TEN),
        },
        ("/alive.xml",),
        told={"/dead1.xml": "without entries", "/dead3.xml": "404", "/dead2.xml": "410"},
        most=19,
    ),
    "abandoned-feed": SiteKind(
        {
            "/": home(link("/2014.xml") + link("/now.xml")),
            "/2014.xml": rss("/old/rain-1", day="Sun, 12 Jan 2014 10:00:00 GMT"),
            "/now.xml": rss(*TEN),
        },
        ("/now.xml",),
        told={"/2014.xml": "2014-01-12"},
        most=14,
    ),
    "soft-404": SiteKind(
        {path: home(body="<h1>Sorry</h1>") for path in ("/", "/feed", "/rss.xml", "/sitemap.xml", "/robots.txt")}
        | {"/atom.xml": atom(*TEN)},
        ("/atom.xml",),
        most=USUAL,
    ),
    "feed-closed-by-robots": SiteKind(
        {
            "/": home(link("/rss/all")),
            "/rss/all": rss(*TEN),
            "/robots.txt": robots("User-agent: *", "Disallow: /rss/", "Sitemap: {base}/map.xml"),
            "/map.xml": urlset(*TEN),
        },
        (),
        ("/map.xml",),
        told={"/rss/all": "robots.txt"},
        most=USUAL,
    ),
    "sitemap-beside-a-feed": SiteKind(
        {
            "/": home(link("/f")),
            "/f": rss(*FIVE),
            "/robots.txt": robots("Sitemap: {base}/map.xml"),
            "/map.xml": urlset(*TEN),
        },
        ("/f",),
        ("/map.xml",),
    ),
    "news-and-general-sitemaps": SiteKind(
        {
            "/": home(link("/f")),
            "/f": rss(*FIVE),
            "/robots.txt": robots(
                *(
                    "Sitemap: {base}/video-sitemap.xml",
                    "Sitemap: {base}/sitemap.xml",
                    "Sitemap: {base}/news-sitemap.xml",
                )
            ),
            "/sitemap.xml": index("{base}/part-1.xml"),
            "/part-1.xml": urlset(*TEN),
            "/news-sitemap.xml": news_map(*FIVE),
            "/video-sitemap.xml": urlset("/video/rain-in-the-north-7"),
        },
        ("/f",),
        ("/news-sitemap.xml", "/sitemap.xml"),
        told={"/video-sitemap.xml": "not fetched"},
        most=6,
    ),
    "wordpress": SiteKind(
        {
            "/": home(link("/feed/") + link("/comments/feed/")),
            "/feed/": rss(*FIVE),
            "/robots.txt": robots("User-agent: *", "Disallow: /wp-admin/", "", "Sitemap: {base}/wp-sitemap.xml"),
            "/wp-sitemap.xml": index(
                *(
                    "/wp-sitemap-posts-post-1.xml",
                    "/wp-sitemap-posts-page-1.xml",
                    "/wp-sitemap-taxonomies-category-1.xml",
                ),
                *("/wp-sitemap-taxonomies-post_tag-1.xml", "/wp-sitemap-users-1.xml"),
            ),
            "/wp-sitemap-posts-post-1.xml": urlset(*TEN),
        },
        ("/feed/",),
        ("/wp-sitemap.xml",),
        told={"/comments/feed/": "comments"},
        most=6,
    ),
    "sitemap-on-a-foreign-host": SiteKind(
        {"/": home(link("/f")), "/f": rss(*FIVE), "/robots.txt": robots("Sitemap: {other}/desk/map.xml")},
        ("/f",),
        ("{other}/desk/map.xml",),
        others={"/desk/map.xml": urlset(*TEN)},
    ),
    "sitemaps-by-year": SiteKind(
        {
            "/": home(),
            "/robots.txt": robots(*(f"Sitemap: {{base}}/sitemap-{year}.xml" for year in range(2014, 2027))),
            **{
                f"/sitemap-{year}.xml": urlset(f"/{year}/05/rain-in-the-north", lastmod=f"{year}-05-01")
                for year in range(2014, 2027)
            },
        },
        (),
        ("/sitemap-2026.xml", "/sitemap-2025.xml", "/sitemap-2024.xml"),
        told={"/sitemap-2023.xml": "older", "/sitemap-2014.xml": "not fetched"},
        most=USUAL,
    ),
    "gzipped-sitemap": SiteKind(
        {"/": home(), "/sitemap.xml.gz": Served(urlset(*TEN).body, "application/x-gzip", zipped=True)},
        (),
        ("/sitemap.xml.gz",),
        most=USUAL,
    ),
    "text-sitemap": SiteKind(
        {"/": home(), "/sitemap.txt": Served("\n".join("{base}" + path for path in TEN), TEXT)},
        (),
        ("/sitemap.txt",),
        most=USUAL,
    ),
    "sitemap-of-tags": SiteKind(
        {
            "/": home(link("/f")),
            "/f": rss(*TEN),
            "/robots.txt": robots("Sitemap: {base}/map.xml"),
            "/map.xml": urlset("/tag/rain", "/tag/wind", "/authors/jane"),
        },
        ("/f",),
        told={"/map.xml": "without pages"},
        most=14,
    ),
    "blogger": SiteKind({"/": home(), "/feeds/posts/default": atom(*TEN)}, ("/feeds/posts/default",), most=USUAL),
    "plain-permalinks": SiteKind({"/": home(), "/?feed=rss2": rss(*TEN)}, ("/?feed=rss2",), most=USUAL),
    "below-a-path": SiteKind(
        {
            "/blog/": home(),
            "/blog/feed/": rss("/blog/rain-returns-1"),
            "/feed/": rss(*TEN),
            "/robots.txt": robots("Sitemap: {base}/all.xml"),
            "/all.xml": urlset(*TEN),
        },
        ("/blog/feed/",),
        given="/blog/",
        told={"/all.xml": "outside"},
        most=6,
    ),
    "a-section-without-a-feed": SiteKind(
        {
            "/world": home(),
            "/rss.xml": rss(*TEN),
            "/robots.txt": robots("Sitemap: {base}/map.xml"),
            "/map.xml": urlset(*TEN),
        },
        ("/rss.xml",),
        ("/map.xml",),
        given="/world",
        most=USUAL,
    ),
    "from-a-story": SiteKind(
        {
            "/2026/05/12/rain-returns": home(
                link("/feed/") + link("/2026/05/12/rain-returns/feed/", title="Rain Comments Feed")
            ),
            "/feed/": rss(*TEN),
        },
        ("/feed/",),
        given="/2026/05/12/rain-returns",
        most=13,
    ),
    "redirected-home": SiteKind(
        {"/": moved("/en/"), "/en/": home(link("feed.xml")), "/en/feed.xml": rss(*TEN)}, ("/en/feed.xml",), most=22
    ),
    "redirected-feed": SiteKind({"/": home(link("/f")), "/f": moved("/f/"), "/f/": rss(*TEN)}, ("/f/",), most=14),
    "a-feed-itself": SiteKind({"/f.xml": rss(*TEN)}, ("/f.xml",), given="/f.xml", most=2),
    "a-json-feed-itself": SiteKind({"/f.json": json_feed(*TEN)}, ("/f.json",), given="/f.json", most=2),
    "a-sitemap-itself": SiteKind({"/m.xml": urlset(*TEN)}, (), ("/m.xml",), given="/m.xml", most=2),
    "an-index-itself": SiteKind(
        {"/m.xml": index("/part.xml"), "/part.xml": urlset(*TEN)}, (), ("/m.xml",), given="/m.xml", most=3
    ),
    "an-opml-itself": SiteKind(
        {
            "/feeds.opml": Served(
                '<opml version="2.0"><body><outline text="Feeds"><outline type="rss" text="World" xmlUrl="{base}/w"/>'
                '<outline text="Sport" xmlUrl="/s"/></outline></body></opml>',
                "text/x-opml",
            ),
            "/w": rss(*FIVE),
            "/s": rss(*TEN[5:]),
        },
        ("/w", "/s"),
        given="/feeds.opml",
        most=15,
    ),
    "closed-home": SiteKind(
        {
            "/": Served("no", TEXT, "403 Forbidden"),
            "/robots.txt": robots("Sitemap: {base}/map.xml"),
            "/map.xml": urlset(*TEN),
        },
        (),
        ("/map.xml",),
        most=USUAL,
    ),
    "front-page-alone": SiteKind(
        {"/": home(body="".join(f"<h2><a href='{path}'>Rain returns for day {path[-1]}</a></h2>" for path in TEN))},
        fronts=("/",),
        most=USUAL,
    ),
    "nothing": SiteKind({"/": home()}, most=USUAL),
}
__all__ = ["SITES", "Served", "SiteKind", "redirect"]
