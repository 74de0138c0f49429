"""The data of the operations page, with a registry in memory."""

from pathlib import Path
from typing import Any

from baton_inference.app import create_app
from baton_inference.core import Core, create_core
from baton_inference.operations.document import MAX_MOVES, MAX_TEXT
from baton_inference.scoring.workers import Pools
from baton_inference.web.front import Front
from baton_registry.errors import RegistryUnavailable
from baton_registry.promotion import ledger
from baton_registry.promotion.history import get_utc_now
from baton_registry.promotion.ledger import Entry, Move
from tests.support.fakes.application import make_settings
from tests.support.fakes.asgi_client import call, get, post
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.fakes.models import GOOD_BODY, open_fake_engine


def make(tmp_path: Path, registry: FakeRegistry, **values: Any) -> tuple[Front, Core]:
    """Creates an application that follows this registry."""
    chosen = make_settings(tmp_path, **values)
    core = create_core(chosen, registry=registry, open_engine=open_fake_engine)
    return create_app(chosen, core, Pools()), core


def read_data(app: Front) -> dict[str, Any]:
    """Reads the data of the page."""
    answer = get(app, "/console/data")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    data: dict[str, Any] = answer.json()
    return data


def promote(registry: FakeRegistry, number: int, before: str | None, to: str, reason: str) -> None:
    """Moves the alias, with an entry in the ledger."""
    move = Move(get_utc_now(), before, to, "promote", "ann", reason)
    registry.tags.update([ledger.to_tag("production", Entry(number, "t", move, done=True))])
    registry.alias = to


def test_document_is_consistent(tmp_path: Path) -> None:
    """Status, summary, moves, rollback and traffic are from the same moment."""
    registry = FakeRegistry()
    app, core = make(tmp_path, registry, BATON_TRACKING_UI_URL="https://mlflow.example/")
    for number, version in enumerate("12", 1):
        registry.add(version)
        promote(registry, number, str(number - 1) if number > 1 else None, version, f"r{version}")
        core.watcher.poll()
        call(app, post("/predict", GOOD_BODY))
    data = read_data(app)
    assert data["status"] == get(app, "/status").json()
    assert data["summary"]["headline"] == "Version 2 is serving"
    assert [(m["from"], m["to"], m["reason"]) for m in data["moves"]] == [
        (None, "1", "r1"),
        ("1", "2", "r2"),
    ]
    assert data["rollback"] == {"to": "1", "command": "baton rollback --wait"}
    assert [row["version"] for row in data["traffic"]["versions"]] == ["1", "2"]
    assert data["links"]["run"] == "https://mlflow.example/#/runs/run-2"
    assert data["process"] == read_data(app)["process"]


def test_page_works_without_a_model_and_a_registry(tmp_path: Path) -> None:
    """The data reports the unreachable registry, and no moves."""
    registry = FakeRegistry()
    registry.fault = RegistryUnavailable("no answer")
    app, core = make(tmp_path, registry)
    assert read_data(app)["moves_read_at"] is None
    core.watcher.poll()
    data = read_data(app)
    assert [note["title"] for note in data["summary"]["notes"]] == [
        "The registry cannot be reached"
    ]
    assert (data["moves"], data["rollback"]) == ([], None)


def test_moves_are_limited(tmp_path: Path) -> None:
    """The page shows a limited number of moves, each with a limited reason."""
    registry = FakeRegistry()
    registry.add("1")
    for number in range(MAX_MOVES + 10):
        promote(registry, number, None, "1", "x" * 10_000)
    app, core = make(tmp_path, registry)
    core.watcher.poll()
    moves = read_data(app)["moves"]
    assert len(moves) == MAX_MOVES
    assert {len(move["reason"]) for move in moves} == {MAX_TEXT}


def test_links_hide_a_password(tmp_path: Path) -> None:
    """A password in the tracking URI does not appear on the page."""
    app, _ = make(tmp_path, FakeRegistry(), MLFLOW_TRACKING_URI="http://u:secret@mlflow:5000")
    assert b"secret" not in get(app, "/console/data").body
    assert read_data(app)["links"]["model"] == "http://mlflow:5000/#/models/churn_model"
