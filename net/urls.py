"""Canonical URLs, the keys by which addresses of one page find each other, and what a URL's shape says of its page.

`canonical_url` folds the ways to write one address into one that still answers when fetched. Whatever may tell two
stories apart is kept: a query parameter that is not certain to be tracking, a slash at the end, an index page.
`identity_key` folds these, too, with scheme, "www.", AMP and mobile twins: it says which pages are to be compared,
never that they are one.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from net.hosts import ascii_host, site_of
from net.queries import bare_query, meaningful_query, query_without, with_ampersands

CANONICALISER_VERSION = 2
"""Counts changes of what `canonical_url` and `identity_key` make of an address: a store that is opened with another one
gets the new forms beside the old (store/maintenance/alias_renewal.py), so that no address becomes a second story;
net/former_rules.py gives the old form of an address that is met again."""

_REMEMBERED = 4096  # a crawl run asks for the same addresses again and again
LONGEST_KEPT_URL = 2048
"""So long an address may be at most that is to be kept, in its canonical form: sitemaps have the same bound
(sitemaps.org/protocol.html), and no key of a database may be much longer. Those kept before are still read."""
_LONGEST_URL = 8000  # what servers are advised to support (RFC 9110, section 4.1)
_DEFAULT_PORTS = {"http": 80, "https": 443}
INDEX_PAGE = re.compile(r"/(?:index|default)\.s?html?$", re.IGNORECASE)
INDEX_SCRIPT = re.compile(r"/(?:index|default)\.(?:aspx?|jsp|php)$", re.IGNORECASE)
_WWW = re.compile(r"^www\d?\.")
# What most addresses of stories are, and canonical_url leaves as it is: to see that takes a twentieth of the time.
_PLAIN = re.compile(r"https?://(?:[a-z0-9][a-z0-9-]{0,62}\.)+[a-z]{2,63}(?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+/?")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE)

_AMP_HOST = re.compile(r"^amp\.(?=[^.]+\.[^.]+)")
_MOBILE_HOST = re.compile(r"^(?:m|mobile|mobil|touch|wap)\.(?=[^.]+\.[^.]+)")
_AMP_PATH = re.compile(r"/amp(?=/|$)|(?:\.amp)(?=(?:\.html?)?$)|-amp(?=\.html?$)", re.IGNORECASE)
_AMP_PARAMETERS = frozenset({"amp", "isamp", "is_amp", "usqp", "amp_js_v", "amp_gsa"})
_AMP_VALUES = frozenset({("output", "amp"), ("outputtype", "amp"), ("view", "amp"), ("mode", "amp"), ("m", "1")})
_CACHE_HOST = re.compile(r"\.cdn\.ampproject\.org$|^www\.google\.[a-z.]+$")
_CACHE_PATH = re.compile(r"^/(?:amp|[cviaw]|wp)/(s/)?([^/]+\..*)$")

_SHAPES = tomllib.loads(Path(__file__).with_name("shapes.toml").read_text(encoding="utf-8"))
_LISTING_SEGMENTS = frozenset(_SHAPES["listing_segments"])
_STORY_SEGMENTS = frozenset(_SHAPES["story_segments"])
_SECTION_WORDS = frozenset(_SHAPES["section_words"])
_STORY_PARAMETERS = frozenset(_SHAPES["story_parameters"])
_MEDIA_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|css|js|json|xml|rss|atom|pdf|docx?|xlsx?|zip|gz|mp[34]|m4[av]|webm|ogg|"
    r"wav|mov|m3u8|ics|txt|woff2?)$",
    re.IGNORECASE,
)
_PAGE_SUFFIX = re.compile(r"\.(?:s?html?|php|aspx?|jsp|ece|cms|story)$", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"/(?:p|page|pagina|seite)[-/]?\d{1,4}/?$|/index[-_]?\d{1,4}\.html?$", re.IGNORECASE)
# "/2013/01/17/", "/2013/jan/17/", "/2013-01-17/", "/20130117-", and "/2024/05/" before a story's own number.
_DATE_IN_PATH = re.compile(
    r"/(?:19|20)\d\d(?:/?(?:0?[1-9]|1[0-2]|[a-z]{3})|-(?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])[0-3]\d)(?=[/_-])",
    re.IGNORECASE,
)
_DAY_ARCHIVE = re.compile(r"/(?:19|20)\d\d(?:[/-](?:\d{1,2}|[a-z]{3})){0,2}/?$", re.IGNORECASE)
# "mali-21054946", "1585555", "c8xyzj4k0l1o", "a-16525432", "1.1234567", "B2LA2G3".
_STORY_NUMBER = re.compile(
    r"(?:^|[^0-9])[0-9]{5,}$|^[0-9]{5,}|^(?=[a-z]*[0-9])[a-z0-9]{10,}$|\.(?=[a-z]*[0-9])[a-z0-9]{6,}$", re.IGNORECASE
)


@lru_cache(_REMEMBERED)
def canonical_url(url: str) -> str:
    """The address behind a URL: certain tracking, session, fragment and default port gone, parameters sorted.

    Raises ValueError where `url` is no absolute http or https address, or carries credentials. Idempotent.
    """
    if len(url) <= LONGEST_KEPT_URL and _PLAIN.fullmatch(url):
        return url
    parts = _split(with_ampersands(url))
    folded = canonicalize_url(urlunsplit((parts.scheme, parts.netloc, _SESSION.sub("", parts.path) or "/", "", "")))
    if not folded.startswith(f"{parts.scheme}://{parts.netloc}/"):
        raise ValueError(f"expected a plain host name, found {parts.netloc!r}")
    query = meaningful_query(parts.query, parts.netloc)
    return f"{folded}?{query}" if query else folded


def absolute_url(base: str, reference: str) -> str | None:
    """`reference` resolved against `base` and made canonical, or None where it leads to no web address."""
    try:
        return canonical_url(urljoin(base, reference.strip()))
    except ValueError:
        return None


@lru_cache(_REMEMBERED)
def desktop_url(url: str) -> str:
    """The page that an AMP or mobile twin doubles, guessed from host, path and query; else the canonical URL.

    AMP cache addresses (https://developers.google.com/amp/cache/overview) are unwrapped. A guess is for comparing:
    the twin's own canonical link, where it has one, knows better. Raises ValueError as canonical_url does.
    """
    parts = _split(_unwrap_amp_cache(canonical_url(url)))
    host = _MOBILE_HOST.sub("", _AMP_HOST.sub("", parts.netloc))
    if host != parts.netloc:
        # "m.example.com" doubles "www.example.com" as a rule, and nothing is known of hosts below a sub-domain.
        host = f"www.{host}" if site_of(host) == host else host
    path = _AMP_PATH.sub("", parts.path) or "/"
    return canonical_url(urlunsplit((parts.scheme, host, path, query_without(parts.query, _asks_for_amp), "")))


def bare_url(url: str) -> str:
    """The canonical URL without the parameters that may be tracking (net/tracking.toml): most likely the same page.

    Raises ValueError as canonical_url does.
    """
    parts = urlsplit(canonical_url(url))
    return urlunsplit(parts._replace(query=bare_query(parts.query))) if parts.query else canonical_url(url)


@lru_cache(_REMEMBERED)
def identity_key(url: str) -> str:
    """A text equal for addresses that are probably one page, which has to be seen by comparing them.

    `desktop_url` without scheme, "www.", doubled and last slashes and the name of an index page. For comparing only,
    never for fetching. Raises ValueError as canonical_url does.
    """
    return _key(_split(desktop_url(url)))


@lru_cache(_REMEMBERED)
def spelling_key(url: str) -> str:
    """A text equal for the addresses at which a publisher shows one page: `desktop_url` without scheme and "www.".

    Slashes and index pages are other addresses here. Raises ValueError as canonical_url does.
    """
    parts = _split(desktop_url(url))
    return f"{_WWW.sub('', parts.netloc)}{parts.path}?{parts.query}"


def plain_key(url: str) -> str:
    """A text equal for the ways to write one address: without scheme, "www.", doubled and last slashes, index page.

    AMP and mobile twins are other pages here. For comparing only. Raises ValueError as canonical_url does.
    """
    return _key(_split(canonical_url(url)))


def _key(parts: SplitResult) -> str:
    host = _WWW.sub("", parts.netloc)
    path = INDEX_PAGE.sub("/", parts.path)
    if not parts.query:
        path = INDEX_SCRIPT.sub("/", path)  # with a query, index.php?id=5 is a script that shows many pages
    path = re.sub("/{2,}", "/", path).rstrip("/")
    return f"{host}{path}?{parts.query}" if parts.query else f"{host}{path}"


def _asks_for_amp(name: str, value: str) -> bool:
    return name.lower() in _AMP_PARAMETERS or (name.lower(), value.lower()) in _AMP_VALUES


@lru_cache(_REMEMBERED)
def host_of(url: str) -> str:
    """ "host:port" of a URL, lower case, the scheme's default port written out.

    Raises ValueError where `url` is no absolute http or https address.
    """
    parts = _split(url, credentials=True)
    host = parts.hostname or ""
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def same_site(a: str, b: str) -> bool:
    """Whether two URLs belong to one registrable domain of the bundled public-suffix list.

    IP addresses and one-word hosts have no such domain: they compare whole, with their port.
    Unreadable addresses belong to nobody.
    """
    try:
        return _owner(a) == _owner(b)
    except ValueError:
        return False


def registrable_domain(url: str) -> str | None:
    """The registrable domain ("bbc.co.uk") of a URL; None for IP addresses, one-word hosts and unreadable ones."""
    try:
        return site_of(_split(url, credentials=True).hostname or "")
    except ValueError:
        return None


def looks_like_story(url: str) -> bool:
    """Whether the shape of a URL is that of one story: a date, a long slug or a number in its path.

    A guess from the shape alone; false for unreadable addresses.
    """
    try:
        parts = _split(url)
    except ValueError:
        return False
    if _MEDIA_FILE.search(parts.path):
        return False
    if _DATE_IN_PATH.search(parts.path):
        return not _DAY_ARCHIVE.search(parts.path) and _segments(parts)[-1] not in _LISTING_SEGMENTS
    segments = _segments(parts)
    if not _LISTING_SEGMENTS.isdisjoint(segments):
        return False
    if not _STORY_SEGMENTS.isdisjoint(segments[:-1]):
        return True
    return _picks_a_story(parts) or any(_names_a_story(segment) for segment in segments[-2:])


def looks_like_home_or_section(url: str) -> bool:
    """Whether a URL is a front page or a list of stories rather than one story.

    Careful: true only for the root, for lists ("/tag/mali", "/2024/05/12/", "/news/page-2") and for short plain
    words ("/en", "/world/africa/"). False for unreadable addresses.
    """
    try:
        parts = _split(url)
    except ValueError:
        return False
    if looks_like_story(url) or _picks_a_story(parts) or _MEDIA_FILE.search(parts.path):
        return False
    if not _LISTING_SEGMENTS.isdisjoint(_segments(parts)) or _DAY_ARCHIVE.search(parts.path):
        return True
    segments = _segments(parts._replace(path=_PAGE_NUMBER.sub("", parts.path)))
    return len(segments) <= 3 and all(_names_a_section(segment) for segment in segments)


def looks_like_one_word(url: str) -> bool:
    """Whether a URL that looks like a section is a story's as well as not: "/posts/flood/" and "/flood.html".

    False where the last word is one of sections and lists, or too short to be a headline.
    """
    if not looks_like_home_or_section(url):
        return False
    parts = _split(url)
    segments = _segments(parts)
    is_list = not _LISTING_SEGMENTS.isdisjoint(segments) or _DAY_ARCHIVE.search(parts.path)
    last = segments[-1] if segments else ""
    return not is_list and last.isalpha() and len(last) > 3 and last not in _SECTION_WORDS


def _segments(parts: SplitResult) -> list[str]:
    return [_PAGE_SUFFIX.sub("", unquote(segment)).lower() for segment in parts.path.split("/") if segment]


def _names_a_section(segment: str) -> bool:
    words = _words(segment)
    return segment.isalpha() or (len(words) <= 4 and _SECTION_WORDS.issuperset(words))


def _names_a_story(segment: str) -> bool:
    words = _words(segment)
    long_slug = len(words) >= 4 or (len(words) == 3 and len(segment) >= 18)
    return (long_slug and not _SECTION_WORDS.issuperset(words)) or _STORY_NUMBER.search(segment) is not None


def _words(segment: str) -> list[str]:
    return [word for word in re.split(r"[-_+& ]", segment) if word]


def _picks_a_story(parts: SplitResult) -> bool:
    pairs = parse_qsl(parts.query)
    return any(name.lower() in _STORY_PARAMETERS and any(c.isdigit() for c in value) for name, value in pairs)


def _owner(url: str) -> str:
    parts = _split(url, credentials=True)
    return site_of(parts.hostname or "") or host_of(url)


@lru_cache(_REMEMBERED)
def _split(url: str, *, credentials: bool = False) -> SplitResult:
    """The parts of an absolute web address, host in lower case and ASCII, default port left out."""
    if len(url) > _LONGEST_URL:
        raise ValueError(f"expected an address of at most {_LONGEST_URL} characters")
    parts = urlsplit(url.strip())
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise ValueError(f"expected an http or https address, found {url[:200]!r}")
    if not credentials and (parts.username is not None or parts.password is not None):
        raise ValueError("expected an address without credentials")
    host = ascii_host(unquote(parts.hostname or ""))
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    netloc = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    return SplitResult(scheme, netloc, parts.path, parts.query, parts.fragment)


def _unwrap_amp_cache(url: str) -> str:
    parts = urlsplit(url)
    if not _CACHE_HOST.search(parts.netloc):
        return url
    inner = _CACHE_PATH.match(parts.path)
    if not inner:
        return url
    scheme = "https" if inner.group(1) else "http"
    try:
        return canonical_url(f"{scheme}://{inner.group(2)}" + (f"?{parts.query}" if parts.query else ""))
    except ValueError:
        return url
