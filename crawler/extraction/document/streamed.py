"""Streamed parts: sections that a page carries at its end and puts in their places by script.

React streams a page: `<template id="B:3">` or `"P:3"` keeps the place, `<div hidden id="S:3">` brings what belongs
there later, and a script moves it. Read as it came, the story would be in pieces, most of them hidden.
"""

import re

from crawler.extraction.document.tree import Element, drop

_PART = re.compile(r"S:([0-9a-f]+)")
_MARK = 'id="S:'


def place_streamed(root: Element, text: str) -> None:
    """Move each streamed part of the tree to its place; one whose place is missing is shown where it stands."""
    if _MARK not in text:
        return
    places = {element.get("id") or "": element for element in root.iter("template")}
    for part in [element for element in root.iter("div") if element.get("hidden") is not None]:
        match = _PART.fullmatch(part.get("id") or "")
        if match is None:
            continue
        del part.attrib["hidden"]
        place = next((places[name] for kind in "BP" if (name := f"{kind}:{match[1]}") in places), None)
        parent = place.getparent() if place is not None else None
        if place is not None and parent is not None and part not in place.iterancestors():
            drop(part)
            part.tail = None
            parent.insert(parent.index(place), part)
