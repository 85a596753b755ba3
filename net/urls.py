"""Canonical URLs, registrable domains, and what the shape of a URL says of its page.

`canonical_url` folds the forms in which one page is linked into one address that still answers when fetched;
`identity_key` goes further (scheme, "www.", AMP and mobile twins) and is for comparing only. Whatever may tell two
stories apart, such as an unknown query parameter, is kept.
"""

import re
import tomllib
from functools import cache, lru_cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

from tldextract import TLDExtract
from w3lib.url import canonicalize_url

from net.tracking import is_tracking

CANONICALISER_VERSION = 1
"""Counts changes of what `canonical_url` and `identity_key` make of an address: a store that is opened with another one
gets the new forms beside the old (store/maintenance/alias_renewal.py), so that no address becomes a second story."""

_REMEMBERED = 4096  # a crawl run asks for the same addresses again and again
_LONGEST_URL = 8000  # what servers are advised to support (RFC 9110, section 4.1)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_INDEX_PAGE = re.compile(r"/(?:index|default)\.s?html?$", re.IGNORECASE)
_INDEX_SCRIPT = re.compile(r"/(?:index|default)\.(?:aspx?|jsp|php)$", re.IGNORECASE)
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE)
_BROKEN_HOST = re.compile(r"[\s\x00-\x1f\x7f<>\"'\\^`{|}%/?#@]|\.\.|^\.")

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
    """The address behind a URL: tracking, fragment, default port and index file gone, parameters sorted.

    Raises ValueError where `url` is no absolute http or https address, or carries credentials. Idempotent.
    """
    parts = _split(url)
    path = _INDEX_PAGE.sub("/", _SESSION.sub("", parts.path)) or "/"
    query = _meaningful(parts.query, parts.hostname or "")
    if not query:
        path = _INDEX_SCRIPT.sub("/", path)  # with a query, index.php?id=5 is a script that shows many pages
    folded = canonicalize_url(urlunsplit((parts.scheme, parts.netloc, path, query, "")))
    if _split(folded).netloc != parts.netloc:
        raise ValueError(f"expected a plain host name, found {parts.netloc!r}")
    return folded


def absolute_url(base: str, reference: str) -> str | None:
    """`reference` resolved against `base` and made canonical, or None where it leads to no web address."""
    try:
        return canonical_url(urljoin(base, reference.strip()))
    except ValueError:
        return None


def desktop_url(url: str) -> str:
    """The page that an AMP or mobile twin doubles, guessed from host, path and query; else the canonical URL.

    AMP cache addresses (https://developers.google.com/amp/cache/overview) are unwrapped. A guess is for comparing:
    the twin's own canonical link, where it has one, knows better. Raises ValueError as canonical_url does.
    """
    parts = _split(_unwrap_amp_cache(canonical_url(url)))
    host = _MOBILE_HOST.sub("", _AMP_HOST.sub("", parts.netloc))
    if host != parts.netloc:
        # "m.example.com" doubles "www.example.com" as a rule, and nothing is known of hosts below a sub-domain.
        host = f"www.{host}" if _site_of(host) == host else host
    path = _AMP_PATH.sub("", parts.path) or "/"
    pairs = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in _AMP_PARAMETERS and (name.lower(), value.lower()) not in _AMP_VALUES
    ]
    return canonical_url(urlunsplit((parts.scheme, host, path, urlencode(pairs), "")))


@lru_cache(_REMEMBERED)
def identity_key(url: str) -> str:
    """A text equal for all addresses that are one page: `desktop_url` without scheme, "www.", doubled and last slashes.

    For comparing only, never for fetching. Raises ValueError as canonical_url does.
    """
    return _key(_split(desktop_url(url)))


def _key(parts: SplitResult) -> str:
    host = re.sub(r"^www\d?\.", "", parts.netloc)
    path = re.sub("/{2,}", "/", parts.path).rstrip("/")
    return f"{host}{path}?{parts.query}" if parts.query else f"{host}{path}"


def plain_key(url: str) -> str:
    """A text equal for the ways to write one address: without scheme, "www.", doubled and last slashes.

    AMP and mobile twins are other pages here. For comparing only. Raises ValueError as canonical_url does.
    """
    return _key(_split(canonical_url(url)))


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
        return _site_of(_split(url, credentials=True).hostname or "")
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
    return _site_of(parts.hostname or "") or host_of(url)


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
    host = _ascii_host(unquote(parts.hostname or "").rstrip("."))
    if not host or _BROKEN_HOST.search(host):
        raise ValueError(f"expected a host, found {url[:200]!r}")
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    netloc = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    return SplitResult(scheme, netloc, parts.path, parts.query, parts.fragment)


def _ascii_host(host: str) -> str:
    if ":" in host:
        return str(ip_address(host))
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise ValueError(f"expected a host, found {host[:200]!r}") from error


def _meaningful(query: str, host: str) -> str:
    """The query without tracking; encodings of what stays are left to w3lib."""
    site = _site_of(host)
    return "&".join(part for part in query.split("&") if part and not is_tracking(part, site))


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


@cache
def _suffixes() -> TLDExtract:
    # The list bundled with tldextract: no network, no cache files. Private suffixes count: two blogs on one
    # platform (a.wordpress.com, b.wordpress.com) have different owners.
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def _site_of(host: str) -> str | None:
    host = host.partition(":")[0] if host.count(":") == 1 else host
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        pass
    else:
        return None
    found = _suffixes().extract_str(host)
    if found.suffix:
        return f"{found.domain}.{found.suffix}" if found.domain else None
    # An unknown top-level domain is a suffix by itself (publicsuffix.org/list, the default rule "*").
    labels = host.split(".")
    return ".".join(labels[-2:]) if len(labels) > 1 else None
