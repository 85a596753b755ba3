"""Cases of robots.txt: a file, and the paths that it allows or disallows one crawler.

By RFC 9309 and by what the reference parser does where the RFC leaves it open. A path after "-" is disallowed, one
after "+" allowed.
"""

import gzip
from typing import NamedTuple

WIREDESK = "Wiredesk/0.1 (contact: desk@example.org)"
ALL = "User-agent: *\n"
_LONGEST_LINE = 2083 * 8 - 1


class Case(NamedTuple):
    """One file with what it says of some paths."""

    name: str
    file: str | bytes
    told: str
    agent: str = WIREDESK

    @property
    def content(self) -> bytes:
        """The bytes that the host sends."""
        return self.file if isinstance(self.file, bytes) else self.file.encode()

    @property
    def paths(self) -> list[tuple[str, bool]]:
        """Each path, and whether it is allowed."""
        return [(word[1:], word[0] == "+") for word in self.told.split()]


GROUPS = [
    Case("empty-file", "", "+/ +/world"),
    Case("only-comments", "# nothing\n#Disallow: /\n", "+/world"),
    Case("no-groups", "Disallow: /\nAllow: /world", "+/ +/sport"),
    Case("rules-before-the-first-group", "Disallow: /\nUser-agent: *\nDisallow: /x", "+/world -/x"),
    Case("everyones-group", f"{ALL}Disallow: /world", "-/world +/sport"),
    Case("own-group-and-no-other", f"{ALL}Disallow: /\n\nUser-agent: Wiredesk\nDisallow: /x", "+/world -/x"),
    Case("own-group-in-front", f"User-agent: Wiredesk\nDisallow: /x\n\n{ALL}Disallow: /", "+/world -/x"),
    Case("own-group-that-is-empty", f"{ALL}Disallow: /\nUser-agent: Wiredesk\nDisallow:\n", "+/world"),
    Case("own-group-without-a-line", f"{ALL}Disallow: /\nUser-agent: Wiredesk\n", "+/world"),
    Case("another-crawlers-group", "User-agent: other\nDisallow: /", "+/world"),
    Case("two-agents-one-group", "User-agent: other\nUser-agent: Wiredesk\nDisallow: /x", "-/x +/y"),
    Case(
        "agent-after-rules-begins-a-group",
        "User-agent: Wiredesk\nDisallow: /x\nUser-agent: other\nDisallow: /y",
        "-/x +/y",
    ),
    Case(
        "groups-of-one-agent-are-one",
        "User-agent: Wiredesk\nDisallow: /x\nUser-agent: b\nDisallow: /z\nUser-agent: Wiredesk\nDisallow: /y",
        "-/x -/y +/z",
    ),
    Case(
        "groups-of-everyone-are-one",
        f"{ALL}Disallow: /x\n\nUser-agent: b\nDisallow: /z\n\n{ALL}Disallow: /y",
        "-/x -/y +/z",
    ),
    Case(
        "merged-groups-longest-rule",
        "User-agent: Wiredesk\nDisallow: /a\nUser-agent: Wiredesk\nAllow: /a/b",
        "-/a/c +/a/b",
    ),
    Case("own-and-everyones-in-one-group", "User-agent: *\nUser-agent: Wiredesk\nDisallow: /x", "-/x +/y"),
    Case("own-group-adds-nothing-to-everyones", f"{ALL}Disallow: /x\nUser-agent: Wiredesk\nAllow: /", "+/x"),
    Case("blank-lines-end-no-group", "User-agent: Wiredesk\n\n\nDisallow: /x\n\n\nDisallow: /y", "-/x -/y +/z"),
    Case("blank-line-between-agents", "User-agent: Wiredesk\n\nUser-agent: other\nDisallow: /x", "-/x"),
    Case("comment-between-agents", "User-agent: Wiredesk\n# and\nUser-agent: other\nDisallow: /x", "-/x"),
    Case(
        "unknown-line-between-agents", "User-agent: Wiredesk\nNoodle: yes\nUser-agent: other\nDisallow: /x", "-/x +/y"
    ),
    Case("unknown-line-joins-everyone", "User-agent: other\nNoodle: yes\nUser-agent: *\nDisallow: /x", "-/x"),
    Case(
        "sitemap-between-agents",
        "User-agent: Wiredesk\nSitemap: https://a.example/s.xml\nUser-agent: *\nDisallow: /x",
        "-/x",
    ),
    Case("host-between-agents", "User-agent: Wiredesk\nHost: a.example\nUser-agent: other\nDisallow: /x", "-/x"),
    Case("crawl-delay-between-agents", "User-agent: Wiredesk\nCrawl-delay: 1\nUser-agent: other\nDisallow: /x", "-/x"),
    Case("unknown-line-between-rules", "User-agent: Wiredesk\nDisallow: /x\nNoindex: /z\nDisallow: /y", "-/x -/y +/z"),
    Case("sitemap-between-rules", f"{ALL}Disallow: /x\nSitemap: /s.xml\nDisallow: /y", "-/x -/y"),
    Case(
        "unknown-line-then-agent",
        "User-agent: a\nDisallow: /x\nNoodle: 1\nUser-agent: Wiredesk\nDisallow: /y",
        "+/x -/y",
    ),
    Case("empty-rule-ends-the-agents", "User-agent: Wiredesk\nDisallow:\nUser-agent: other\nDisallow: /", "+/x"),
    Case("rules-outside-are-not-added", "Allow: /x\nUser-agent: Wiredesk\nDisallow: /", "-/x -/"),
    Case("last-line-without-an-end", "User-agent: Wiredesk\nDisallow: /x", "-/x"),
    Case(
        "many-groups",
        "".join(f"User-agent: bot-{chr(97 + n % 26)}\nDisallow: /\n\n" for n in range(600)) + f"{ALL}Disallow: /x",
        "-/x +/y",
    ),
]

