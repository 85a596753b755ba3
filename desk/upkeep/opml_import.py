"""Import of subscription lists: the sources that the outlines of an OPML file stand for.

Each feed becomes a source of its own, unless the file says, in attributes that only Wiredesk writes, which feeds,
sitemaps and front pages belong together. Nothing is fetched. What can't become a source is told with its reason.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from config import SourceConfig
from crawler.discovery.opml import Outline
from desk.upkeep.known_sources import KnownSources, endpoint_key, name_of_site

_ENDPOINTS = {"feed": "feeds", "sitemap": "sitemaps", "front": "fronts"}
_SETTINGS = ("language", "timezone", "every", "every_max", "front_selector")


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The sources to add, as they stand in config.yaml, and what becomes of the other outlines, in words."""

    sources: tuple[dict[str, Any], ...]
    told: tuple[str, ...]
    has_folders: bool


def plan_import(outlines: Iterable[Outline], known: KnownSources) -> ImportPlan:
    """What of a list is to be added beside the sources that are known; these then include the new ones."""
    drafts = list(_drafts(list(outlines)))
    sources: list[dict[str, Any]] = []
    told: list[str] = []
    has_folders = False
    for draft in drafts:
        reason = draft.refusal or _known(draft, known, [source["name"] for source in sources])
        values = {} if reason else _values(draft, known)
        if not reason:
            try:
                SourceConfig.model_validate(values)
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                message = first["msg"].removeprefix("Value error, ")
                reason = f"{'.'.join(map(str, first['loc'])) or 'it'}: {message}"
        if reason:
            told.append(f"{draft.label}: {reason}")
            continue
        known.take(values["name"], draft.endpoints())
        sources.append(values)
        has_folders = has_folders or draft.has_folder
    return ImportPlan(tuple(sources), tuple(told), has_folders)


@dataclass(slots=True)
class _SourceDraft:
    """A source as it is put together from one outline or several."""

    label: str
    title: str | None
    site_url: str | None
    own: dict[str, str]
    found: dict[str, list[str]]
    has_folder: bool = False
    refusal: str | None = None

    def endpoints(self) -> list[str]:
        return [url for urls in self.found.values() for url in urls]


def _drafts(outlines: list[Outline]) -> Iterator[_SourceDraft]:
    owned: dict[int, _SourceDraft] = {}
    order: list[_SourceDraft] = []
    for outline in outlines:
        owner = outline if "name" in outline.own else outline.owner
        if owner is not None and "name" in owner.own:
            if id(owner) not in owned:
                owned[id(owner)] = _SourceDraft(owner.own["name"], owner.title, None, dict(owner.own), {})
                order.append(owned[id(owner)])
            _add_endpoints(owned[id(owner)], outline)
        elif draft := _lone_draft(outline):
            order.append(draft)
    for draft in order:
        if not draft.endpoints() and not draft.refusal:
            draft.refusal = "it has no feed"
        yield draft


def _add_endpoints(draft: _SourceDraft, outline: Outline) -> None:
    stated = {"feed": outline.feed_url, "sitemap": outline.own.get("sitemap"), "front": outline.own.get("front")}
    for kind, url in stated.items():
        if url:
            draft.found.setdefault(_ENDPOINTS[kind], []).append(url)


def _lone_draft(outline: Outline) -> _SourceDraft | None:
    """The source of one outline; None for a folder or a heading, which is no entry of the list."""
    address = outline.feed_url or outline.refers_to or outline.site_url
    if address is None:
        return None
    draft = _SourceDraft(
        f"{outline.title} ({address})" if outline.title else address, outline.title, outline.site_url, {}, {}
    )
    draft.has_folder = bool(outline.folders)
    if outline.feed_url:
        url = _as_http(outline.feed_url)
        if url.lower().startswith(("http://", "https://")):
            draft.found = {"feeds": [url]}
        else:
            draft.refusal = "no http or https address"
    elif outline.refers_to:
        draft.refusal = "another list, which is not followed"
    else:
        draft.refusal = "no feed address; `sources add` finds one from the site's"
    return draft


def _as_http(url: str) -> str:
    """`feed:` addresses are those behind the word, or http ones."""
    if not url.lower().startswith("feed:"):
        return url
    rest = url[len("feed:") :]
    return rest if rest.lower().startswith("http") else f"http:{rest}"


def _known(draft: _SourceDraft, known: KnownSources, added: list[str]) -> str | None:
    holder = next(filter(None, map(known.holder_of, draft.endpoints())), None)
    if holder is None:
        return None
    missing = [url for url in draft.endpoints() if known.holder_of(url) is None]
    also = f"; not in it: {', '.join(missing)}" if missing else ""
    return (
        f"it is twice in the file, as {holder}{also}" if holder in added else f"it is there already, as {holder}{also}"
    )


def _values(draft: _SourceDraft, known: KnownSources) -> dict[str, Any]:
    site = name_of_site(draft.site_url) or name_of_site(next(iter(draft.endpoints()), None))
    name = known.free_name(draft.own.get("name") or site, draft.title)
    title = {"title": draft.title} if draft.title and draft.title != name else {}
    settings = {key: draft.own[key] for key in _SETTINGS if draft.own.get(key)}
    found = {kind: list({endpoint_key(url): url for url in urls}.values()) for kind, urls in draft.found.items()}
    return {"name": name} | title | found | settings
