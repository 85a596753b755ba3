"""Feeds with every mistake that is made, and what each of them says: address, title, identifier, date."""

import gzip
import zlib
from collections.abc import Mapping
from typing import NamedTuple

import zstandard

SITE = "https://news.example/"
FIRST = ("1", "Story 1", "d-1", "2024-05-12 09:00")
SECOND = ("2", "Story 2", "d-2", "2024-05-12 10:00")
BOTH = (FIRST, SECOND)
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'


class BrokenFeed(NamedTuple):
    """A feed, the headers that it came with, and its golden list: (address below SITE or whole, title, id, instant)."""

    content: str | bytes
    expected: tuple[tuple[str, str | None, str | None, str | None], ...] = BOTH
    headers: Mapping[str, str] = {}


def item(number: int, inside: str = "") -> str:
    """An item of RSS with what else it is given."""
    return (
        f"<item><title>Story {number}</title><link>{SITE}{number}</link>"
        f'<guid isPermaLink="false">d-{number}</guid>'
        f"<pubDate>Sun, 12 May 2024 {8 + number:02}:00:00 GMT</pubDate>{inside}</item>\n"
    )


def rss(*items: str, head: str = DECLARATION, attributes: str = "") -> str:
    """RSS 2.0 with these items."""
    channel = f"<title>D</title><link>{SITE}</link>{''.join(items)}"
    return f'{head}<rss version="2.0"{attributes}><channel>{channel}</channel></rss>'


def entry(number: int, links: str) -> str:
    """An entry of Atom."""
    return (
        f"<entry><id>d-{number}</id><title>Story {number}</title>"
        f"<updated>2024-05-12T{8 + number:02}:00:00Z</updated>{links}</entry>"
    )


def atom(*entries: str, attributes: str = "") -> str:
    """Atom 1.0 with these entries."""
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"{attributes}><title>D</title>'
        f'<link href="{SITE}"/>{"".join(entries)}</feed>'
    )


GOOD = rss(item(1), item(2))
GOOD_ATOM = atom(entry(1, '<link href="/1"/>'), entry(2, '<link href="/2"/>'))
NAMELESS = (("1", "Story 1", None, None),)


def titled(title: str) -> str:
    """The good feed with another title of its first item."""
    return GOOD.replace("Story 1", title)


def first_titled(title: str | None) -> tuple[tuple[str, str | None, str | None, str | None], ...]:
    """What the good feed says then."""
    return ((FIRST[0], title, *FIRST[2:]), SECOND)


def linked(inside: str) -> str:
    """One item with these links in place of its own."""
    return rss(f"<item><title>Story 1</title>{inside}</item>")


AROUND = {
    "byte-order-mark-and-blank-lines": BrokenFeed("\ufeff\n\n  " + GOOD),
    "php-warning-in-html": BrokenFeed(
        "<br />\n<b>Warning</b>:  Cannot modify header information - headers already sent by (output started at"
        " /srv/a.php:1) in <b>/srv/b.php</b> on line <b>2</b><br />\n" + GOOD
    ),
    "php-notice-in-text": BrokenFeed("PHP Notice:  Undefined index: x in /srv/a.php on line 3\n" + GOOD),
    "comment-first": BrokenFeed("<!-- cached -->\n" + GOOD),
    "comment-without-end-first": BrokenFeed("<!-- cached\n" + GOOD),
    "http-headers-first": BrokenFeed("HTTP/1.1 200 OK\r\nServer: <nginx>\r\nContent-Type: text/xml\r\n\r\n" + GOOD),
    "script-behind-the-end": BrokenFeed(GOOD + "<!-- 0.2 s --><script>if (a < b && c) x()</script>\n<p>bye"),
    "two-feeds-in-one-file": BrokenFeed(rss(item(1)) + rss(item(2))),
    "feed-in-a-web-page": BrokenFeed(f"<html><head><title>x</title></head><body><p>{GOOD}</body></html>"),
    "style-sheet-named": BrokenFeed(GOOD.replace("?>", '?><?xml-stylesheet type="text/xsl" href="/s.xsl"?>', 1)),
    "public-identifier": BrokenFeed(
        GOOD.replace(
            "?>", '?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/rss.dtd">', 1
        )
    ),
}