AGENTS = [
    Case("any-case", "User-agent: WIREDESK\nDisallow: /x", "-/x"),
    Case("any-case-of-ours", "User-agent: wiredesk\nDisallow: /x", "-/x", "WireDesk/2"),
    Case("with-a-version", "User-agent: Wiredesk/2.0\nDisallow: /x", "-/x"),
    Case("with-a-space", "User-agent: Wiredesk News\nDisallow: /x", "-/x"),
    Case("with-an-asterisk", "User-agent: Wiredesk*\nDisallow: /x", "-/x"),
    Case("with-a-comment", "User-agent: Wiredesk # ours\nDisallow: /x", "-/x"),
    Case("with-a-comment-close-by", "User-agent: Wiredesk#ours\nDisallow: /x", "-/x"),
    Case("with-a-number", "User-agent: Wiredesk2\nDisallow: /x", "-/x"),
    Case("with-a-dot", "User-agent: Wiredesk.example\nDisallow: /x", "-/x"),
    Case("with-a-comma", "User-agent: Wiredesk, other\nDisallow: /x", "-/x"),
    Case("second-of-a-list", "User-agent: other, Wiredesk\nDisallow: /x", "+/x"),
    Case("in-quotes", 'User-agent: "Wiredesk"\nDisallow: /x', "+/x"),
    Case("longer-name", "User-agent: Wiredesk-images\nDisallow: /x", "+/x"),
    Case("longer-name-underscore", "User-agent: Wiredesk_images\nDisallow: /x", "+/x"),
    Case("shorter-name", "User-agent: Wire\nDisallow: /x", "+/x"),
    Case("end-of-the-name", "User-agent: desk\nDisallow: /x", "+/x"),
    Case("inside-another-name", "User-agent: not-Wiredesk\nDisallow: /x", "+/x"),
    Case("name-with-hyphen", "User-agent: my-desk\nDisallow: /x", "-/x", "my-desk/1.0"),
    Case("name-with-hyphen-is-whole", "User-agent: my\nDisallow: /x", "+/x", "my-desk/1.0"),
    Case("name-with-underscore", "User-agent: my_desk/7\nDisallow: /x", "-/x", "my_desk/1.0"),
    Case("our-number-is-no-part", "User-agent: desk\nDisallow: /x", "-/x", "desk2/1.0"),
    Case(
        "our-name-in-a-browsers",
        "User-agent: wiredesk\nDisallow: /x",
        "-/x",
        "Mozilla/5.0 (compatible; Wiredesk/0.1; +https://a.example)",
    ),
    Case("a-name-without-letters", "User-agent: 3news\nDisallow: /x", "-/x", "3news/1.0"),
    Case("another-name-without-letters", "User-agent: 4news\nDisallow: /x", "+/x", "3news/1.0"),
    Case("everyone-with-more-words", "User-agent: * and all others\nDisallow: /x", "-/x"),
    Case("everyone-with-a-tab", "User-agent: *\tall\nDisallow: /x", "-/x"),
    Case("asterisk-with-letters-is-not-everyone", "User-agent: *desk\nDisallow: /x", "+/x"),
    Case("asterisk-slash-is-not-everyone", "User-agent: */2\nDisallow: /x", "+/x"),
    Case("two-asterisks-are-not-everyone", "User-agent: **\nDisallow: /x", "+/x"),
    Case("no-name", "User-agent:\nDisallow: /x", "+/x"),
    Case("no-name-ends-a-group", "User-agent: Wiredesk\nDisallow: /x\nUser-agent:\nDisallow: /y", "-/x +/y"),
    Case("own-by-version-over-everyone", f"{ALL}Disallow: /\nUser-agent: Wiredesk/1.0\nAllow: /", "+/x"),
    Case("letters-of-another-script", "User-agent: Wiredeskü\nDisallow: /x", "-/x"),
]

