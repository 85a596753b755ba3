"""The watch over the live index: nobody waits for a server that hangs, and what is answered late serves later ones."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk.container import Desk, now
from desk.index_watch import IndexWatch, PatientQuestion
from desk.metrics import DeskFigures
from desk.roles.index import bring_up_to_date
from index.base import EngineHealth, HealthFigure
from model.errors import EngineError, EngineTroubleError
from tests.desk.desk_process import eventually


class Hanging:
    """A question that is answered when it is let go."""

    def __init__(self) -> None:
        self.asked = 0
        self.goes_on = threading.Event()

    def __call__(self) -> int:
        self.asked += 1
        self.goes_on.wait()
        return self.asked


def refused(ask: Callable[[], object]) -> bool:
    with pytest.raises(EngineTroubleError, match="do not answer in time"):
        ask()
    return True


def test_a_question_that_hangs_is_waited_for_once_and_asked_once() -> None:
    ask = Hanging()
    question = PatientQuestion(ask, seconds=0.05)
    assert refused(question.answer)
    for _ in range(100):
        assert refused(question.answer)
    assert ask.asked == 1
    ask.goes_on.set()
    eventually(lambda: answered(question), 10, "the answer")
    assert question.answer() >= 2


def answered(question: PatientQuestion[int]) -> bool:
    try:
        question.answer()
    except EngineTroubleError:
        return False
    return True


def test_an_answer_is_kept_as_long_as_was_said() -> None:
    at = [0.0]
    asked: list[float] = []

    def ask() -> int:
        asked.append(at[0])
        if at[0] == 20:
            raise EngineError("no")
        return len(asked)

    question = PatientQuestion(ask, kept_seconds=5, clock=lambda: at[0])
    found = []
    for at[0] in (0, 4, 6, 10, 12):
        found.append(question.answer())
    assert found == [1, 1, 2, 2, 3]
    for at[0] in (20, 24):  # that it failed is kept, too
        with pytest.raises(EngineError, match="no"):
            question.answer()
    assert asked == [0, 6, 12, 20]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "config.yaml").write_text("data_dir: data")
    made = Desk(tmp_path / "config.yaml")
    bring_up_to_date(made.indexer)
    yield made
    made.live.close()
    made.store.close()


class WatchedEngine:
    """An engine's health, as a cluster tells it."""

    def __init__(self, health: EngineHealth | EngineError) -> None:
        self._health = health

    def health(self, *, thorough: bool = False) -> EngineHealth:
        if isinstance(self._health, EngineError):
            raise self._health
        return self._health


def test_figures_of_servers_are_shown_while_there_are_any(desk: Desk) -> None:
    figure = HealthFigure("nodes", "Nodes of the cluster that holds the index.", 3)
    for told, shown in ((EngineHealth(figures=(figure,)), True), (EngineTroubleError("away"), False)):
        engine = WatchedEngine(told)
        watch = IndexWatch(lambda engine=engine: engine, desk.live)  # type: ignore[misc,arg-type]
        text = DeskFigures(desk.store, watch, desk.disk, now).text()
        assert ("wiredesk_index_nodes 3.0" in text) is shown
        assert "wiredesk_index_lag 0.0" in text