CUT_OFF = {
    "in-an-entry": BrokenFeed(GOOD[: GOOD.index("<pubDate>", GOOD.index("Story 2"))], (FIRST, (*SECOND[:3], None))),
    "in-an-address": BrokenFeed(GOOD[: GOOD.index("example/2") + len("exam")], (FIRST,)),
    "behind-an-address": BrokenFeed(GOOD[: GOOD.index("</link>", GOOD.index("Story 2"))], (FIRST,)),
    "in-an-attribute": BrokenFeed(GOOD_ATOM[: GOOD_ATOM.rindex("/2") + 1], (FIRST,)),
    "in-an-end-tag": BrokenFeed(GOOD[:-5]),
    "in-cdata": BrokenFeed(rss(item(1), item(2, "<description><![CDATA[It rai"))[:-30]),
    "in-a-gzip-free-byte": BrokenFeed(titled("Été").encode()[:-20], first_titled("Été")),
}

MARKUP = {
    "html-without-quotes": BrokenFeed(
        rss(item(1, "<description><a href=foo>x</a><br>y<img src=x><p>z</description>"), item(2))
    ),
    "html-in-atom": BrokenFeed(
        atom(entry(1, '<link href="/1"/><content type="html"><p>a<br>b & c</content>'), entry(2, '<link href="/2"/>'))
    ),
    "script-in-a-description": BrokenFeed(
        rss(item(1, "<description><script>if(a<b && c>d){x()}</script></description>"), item(2))
    ),
    "description-without-end": BrokenFeed(
        rss(item(1).replace("<pubDate>", "<description><p>It rained<pubDate>"), item(2))
    ),
    "title-without-end": BrokenFeed(titled("Story 1<br>").replace("<br></title>", "")),
    "address-without-end": BrokenFeed(GOOD.replace("</link><guid", "<guid")),
    "item-without-end": BrokenFeed(GOOD.replace("</item>", "", 1)),
    "ends-crossed": BrokenFeed(rss(item(1, "<description><b><i>x</b></i></description>"), item(2))),
    "end-without-beginning": BrokenFeed(rss(item(1, "</div></b>"), item(2))),
    "quote-left-open": BrokenFeed(GOOD_ATOM.replace('href="/1"', 'href="/1')),
    "quotes-left-out": BrokenFeed(GOOD_ATOM.replace('href="/1"', "href=/1 ")),
    "attribute-twice": BrokenFeed(GOOD_ATOM.replace('href="/1"', 'href="/1" href="/1"')),
    "capitals": BrokenFeed(GOOD.replace("item>", "ITEM>").replace("<link>", "<Link>").replace("</link>", "</LINK>")),
    "cdata-end-in-text": BrokenFeed(rss(item(1, "<description>a ]]> b</description>"), item(2))),
    "cdata-in-cdata": BrokenFeed(rss(item(1, "<description><![CDATA[a <![CDATA[b & c]]> d]]></description>"), item(2))),
    "cdata-without-end": BrokenFeed(
        rss(item(1, "<description><![CDATA[a <b> c</description>"), item(2, "<description><![CDATA[a]]></description>"))
    ),
    "comment-without-end": BrokenFeed(rss(item(1, "<!-- x"), item(2))),
    "nested-deeply": BrokenFeed(rss(item(1, "<x>" * 5000 + "</x>" * 5000), item(2))),
    "nested-deeply-without-end": BrokenFeed(rss(item(1, "<description>" + "<b>" * 5000 + "</description>"), item(2))),
    "one-huge-entry": BrokenFeed(rss(item(1, "<description>" + "rain<br> " * 200_000 + "</description>"), item(2))),
    "prefixes-undeclared": BrokenFeed(rss(item(1, '<dc:creator>Ann</dc:creator><foo:x y:z="1"/>'), item(2))),
    "namespace-wrong": BrokenFeed(GOOD_ATOM.replace("http://www.w3.org/2005/Atom", "http://atom.example/")),
    "namespace-missing": BrokenFeed(GOOD_ATOM.replace(' xmlns="http://www.w3.org/2005/Atom"', "")),
    "namespace-unusable": BrokenFeed(GOOD.replace("<rss ", '<rss xmlns:a="" xmlns:b="x y" xmlns:c=z ')),
}