LINES = [
    Case("upper-case-keys", "USER-AGENT: *\nDISALLOW: /x\nALLOW: /x/y", "-/x +/x/y"),
    Case("mixed-case-keys", "uSeR-aGeNt: *\ndIsAlLoW: /x", "-/x"),
    Case("no-space-after-the-colon", "User-agent:*\nDisallow:/x", "-/x"),
    Case("space-before-the-colon", "User-agent : *\nDisallow : /x", "-/x"),
    Case("white-space-in-front", "  \tUser-agent: *\n \t Disallow: /x", "-/x"),
    Case("white-space-behind", "User-agent: * \t\nDisallow: /x \t ", "-/x -/xy"),
    Case("tabs", "User-agent:\t*\nDisallow:\t/x", "-/x"),
    Case("no-colon", "User-agent Wiredesk\nDisallow /x", "-/x"),
    Case("no-colon-several-spaces", "User-agent   Wiredesk\nDisallow \t /x", "-/x"),
    Case("no-colon-three-words", "User-agent Wiredesk News\nDisallow /x", "+/x"),
    Case("no-colon-rule-of-three-words", f"{ALL}Disallow /x y", "+/x"),
    Case("no-separator", f"{ALL}Disallow/x", "+/x"),
    Case("equals-sign", f"{ALL}Disallow=/x", "+/x"),
    Case("useragent", "useragent: *\nDisallow: /x", "-/x"),
    Case("user-space-agent", "user agent: *\nDisallow: /x", "-/x"),
    Case("user-agents", "user-agents: *\nDisallow: /x", "-/x"),
    *(
        Case(key, f"{ALL}{key}: /x", "-/x +/y")
        for key in ("dissallow", "dissalow", "disalow", "diasllow", "disallaw", "disallowed")
    ),
    Case("allowed", f"{ALL}Disallow: /\nAllowed: /x", "+/x -/y"),
    *(
        Case(f"unknown-{key}", f"{ALL}{key}: /x", "+/x")
        for key in ("dissalllow", "deny", "desallow", "disalllow", "noindex")
    ),
    Case("comment-behind-a-rule", f"{ALL}Disallow: /x # all of it", "-/x -/xy"),
    Case("comment-close-to-a-rule", f"{ALL}Disallow: /x#all", "-/x"),
    Case("rule-that-is-a-comment", f"{ALL}# Disallow: /x\nDisallow: /y", "+/x -/y"),
    Case("rule-of-a-comment-alone", f"{ALL}Disallow: # /x", "+/x"),
    Case("carriage-returns", "User-agent: *\rDisallow: /x\rDisallow: /y\r", "-/x -/y"),
    Case("carriage-returns-and-feeds", "User-agent: *\r\nDisallow: /x\r\n\r\nDisallow: /y\r\n", "-/x -/y"),
    Case("mixed-ends", "User-agent: *\rDisallow: /x\n\r\nDisallow: /y", "-/x -/y"),
    Case("vertical-tab-ends-no-line", f"{ALL}Disallow: /x\vDisallow: /y", "+/x +/y"),
    Case("form-feed-ends-no-line", f"{ALL}Disallow: /x\fDisallow: /y", "+/x +/y"),
    Case("next-line-ends-no-line", f"{ALL}Disallow: /x\x85Disallow: /y", "+/x +/y"),
    Case("line-separator-ends-no-line", f"{ALL}Disallow: /x\u2028Disallow: /y", "+/x +/y"),
    Case("nul-ends-the-line", f"{ALL}Disallow: /x\0/y\nDisallow: /z", "-/x -/z"),
    Case("nul-in-a-key", f"{ALL}Dis\0allow: /x\nDisallow: /z", "+/x -/z"),
    Case("long-line-is-cut", f"{ALL}Disallow: /{'a' * _LONGEST_LINE}/b", f"-/{'a' * _LONGEST_LINE} +/{'a' * 16000}"),
    Case("long-comment-hides-nothing", f"{ALL}# {'x' * 40000}\nDisallow: /x", "-/x"),
    Case("colon-in-a-value", f"{ALL}Disallow: /x:y", "-/x:y +/x"),
    Case("byte-order-mark", "\ufeffUser-agent: *\nDisallow: /x", "-/x"),
    Case("two-bytes-of-the-mark", b"\xef\xbbUser-agent: *\nDisallow: /x", "-/x"),
    Case("one-byte-of-the-mark", b"\xefUser-agent: *\nDisallow: /x", "-/x"),
    Case("broken-mark", b"\xef\x11\xbfUser-agent: *\nDisallow: /x", "+/x"),
    Case("mark-in-the-middle", "User-agent: *\n\ufeffDisallow: /x\nDisallow: /y", "+/x -/y"),
    Case("html-page", "<!DOCTYPE html><html><body><h1>Not found</h1></body></html>", "+/x"),
    Case("html-around-rules", "<pre>\nUser-agent: *\nDisallow: /x\n</pre>", "-/x +/y"),
    Case("json", '{"error": "not found"}', "+/x"),
]

