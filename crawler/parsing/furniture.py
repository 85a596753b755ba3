"""Which parts of a page are never story, judged by how they are named?

Class names, ids and roles are split into words ("relatedArticles-list" is related, articles, list), so that a name is
recognised in every publisher's spelling and "shared" or "adapted" are not mistaken for "share" and "ad".
"""

import re
from functools import lru_cache

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[a-z]+")

_FURNITURE = frozenset(
    ["ad", "ads", "adbox", "adslot", "adunit", "adwrapper", "advert", "advertisement", "advertising", "advertorial", "anzeige", "werbung", "publicidad", "publicite", "pub", "reklam", "reklame", "sponsor", "sponsored", "sponsors", "outbrain", "taboola", "plista", "teads", "affiliate", "affiliation", "breadcrumb", "breadcrumbs", "comment", "comments", "commenting", "kommentare", "disqus", "coral", "spot", "cookie", "cookies", "consent", "gdpr", "cmp", "footer", "colophon", "imprint", "impressum", "login", "signin", "signup", "register", "registration", "newsletter", "newsletters", "subscribe", "subscription", "subscriptions", "paywall", "abo", "promo", "promos", "promotion", "promobox", "promoted", "nav", "navi", "navigation", "navbar", "menu", "menus", "megamenu", "offcanvas", "pagination", "pager", "related", "recommended", "recommendation", "recommendations", "recommender", "readmore", "seealso", "morenews", "morefrom", "moreon", "mostread", "mostpopular", "popular", "trending", "trends", "latest", "share", "sharing", "shares", "sharebar", "sharer", "sharetools", "shareicons", "social", "socials", "socialbar", "socialmedia", "addtoany", "sharedaddy", "addthis", "sidebar", "siderail", "rail", "skip", "skiplink", "skiplinks", "tagcloud", "taglist", "tags", "toolbar", "tooltip", "author-bio", "bio", "biography", "authorbox", "modal", "popup", "popover", "overlay", "lightbox", "poll", "quiz", "survey", "voting", "rating", "ratings", "feedback", "widget", "widgets", "teaser", "teasers", "weather", "horoscope", "print", "printonly", "noprint", "toc", "contents", "hidden", "visuallyhidden", "srOnly", "screenreader"]
)


@lru_cache(maxsize=8192)
def name_words(name: str) -> frozenset[str]:
    """The words in a class name or id, in lower case."""
    return frozenset(_WORD.findall(_CAMEL.sub(" ", name).lower()))


@lru_cache(maxsize=8192)
def is_furniture_name(name: str) -> bool:
    """Whether the words of a class name or id say: not story."""
    return not _FURNITURE.isdisjoint(name_words(name))
