"""Readers of pages: our parser, and those that others use, each given the bytes of a page and its address, if known."""

import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.pages.samples import page_of

Reader = Callable[[bytes, str | None], dict[str, Any]]
"""The bytes of a page and its address -> the fields of a story; raises where there is none to be read."""


def available_readers() -> Iterator[tuple[str, Reader]]:
    """We, and the peers that are installed."""
    makers = {
        "ours": ("crawler.extraction", our_reader),
        "trafilatura": ("trafilatura", trafilatura_reader),
        "newspaper4k": ("newspaper", newspaper_reader),
        "goose3": ("goose3", goose_reader),
        "readability": ("readability", readability_reader),
    }
    for name, (module, make) in makers.items():
        try:
            importlib.import_module(module)
        except ImportError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
            continue
        yield name, make()


def our_reader() -> Reader:
    """Our parser; where no address is given, a page is read with the one that it states, as `parse FILE` does."""
    from crawler.extraction import parse

    def read(content: bytes, url: str | None) -> dict[str, Any]:
        return parse(page_of(content, url)).model_dump(mode="json")

    return read


def trafilatura_reader() -> Reader:
    """trafilatura with metadata and without comments."""
    from trafilatura import bare_extraction

    def read(content: bytes, url: str | None) -> dict[str, Any]:
        found = bare_extraction(content, url=url, with_metadata=True, include_comments=False)
        story = found.as_dict() if hasattr(found, "as_dict") else found or {}
        if not story.get("text"):
            raise ValueError("no text")
        authors = [name.strip() for name in (story.get("author") or "").split(";") if name.strip()]
        return {
            "headline": story.get("title"),
            "byline": authors,
            "published_at": story.get("date"),
            "body": story["text"].split("\n"),
        }

    return read


def newspaper_reader() -> Reader:
    """newspaper4k."""
    from newspaper import Article

    def read(content: bytes, url: str | None) -> dict[str, Any]:
        article = Article(url or "", fetch_images=False)
        article.download(input_html=content.decode("utf-8", "replace"))
        article.parse()
        at = article.publish_date
        return {
            "headline": article.title,
            "byline": list(article.authors),
            "published_at": at.isoformat() if at else None,
            "body": article.text.split("\n"),
        }

    return read


def goose_reader() -> Reader:
    """goose3."""
    from goose3 import Goose

    goose = Goose({"enable_image_fetching": False})

    def read(content: bytes, _: str | None) -> dict[str, Any]:
        article = goose.extract(raw_html=content.decode("utf-8", "replace"))
        at = article.publish_datetime_utc
        return {
            "headline": article.title,
            "byline": list(article.authors),
            "published_at": at.isoformat() if at else article.publish_date,
            "body": article.cleaned_text.split("\n"),
        }

    return read


def readability_reader() -> Reader:
    """readability-lxml: title and text alone."""
    from lxml import html
    from readability import Document

    def read(content: bytes, _: str | None) -> dict[str, Any]:
        document = Document(content.decode("utf-8", "replace"))
        text = html.fromstring(document.summary()).text_content()
        return {"headline": document.short_title(), "body": text.split("\n")}

    return read