ENCODINGS = [
    Case("utf-16-le", "\ufeffUser-agent: *\r\nDisallow: /x\r\n".encode("utf-16-le"), "-/x +/y"),
    Case("utf-16-be", "\ufeffUser-agent: *\r\nDisallow: /x\r\n".encode("utf-16-be"), "-/x +/y"),
    Case("utf-16-le-without-mark", "User-agent: *\nDisallow: /x\n".encode("utf-16-le"), "-/x +/y"),
    Case("utf-16-be-without-mark", "User-agent: *\nDisallow: /x\n".encode("utf-16-be"), "-/x +/y"),
    Case(
        "utf-16-with-other-letters",
        "\ufeffUser-agent: *\nDisallow: /новости\n".encode("utf-16-le"),
        "-/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8",
    ),
    Case("utf-16-cut-inside-a-letter", "\ufeffUser-agent: *\nDisallow: /x\n#".encode("utf-16-le")[:-1], "-/x"),
    Case("utf-32", "\ufeffUser-agent: *\nDisallow: /x\n".encode("utf-32-le"), "-/x"),
    Case("latin-1", "User-agent: *\nDisallow: /caf\xe9\n".encode("latin-1"), "-/caf%E9 +/caf%C3%A9"),
    Case("invalid-utf-8", b"User-agent: *\n\xff\xfe\x80\nDisallow: /x\n", "-/x"),
    Case("invalid-utf-8-in-a-rule", b"User-agent: *\nDisallow: /\x80\n", "-/%80 +/x"),
    Case("gzipped", gzip.compress(b"User-agent: *\nDisallow: /x\n"), "-/x"),
    Case(
        "gzip-that-breaks-off", gzip.compress(b"User-agent: *\nDisallow: /x\n" + bytes(range(256)) * 40)[:-200], "-/x"
    ),
    Case("500-kib-and-more", b"User-agent: *\nDisallow: /x\n" + b"# filling\n" * 60_000 + b"Disallow: /y\n", "-/x +/y"),
    Case("cut-inside-a-line", b"User-agent: *\n" + b"#" * (500 * 1024 - 25) + b"\nDisallow: /drafts\n", "+/x +/drafts"),
    Case("escape-of-a-letter", f"{ALL}Disallow: /w%6Frld", "-/world -/w%6frld"),
    Case("letter-for-an-escape", f"{ALL}Disallow: /world", "-/w%6Frld -/w%6frld"),
    Case("escapes-in-any-case", f"{ALL}Disallow: /%e3%83%84", "-/%E3%83%84 -/%e3%83%84"),
    Case("raw-letters", f"{ALL}Disallow: /ツ", "-/%E3%83%84 -/ツ"),
    Case("escaped-letters-raw-url", f"{ALL}Disallow: /%E3%83%84", "-/ツ"),
    Case("escaped-slash-is-no-slash", f"{ALL}Disallow: /a%2Fb", "-/a%2fb +/a/b"),
    Case("slash-is-no-escaped-slash", f"{ALL}Disallow: /a/b", "-/a/b +/a%2Fb"),
    Case("escaped-tilde", f"{ALL}Disallow: /%7Ejoe/", "-/~joe/x -/%7ejoe/x"),
    Case("escaped-asterisk-is-plain", f"{ALL}Disallow: /a%2Ab", "-/a*b -/a%2ab +/axb"),
    Case("escaped-dollar-is-plain", f"{ALL}Disallow: /a%24", "-/a$b +/a"),
    Case("escaped-percent", f"{ALL}Disallow: /a%25b", "-/a%25b +/ab"),
    Case("percent-alone", f"{ALL}Disallow: /100%", "-/100%25 -/100%"),
    Case("space-in-a-rule", f"{ALL}Disallow: /a b", "-/a%20b"),
    Case(
        "address-in-a-query",
        f"{ALL}Disallow: /x?to=https://a.example/",
        "-/x?to=https://a.example/y -/x?to=https%3A%2F%2Fa.example%2Fy",
    ),
    Case("escaped-ampersand-is-none", f"{ALL}Disallow: /x?a=1&b", "-/x?a=1&b=2 +/x?a=1%26b"),
]

