"""Streamed parts: sections that a page carries at its end and puts in their places by script.

React streams a page: `<template id="B:3">` or `"P:3"` keeps the place, `<div hidden id="S:3">` brings what belongs
there later, and a script moves it. Read as it came, the story would be in pieces, most of them hidden.
"""

import re
from collections.abc import Mapping

from crawler.extraction.document.tree import Element, drop

_PART = re.compile(r"S:[0-9a-f]+")


def place_streamed(root: Element) -> None:
    """Move each streamed part of the tree to its place; one whose place is missing is shown where it stands."""
    hidden = [element for element in root.iter("div") if element.get("hidden") is not None]
    parts = [element for element in hidden if _PART.fullmatch(element.get("id") or "")]
    places = {element.get("id") or "": element for element in root.iter("template")} if parts else {}
    for part in parts:
        _place(part, places)


def _place(part: Element, places: Mapping[str, Element]) -> None:
    del part.attrib["hidden"]
    number = (part.get("id") or "").partition(":")[2]
    place = next((places[name] for kind in "BP" if (name := f"{kind}:{number}") in places), None)
    parent = place.getparent() if place is not None else None
    if place is not None and parent is not None and part not in place.iterancestors():
        drop(part)
        part.tail = None
        parent.insert(parent.index(place), part)
