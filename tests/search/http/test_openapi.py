"""Every route answers as the OpenAPI document says, whatever it is asked.

schemathesis makes the requests from the document, good ones and bad ones, and holds the answers against it.
"""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

from search.app import create_app
from search.http.middleware.auth import AccessPolicy

KEY = "correct-horse-battery"
ADDRESSES = [
    "/api/export",
    "/api/search",
    "/api/sources",
    "/api/stories/{story_id}",
    "/api/stories/{story_id}/similar",
    "/api/stories/{story_id}/versions",
    "/api/suggest",
    "/feed.atom",
    "/healthz",
    "/metrics",
    "/readyz",
]


@pytest.fixture(scope="module", params=[(), (KEY,)], ids=["open", "with a key"])
def document(request: pytest.FixtureRequest, desk: Any, serve: Any) -> Any:
    """The document of a desk that is served, and the headers that its requests need."""
    app = create_app(desk.searcher, desk.reader, readiness=dict, access=AccessPolicy(request.param))
    headers = {"X-API-Key": KEY} if request.param else {}
    with serve(app) as address:
        yield schemathesis.openapi.from_url(f"{address}/openapi.json", headers=headers), headers


def ask(document: Any, path: str, mode: GenerationMode, examples: int) -> None:
    """Ask one address so many times, the same requests in every run."""
    schema, headers = document

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path]["GET"].as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        # Nulls and empty lists vanish on their way into an address, so that what was wrong becomes right.
        case.call_and_validate(headers=headers, timeout=60, excluded_checks=[negative_data_rejection])

    check()


def test_every_address_is_asked(document: Any) -> None:
    assert sorted(document[0]) == ADDRESSES


# Only a parameter with rules can be given wrongly; ids of stories may be any text.
RULED = ("/api/export", "/api/search", "/api/stories/{story_id}/similar", "/api/suggest", "/feed.atom")
CASES = [
    *(pytest.param(path, GenerationMode.POSITIVE, id=f"{path} as documented") for path in ADDRESSES),
    *(pytest.param(path, GenerationMode.NEGATIVE, id=f"{path} otherwise") for path in RULED),
]


@pytest.mark.parametrize(("path", "mode"), CASES)
def test_answers_are_as_documented(document: Any, path: str, mode: GenerationMode) -> None:
    ask(document, path, mode, 6)


@pytest.mark.long
@pytest.mark.parametrize(("path", "mode"), CASES)
def test_answers_to_many_requests_are_as_documented(document: Any, path: str, mode: GenerationMode) -> None:
    ask(document, path, mode, 200)