PATTERNS = [
    Case(
        "prefix",
        f"{ALL}Disallow: /fish",
        "-/fish -/fish.html -/fish/salmon -/fishheads -/fish?id=1 +/Fish +/catfish +/?id=fish",
    ),
    Case("folder", f"{ALL}Disallow: /fish/", "-/fish/ -/fish/salmon -/fish/?id=1 +/fish +/fish.html +/Fish/x"),
    Case("trailing-asterisk", f"{ALL}Disallow: /fish*", "-/fish -/fishheads +/catfish"),
    Case("asterisk", f"{ALL}Disallow: /*.php", "-/a.php -/b/a.php?x -/a.php5 -/index?f=a.php +/php/ +/a.PHP"),
    Case("asterisk-and-end", f"{ALL}Disallow: /*.php$", "-/a.php -/b/c.php +/a.php?x +/a.php/ +/a.php5"),
    Case("asterisk-inside", f"{ALL}Disallow: /fish*.php", "-/fish.php -/fishheads/cat.php?x +/Fish.php"),
    Case("asterisk-matches-nothing", f"{ALL}Disallow: /a*b", "-/ab -/axxb +/a"),
    Case("asterisk-in-front", f"{ALL}Disallow: *x", "-/x -/a/x +/a"),
    Case("asterisk-alone", f"{ALL}Disallow: *", "-/ -/x"),
    Case("several-asterisks", f"{ALL}Disallow: /a**b***c", "-/abc -/axbxc +/acb"),
    Case("parts-do-not-overlap", f"{ALL}Disallow: /ab*ba$", "-/abba -/abxba +/aba"),
    Case("asterisk-then-end", f"{ALL}Disallow: /a*$", "-/a -/ab +/b"),
    Case("end", f"{ALL}Disallow: /x$", "-/x +/x/ +/xy +/x?y +/x$"),
    Case("dollar-inside", f"{ALL}Disallow: /a$b", "-/a$b -/a$bc +/a +/ab"),
    Case("dollar-alone", f"{ALL}Disallow: $", "+/ +/x"),
    Case("two-dollars", f"{ALL}Disallow: /a$$", "-/a$ +/a"),
    Case("root-alone", f"{ALL}Allow: /$\nDisallow: /", "+/ -/x"),
    Case("no-slash-in-front", f"{ALL}Disallow: world", "+/world +/a/world"),
    Case("whole-address-as-a-rule", f"{ALL}Disallow: https://a.example/x", "+/x"),
    Case("query", f"{ALL}Disallow: /*?", "-/x?y -/?y +/x"),
    Case("query-of-one-name", f"{ALL}Disallow: /*?sort=", "-/x?sort=1 +/x?page=2&sort=1"),
    Case("query-without-content", f"{ALL}Disallow: /x?", "-/x? -/x?a +/x"),
    Case("parameters-of-a-path", f"{ALL}Disallow: /x;a", "-/x;a=1 +/x"),
    Case("two-slashes", f"{ALL}Disallow: //x", "-//x +/x"),
    Case("regular-expression-signs", f"{ALL}Disallow: /a.b+c(d)[e]", "-/a.b+c(d)[e] +/aXb+c(d)[e]"),
    Case("case-counts", f"{ALL}Disallow: /X/", "-/X/y +/x/y"),
    Case("many-asterisks-take-no-time", f"{ALL}Disallow: /{'*a' * 500}b", f"+/{'a' * 5000}"),
    Case("empty-disallow", f"{ALL}Disallow:", "+/x"),
    Case("empty-allow", f"{ALL}Allow:\nDisallow: /", "-/x"),
    Case("empty-rules-change-nothing", f"{ALL}Disallow: /x\nDisallow:\nAllow:", "-/x +/y"),
]