CHARACTERS = {
    "ampersands-and-html-entities": BrokenFeed(
        titled("A&B &eacute;&nbsp;x &amp; &bogus;"), first_titled("A&B é x & &bogus;")
    ),
    "entities-declared": BrokenFeed(
        titled("Story &foo; &co;").replace(
            "?>",
            "?><!DOCTYPE rss [<!ENTITY foo \"bar\"> <!-- x --> <!ELEMENT y (#PCDATA)><!ENTITY co 'A &#38; B'>]>",
            1,
        ),
        first_titled("Story bar A & B"),
    ),
    "parameter-entities-ignored": BrokenFeed(
        GOOD.replace("?>", '?><!DOCTYPE rss [<!ENTITY % l PUBLIC "-//W3C//L" "http://127.0.0.1/l.ent"> %l;]>', 1)
    ),
    "references-in-capitals-and-out-of-range": BrokenFeed(
        titled("&#X41;&#x42;&#0;&#xD800;&#x110000;&#146;"), first_titled("AB’")
    ),
    "control-characters": BrokenFeed(titled("S\x00to\x0bry\x1f 1")),
    "utf-8-that-is-windows-1252": BrokenFeed(titled("Été").encode("cp1252"), first_titled("Été")),
    "utf-8-mark-before-windows-1252": BrokenFeed(b"\xef\xbb\xbf" + titled("Été").encode("cp1252"), first_titled("Été")),
    "utf-16-that-is-utf-8": BrokenFeed(titled("Été").replace("utf-8", "utf-16").encode(), first_titled("Été")),
    "utf-16-without-mark": BrokenFeed(titled("Été").encode("utf-16-be"), first_titled("Été")),
    "utf-32": BrokenFeed(titled("Été").encode("utf-32"), first_titled("Été")),
    "utf-32-without-mark": BrokenFeed(titled("Été").encode("utf-32-le"), first_titled("Été")),
    "ebcdic": BrokenFeed(GOOD.encode("cp037")),
    "declared": BrokenFeed(titled("Дождь").replace("utf-8", "windows-1251").encode("cp1251"), first_titled("Дождь")),
    "declared-too-narrow": BrokenFeed(titled("鎔").replace("utf-8", "gb2312").encode("gbk"), first_titled("鎔")),
    "header-where-the-declaration-does-not-fit": BrokenFeed(
        titled("雨が").encode("euc-jp"), first_titled("雨が"), {"content-type": "text/xml; charset=euc-jp"}
    ),
    "not-stated": BrokenFeed(titled("Été").removeprefix(DECLARATION).encode("cp1252"), first_titled("Été")),
    "nul-first": BrokenFeed("\0" + GOOD),
}

FILES = {
    "gzip": BrokenFeed(gzip.compress(GOOD.encode())),
    "gzip-twice": BrokenFeed(gzip.compress(gzip.compress(GOOD.encode()))),
    "zlib": BrokenFeed(zlib.compress(GOOD.encode())),
    "zstandard": BrokenFeed(zstandard.compress(GOOD.encode())),
    "gzip-of-json": BrokenFeed(
        gzip.compress(b'{"items": [{"id": "d-1", "url": "/1", "title": "Story 1"}]}'), (("1", "Story 1", "d-1", None),)
    ),
}

