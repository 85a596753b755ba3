"""Site rules: the bundled ones, a user's file over them, and mistakes in it."""

from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest

from crawler.extraction import parse
from crawler.extraction.site_rules import DEFAULT_RULES, Rules, RulesError, SiteRule, load_rules
from model.config_values import css_selector
from model.page import Page

PARAGRAPHS = "".join(
    f"<p>Sentence {n} of the story says what the flood did to the old town and its people.</p>" for n in range(6)
)
PAGE = (
    "<html><head><title>Flood</title></head><body><h1>Flood reaches the old town</h1><h2 class='k'>Water in the "
    "town hall</h2>"
    "<i class='w'>Jane Doe</i><u class='t'>2024-05-17T10:00:00Z</u><div class='x'>"
    + PARAGRAPHS
    + "<p class='y'>A teaser that no general rule could tell from the story stands here among its "
    "paragraphs.</p></div></body></html>"
)


def test_a_rule_names_fields_and_boilerplate(make_page: Callable[..., Page]) -> None:
    rule = SiteRule(
        "example.com",
        {
            "headline": (".k",),
            "byline": (".w",),
            "published_at": (".t",),
            "body": ("div.x",),
            "deck": ("h1",),
        },
        drop=(".y",),
    )
    story = parse(make_page(PAGE), rules=Rules({"example.com": rule}))
    assert story.headline == "Water in the town hall"
    assert story.deck == "Flood reaches the old town"
    assert story.byline == ("Jane Doe",)
    assert story.published_at is not None
    assert story.published_at.isoformat() == "2024-05-17T10:00:00+00:00"
    assert len(story.body) == 6
    assert {story.provenance[name] for name in ("headline", "deck", "byline", "published_at", "body")} == {
        "site:example.com"
    }


def test_a_selector_that_finds_nothing_changes_nothing(make_page: Callable[..., Page]) -> None:
    rule = SiteRule("example.com", {"headline": (".nothing", "p.none"), "body": ("main",)}, drop=(".none",))
    assert parse(make_page(PAGE), rules=Rules({"example.com": rule})).headline == "Flood reaches the old town"


@pytest.mark.parametrize(
    ("host", "domain"),
    [("bbc.com", "bbc.com"), ("www.bbc.com", "bbc.com"), ("notbbc.com", None), ("com", None)],
    ids=["domain", "host", "other", "suffix"],
)
def test_a_rule_holds_for_its_domain_and_the_hosts_below(host: str, domain: str | None) -> None:
    found = DEFAULT_RULES.site(host)
    assert (found.domain if found else None) == domain


def test_the_bundled_table_is_in_alphabetical_order() -> None:
    assert list(DEFAULT_RULES.sites) == sorted(DEFAULT_RULES.sites)


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("www.example.org", "example.org"),
        ("Example.ORG", "news.example.org"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("newsroom", "newsroom"),
    ],
)
def test_a_site_is_found_however_its_name_is_written(tmp_path: Path, name: str, host: str) -> None:
    path = tmp_path / "sites.yaml"
    path.write_text(f"{name}:\n  body: main\n", encoding="utf-8")
    found = load_rules(path).site(host)
    assert found is not None
    assert found.selectors("body") == ("main",)


def test_the_bundled_selectors_are_such() -> None:
    for rule in DEFAULT_RULES.sites.values():
        for selector in (*rule.drop, *chain.from_iterable(rule.fields.values())):
            assert css_selector(selector) == selector


def test_a_users_file_is_laid_over_the_bundled_rules(tmp_path: Path) -> None:
    path = tmp_path / "sites.yaml"
    path.write_text("bbc.com:\n  body: main\nexample.org:\n  drop: [.ad, .more]\n", encoding="utf-8")
    rules = load_rules(path)
    assert rules.sites["bbc.com"] == SiteRule("bbc.com", {"body": ("main",)})
    assert rules.sites["example.org"].drop == (".ad", ".more")
    assert "theguardian.com" in rules.sites


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a", "expected domains"),
        ("example.org: 5", "expected keys out of"),
        ("example.org:\n  bodies: main", "unknown key"),
        ("example.org:\n  body: [5]", "expected a CSS selector"),
        ("example.org:\n  drop: [.ad, 'div[']", r"example.org.drop = 'div\[': expected a CSS selector: Malformed"),
        ("https://example.org/:\n  body: main", "expected a domain such as example.com"),
        ("'*.example.org':\n  body: main", "expected a domain such as example.com"),
        ("example.org:\n  body: main\nwww.example.org:\n  drop: .ad", "an entry for example.org before it"),
        ("a: [", "can't be read as YAML"),
    ],
    ids=["list", "number", "unknown key", "no selector", "broken selector", "address", "wildcard", "twice", "no YAML"],
)
def test_a_wrong_file_is_refused_with_a_reason(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "sites.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RulesError, match=message):
        load_rules(path)