PRECEDENCE = [
    Case("longer-allow", f"{ALL}Disallow: /\nAllow: /x", "+/x -/y"),
    Case("longer-disallow", f"{ALL}Allow: /x/\nDisallow: /x/page.html", "-/x/page.html +/x/other"),
    Case("order-does-not-matter", f"{ALL}Allow: /x/page.html\nDisallow: /x/", "+/x/page.html -/x/"),
    Case("tie", f"{ALL}Disallow: /x\nAllow: /x", "+/x"),
    Case("tie-of-everything", f"{ALL}Disallow: /\nAllow: /", "+/"),
    Case("asterisk-counts-as-one", f"{ALL}Allow: /page\nDisallow: /*.html", "-/page.html +/page"),
    Case("longer-than-the-asterisk", f"{ALL}Allow: /x/page.\nDisallow: /*.html", "+/x/page.html -/x/y.html"),
    Case("htm", f"{ALL}Allow: /page\nDisallow: /*.htm", "-/page.htm"),
    Case("dollar-counts-as-one", f"{ALL}Allow: /x\nDisallow: /x$", "-/x +/xy"),
    Case("slash-at-the-end", f"{ALL}Disallow: /x\nAllow: /x/", "-/x +/x/"),
    Case("question-mark-is-one-octet", f"{ALL}Allow: /*?page=\nDisallow: /private/", "-/private/x?page=2 +/x?page=2"),
    Case("ampersand-is-one-octet", f"{ALL}Disallow: /a?b&c&d\nAllow: /a?b*&d&e&f", "+/a?b&c&d&e&f -/a?b&c&d"),
    Case("other-letters-count-as-octets", f"{ALL}Disallow: /ツ\nAllow: /*xxxx", "-/%E3%83%84xxxx"),
    Case("escapes-count-for-their-letter", f"{ALL}Disallow: /%61%62\nAllow: /*xyz", "+/abxyz"),
    Case("asterisks-count", f"{ALL}Disallow: /abc\nAllow: /**", "-/abc +/x"),
    Case(
        "index-page-allows-its-folder",
        f"{ALL}Allow: /a/index.html\nDisallow: /",
        "+/a/ +/a/index.html -/a -/a/b -/a/index.htm",
    ),
    Case("index-htm-allows-its-folder", f"{ALL}Allow: /a/index.htm\nDisallow: /", "+/a/ +/a/index.html"),
    Case("index-page-of-the-root", f"{ALL}Allow: /index.html\nDisallow: /", "+/ -/x"),
    Case("index-page-disallowed-alone", f"{ALL}Disallow: /a/index.html", "-/a/index.html +/a/"),
    Case("index-php-is-none", f"{ALL}Allow: /a/index.php\nDisallow: /", "-/a/"),
    Case("the-file-itself", f"{ALL}Disallow: /", "+/robots.txt -/robots.txt.bak -/a/robots.txt"),
    Case("fragment-is-none", f"{ALL}Disallow: /x$", "-/x#part"),
]

CASES = [*GROUPS, *AGENTS, *LINES, *ENCODINGS, *PATTERNS, *PRECEDENCE]
