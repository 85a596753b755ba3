"""Conditional requests: entity tags and caching headers of answers (RFC 9110, sections 8.8.3 and 13)."""

import hashlib

from fastapi import Request
from fastapi.responses import Response

from search.service import Searcher


def entity_tag(request: Request, searcher: Searcher) -> str:
    """The weak tag of an answer: the same index, minute and address give the same one."""
    minute = searcher.now().replace(second=0, microsecond=0)
    state = f"{searcher.revision()} {minute} {request.scope['path']}?{request.scope['query_string']}"
    return f'W/"{hashlib.blake2b(state.encode("utf-8", "replace"), digest_size=9).hexdigest()}"'


def unchanged(request: Request, tag: str) -> Response | None:
    """304 for a client that holds the answer already, else None."""
    held = {part.strip() for part in request.headers.get("if-none-match", "").split(",")}
    return Response(status_code=304, headers=caching(tag)) if tag in held or "*" in held else None


def caching(tag: str, *, partial: bool = False) -> dict[str, str]:
    """Headers of an answer that its client may keep and ask for again each time; nobody keeps a part of one."""
    return {"Cache-Control": "no-store"} if partial else {"ETag": tag, "Cache-Control": "private, no-cache"}
