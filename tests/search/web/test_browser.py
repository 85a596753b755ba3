"""The pages in a real browser: search, facets, pages, story, diff, completions, keys, dark, phone."""

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.browser

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in _NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = _chromium()
    if path is None or not Path(path).exists():
        pytest.skip("NO CHROMIUM FOUND: THE BROWSER TESTS DID NOT RUN (apt-get install chromium, or set CHROMIUM)")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser tests")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        with sync_api.sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=_SWITCHES)
            yield browser
            browser.close()


@pytest.fixture
def open_page(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Opens a page; fails the test on any message of the console and any request to another host."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def open_at(path: str, **options: Any) -> Any:
        context = browser.new_context(base_url=address, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.extend(_unwelcome(message, page)))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("request", lambda request: complaints.extend(_foreign(request.url, address)))
        page.goto(path)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert complaints == []


def _unwelcome(message: Any, page: Any) -> list[str]:
    """A message of the console, but not that the page itself is an error, which the browser remarks on, too."""
    failed = message.text.startswith("Failed to load resource") and message.location["url"] == page.url
    return [] if failed else [f"console: {message.text}"]


def _foreign(url: str, address: str) -> list[str]:
    return [] if urlsplit(url).netloc == urlsplit(address).netloc else [f"request: {url}"]


def test_search_from_the_first_page(open_page: Callable[..., Any]) -> None:
    page = open_page("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.fill("#q", "last rivet")
    page.press("#q", "Enter")
    page.wait_for_url("**/search?q=last+rivet")
    assert page.locator(".hit h2").first.inner_text() == "Old harbour bridge reopens after repairs"
    assert page.locator(".hit .snippet mark").count() > 0


def test_facet_page_and_way_back(open_page: Callable[..., Any]) -> None:
    page = open_page("/search?q=harbour")
    page.click(".facet a:has-text('log')")
    page.wait_for_url("**source=log**")
    page.click("a[rel=next]")
    page.wait_for_url("**page=2**")
    assert page.locator(".hit").count() == 10
    page.click(".chips a")
    page.wait_for_url(lambda url: "source" not in url)


def test_without_javascript(open_page: Callable[..., Any]) -> None:
    page = open_page("/", java_script_enabled=False)
    page.fill("#q", "diary")
    page.press("#q", "Enter")
    page.wait_for_url("**/search?q=diary")
    assert page.locator(".hit").count() == 1


def test_story_with_diff(open_page: Callable[..., Any]) -> None:
    page = open_page("/search?q=strike")
    page.click(".hit h2 a")
    page.wait_for_url("**/story/**")
    assert page.locator(".version ins").first.is_visible()
    assert page.locator(".version del", has_text="Monday").count() == 1
    page.click(".provenance summary")
    assert page.locator(".provenance dl").is_visible()


def test_completions(open_page: Callable[..., Any]) -> None:
    page = open_page("/")
    page.type("#q", "lighth")
    page.wait_for_selector("#completions li")
    assert page.locator("#completions li").first.inner_text() == "lighthouse"
    assert page.get_attribute("#q", "aria-expanded") == "true"
    page.press("#q", "ArrowDown")
    assert page.get_attribute("#completion-0", "aria-selected") == "true"
    page.press("#q", "Enter")
    page.wait_for_url("**/search?q=lighthouse")


def test_a_completion_opens_a_story_and_escape_closes(open_page: Callable[..., Any], desk: Any) -> None:
    page = open_page("/")
    page.type("#q", "diar")
    page.wait_for_selector("#completions li.story")
    page.press("#q", "Escape")
    assert not page.locator("#completions").is_visible()
    page.type("#q", "y")
    page.click("#completions li.story")
    page.wait_for_url(f"**/story/{desk.ids['lighthouse']}")


def test_keys(open_page: Callable[..., Any]) -> None:
    page = open_page("/search?q=ferry")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator(".hit.here").count() == 1
    second = page.locator(".hit h2 a").nth(1).get_attribute("href")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{second}")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("j/k")
    assert page.input_value("#q").endswith("j/k")


_PAGES = {
    "first page": "/",
    "results": "/search?q=harbour",
    "narrowed results": "/search?q=harbour&source=log&after=2012-01-01&sort=newest&page=2",
    "nothing found": "/search?q=zzzzzz",
    "withdrawn": "/search?q=is:withdrawn",
    "noted": "/search?q=(lighthuose",
    "story with captions": "/story/{bridge}",
    "story with versions": "/story/{strike}",
    "hostile story": "/story/{hostile}",
    "story in another script": "/story/{japanese}",
    "sources": "/sources",
    "help": "/help",
    "API": "/docs",
    "mistake": "/search?size=0",
    "nowhere": "/story/nowhere",
}
_VIEWS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}},
}


@pytest.mark.parametrize("view", _VIEWS.values(), ids=_VIEWS.keys())
@pytest.mark.parametrize("path", _PAGES.values(), ids=_PAGES.keys())
def test_axe_finds_nothing(open_page: Callable[..., Any], desk: Any, path: str, view: dict[str, Any]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    # The script is axe's, put into the page from outside: our own policy forbids it, as it should.
    page = open_page(path.format_map(desk.ids), bypass_csp=True, **view)
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    violations = axe.Axe().run(page).response["violations"]
    found = [f"{v['impact']} {v['id']}: {node['html'][:200]}" for v in violations for node in v["nodes"]]
    assert found == []


def test_axe_finds_what_is_wrong(open_page: Callable[..., Any]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    page = open_page("/help", bypass_csp=True)
    page.evaluate("document.querySelector('h1').style.color = '#eee'")
    assert "color-contrast" in {violation["id"] for violation in axe.Axe().run(page).response["violations"]}


@pytest.mark.parametrize("path", ["/", "/search?q=harbour", "/story/{bridge}", "/sources", "/help", "/docs"])
def test_a_phone_never_scrolls_sideways(open_page: Callable[..., Any], desk: Any, path: str) -> None:
    page = open_page(path.replace("{bridge}", desk.ids["bridge"]), viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(
    "path", ["/search?q=kraken", "/story/{hostile}", "/", "/search?q=<script>document.title=1</script>"]
)
def test_scripts_in_stories_do_not_run(open_page: Callable[..., Any], desk: Any, path: str) -> None:
    page = open_page(path.replace("{hostile}", desk.ids["hostile"]))
    assert page.title() != "owned"
    assert "Wiredesk" in page.title()