KINDS = {
    "atom-0.3": BrokenFeed(
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>D</title><entry><title mode="escaped"'
        ' type="text/html">Story &lt;b&gt;1&lt;/b&gt;</title><link rel="alternate" type="text/html"'
        f' href="{SITE}1"/><id>d-1</id><issued>2024-05-12T09:00:00Z</issued></entry></feed>',
        (FIRST,),
    ),
    "rss-0.90": BrokenFeed(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">'
        f"<channel><title>D</title></channel><item><title>Story 1</title><link>{SITE}1</link></item></rdf:RDF>",
        NAMELESS,
    ),
    "rss-1.0-without-link": BrokenFeed(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        f'<channel/><item rdf:about="{SITE}1"><title>Story 1</title></item></rdf:RDF>',
        (("1", "Story 1", f"{SITE}1", None),),
    ),
    "rss-0.91": BrokenFeed(GOOD.replace('version="2.0"', 'version="0.91"')),
    "rss-0.92": BrokenFeed(GOOD.replace('version="2.0"', 'version="0.92"')),
    "cdf": BrokenFeed(
        f'<CHANNEL HREF="{SITE}"><TITLE>D</TITLE><ITEM HREF="/1"><TITLE>Story 1</TITLE></ITEM></CHANNEL>', NAMELESS
    ),
    "items-beside-the-channel": BrokenFeed(f"<rss>{item(1)}<channel/>{item(2)}</rss>"),
    "channels-nested": BrokenFeed(f"<rss><channel><channel>{item(1)}</channel>{item(2)}</channel></rss>"),
    "entries-in-rss": BrokenFeed(rss(item(1), entry(2, '<link href="/2"/>'))),
    "items-in-atom": BrokenFeed(atom(item(1), entry(2, '<link href="/2"/>'))),
    "one-entry-by-itself": BrokenFeed(entry(1, f'<link href="{SITE}1"/>'), (FIRST,)),
    "root-of-another-name": BrokenFeed(f"<news>{item(1)}{item(2)}</news>"),
    "announced-twice": BrokenFeed(rss(item(1), item(1), item(2))),
    "json-with-mistakes": BrokenFeed(
        '\ufeff{"version": "1", "items": [{"id": 7, "url": "/1", "title": "T // no comment",}'
        ', /* x */ "y", {"id": 1.5, "external_url": "https://other.example/2"}, {"id": "https://news.example/3"},'
        ' {"id": "desk-9"}, {"id": "8", "url": 5}, // z\n]}',
        (
            ("1", "T // no comment", "7", None),
            ("https://other.example/2", None, "1.5", None),
            ("3", None, f"{SITE}3", None),
        ),
    ),
    "json-cut-off": BrokenFeed(
        '{"items": [{"id": "1", "url": "/1"}, {"id": "2", "url": "/secon', (("1", None, "1", None),)
    ),
    "json-with-one-bad-item": BrokenFeed(
        '{"items": [{"id": "1", "url": "/1"}, {"id": "2" "url": "/2", "attachments": [{"url": "/a.mp3"},'
        ' {"url": "/b.mp3"}]}, {"id": "3", "url": "/3"}]}',
        (("1", None, "1", None), ("3", None, "3", None)),
    ),
}

OTHER_RELATIONS = ("enclosure", "self", "edit", "replies", "via")
XML_BASES = atom(
    entry(1, '<link xml:base="z/" href="1"/>').replace("<entry", '<entry xml:base="y/"'),
    attributes=' xml:base="https://a.example/x/"',
)
ADDRESSES = {
    "xml-base-at-every-level": BrokenFeed(XML_BASES, (("https://a.example/x/y/z/1", *FIRST[1:]),)),
    "content-location": BrokenFeed(
        rss(item(1).replace(f"{SITE}1", "1")),
        (("https://a.example/feeds/1", *FIRST[1:]),),
        {"content-location": "https://a.example/feeds/rss.xml"},
    ),
    "xml-base-before-content-location": BrokenFeed(
        XML_BASES, (("https://a.example/x/y/z/1", *FIRST[1:]),), {"content-location": "https://b.example/"}
    ),
    "host-without-scheme": BrokenFeed(
        linked("<link>//other.example/1</link>"), (("https://other.example/1", *NAMELESS[0][1:]),)
    ),
    "empty-link-and-permalink": BrokenFeed(
        linked(f'<link/><guid isPermaLink="true">{SITE}1</guid>'), (("1", "Story 1", f"{SITE}1", None),)
    ),
    "guid-that-is-an-address": BrokenFeed(linked(f"<guid>{SITE}1</guid>"), (("1", "Story 1", f"{SITE}1", None),)),
    "guid-that-is-a-path": BrokenFeed(linked("<guid>/1</guid>"), (("1", "Story 1", "/1", None),)),
    "guid-denied": BrokenFeed(linked(f'<guid isPermaLink="false">{SITE}1</guid>'), ()),
    "guid-opaque": BrokenFeed(linked("<guid>desk-7</guid>"), ()),
    "permalink-opaque": BrokenFeed(linked('<guid isPermaLink="true">desk-7</guid>'), ()),
    "tag-uri": BrokenFeed(linked("<id>tag:news.example,2024:1</id>"), ()),
    "uuid": BrokenFeed(linked("<guid>urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8</guid>"), ()),
    "feedburner": BrokenFeed(
        rss(
            item(1, f"<feedburner:origLink>{SITE}o</feedburner:origLink>"),
            attributes=' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"',
        ),
        (("o", *FIRST[1:]),),
    ),
    "pheedo-undeclared": BrokenFeed(rss(item(1, f"<pheedo:origLink>{SITE}o</pheedo:origLink>")), (("o", *FIRST[1:]),)),
    "atom-link-in-rss": BrokenFeed(
        rss(
            f'<item><title>Story 1</title><atom:link rel="self" href="{SITE}self"/><atom:link href="/1"/></item>',
            attributes=' xmlns:atom="http://www.w3.org/2005/Atom"',
        ),
        NAMELESS,
    ),
    "other-relations": BrokenFeed(
        atom(entry(1, "".join(f'<link rel="{rel}" href="/x"/>' for rel in OTHER_RELATIONS))),
        (),
    ),
    "first-alternate-in-html": BrokenFeed(
        atom(
            entry(
                1,
                '<link rel="alternate" type="application/json" href="/j"/><link rel="alternate" type="text/html"'
                ' href="/1"/><link rel="alternate" type="text/html" href="/b"/>',
            )
        ),
        (FIRST,),
    ),
    "alternate-in-the-feeds-language": BrokenFeed(
        atom(entry(1, '<link hreflang="en" href="/en"/><link hreflang="fr-CA" href="/1"/>')), (FIRST,)
    ),
    "line-breaks-in-cdata": BrokenFeed(
        linked("<link><![CDATA[\n  https://news.example/a\n  /b?x=1&y=2\n ]]></link>"),
        (("a/b?x=1&y=2", *NAMELESS[0][1:]),),
    ),
    "escaped-twice": BrokenFeed(linked(f"<link>{SITE}1?a=1&amp;amp;b=2</link>"), (("1?a=1&b=2", *NAMELESS[0][1:]),)),
    "anchor-in-link": BrokenFeed(linked(f'<link><a href="{SITE}1">read on</a></link>'), NAMELESS),
    "anchor-escaped-in-link": BrokenFeed(linked(f'<link>&lt;a href="{SITE}1"&gt;x&lt;/a&gt;</link>'), NAMELESS),
    "text-and-href": BrokenFeed(linked(f'<link href="{SITE}1">{SITE}other</link>'), NAMELESS),
    "no-web-address": BrokenFeed(linked("<link>javascript:x()</link>"), ()),
    "mail": BrokenFeed(linked("<link>mailto:desk@news.example</link>"), ()),
}

MODULES = (
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)
FOREIGN = "<media:title>M</media:title><dc:title>DC</dc:title><itunes:title>IT</itunes:title>"
TITLES = {
    "own-title-before-others": BrokenFeed(
        rss(f"<item>{FOREIGN}<title>Story 1</title><link>/1</link></item>", attributes=MODULES), NAMELESS
    ),
    "own-title-behind-others": BrokenFeed(
        rss(f"<item><title>Story 1</title>{FOREIGN}<link>/1</link></item>", attributes=MODULES), NAMELESS
    ),
    "dublin-core-where-there-is-no-other": BrokenFeed(
        rss("<item><media:title>M</media:title><dc:title>Story 1</dc:title><link>/1</link></item>", attributes=MODULES),
        NAMELESS,
    ),
    "media-title-where-there-is-no-other": BrokenFeed(
        rss("<item><media:title>Story 1</media:title><link>/1</link></item>", attributes=MODULES), NAMELESS
    ),
    "xhtml": BrokenFeed(
        atom(
            entry(1, '<link href="/1"/>').replace(
                "<title>Story 1", '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Story <b>1</b></div>'
            )
        ),
        (FIRST,),
    ),
    "html-in-cdata": BrokenFeed(
        atom(entry(1, '<link href="/1"/>').replace("<title>Story 1", '<title type="html"><![CDATA[Story <i>1</i>]]>')),
        (FIRST,),
    ),
    "escaped-twice": BrokenFeed(titled("Story &amp;lt;b&amp;gt;1&amp;lt;/b&amp;gt;")),
    "empty": BrokenFeed(titled(""), first_titled(None)),
}

GROUPS = {
    "around": AROUND,
    "cut off": CUT_OFF,
    "markup": MARKUP,
    "characters": CHARACTERS,
    "files": FILES,
    "kinds": KINDS,
    "addresses": ADDRESSES,
    "titles": TITLES,
}
