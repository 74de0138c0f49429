"""What the page shows, from a core that follows a registry in memory."""

from pathlib import Path
from typing import Any

from baton_inference.app import create_app
from baton_inference.core import Core, create_core
from baton_inference.operations.document import MAX_MOVES, MAX_TEXT
from baton_inference.scoring.workers import Pools
from baton_inference.web.front import Front
from baton_registry.errors import RegistryUnavailable
from baton_registry.promotion import ledger
from baton_registry.promotion.alias_moves import get_utc_now
from baton_registry.promotion.ledger import Entry, Move
from tests.support.fakes.application import make_settings
from tests.support.fakes.asgi_client import call, get, post
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.fakes.models import GOOD_BODY, open_fake_engine


def make(tmp_path: Path, registry: FakeRegistry, **values: Any) -> tuple[Front, Core]:
    """An application that follows this registry."""
    chosen = make_settings(tmp_path, **values)
    core = create_core(chosen, registry=registry, open_engine=open_fake_engine)
    return create_app(chosen, core, Pools()), core


def data(app: Front) -> dict[str, Any]:
    """What the page is told."""
    answer = get(app, "/console/data")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    loaded: dict[str, Any] = answer.json()
    return loaded


def tell(registry: FakeRegistry, number: int, before: str | None, to: str, reason: str) -> None:
    """Somebody promotes."""
    move = Move(get_utc_now(), before, to, "promote", "ann", reason)
    registry.tags.update([ledger.to_tag("production", Entry(number, "t", move, done=True))])
    registry.alias = to


def test_tells_what_serves_and_why(tmp_path: Path) -> None:
    """Status, words, the moves, the way back, the traffic: one document of one moment."""
    registry = FakeRegistry()
    app, core = make(tmp_path, registry, BATON_TRACKING_UI_URL="https://mlflow.example/")
    for number, version in enumerate("12", 1):
        registry.add(version)
        tell(registry, number, str(number - 1) if number > 1 else None, version, f"r{version}")
        core.watcher.step()
        call(app, post("/predict", GOOD_BODY))
    told = data(app)
    assert told["status"] == get(app, "/status").json()
    assert told["words"]["headline"] == "Version 2 is serving"
    assert [(m["from"], m["to"], m["reason"]) for m in told["moves"]] == [
        (None, "1", "r1"),
        ("1", "2", "r2"),
    ]
    assert told["rollback"] == {"to": "1", "command": "baton rollback --wait"}
    assert [row["version"] for row in told["traffic"]["versions"]] == ["1", "2"]
    assert told["links"]["run"] == "https://mlflow.example/#/runs/run-2"
    assert told["process"] == data(app)["process"]


def test_works_before_anything_is_known(tmp_path: Path) -> None:
    """No model, no registry: the page says so."""
    registry = FakeRegistry()
    registry.fault = RegistryUnavailable("no answer")
    app, core = make(tmp_path, registry)
    assert data(app)["moves_read_at"] is None
    core.watcher.step()
    told = data(app)
    assert [note["title"] for note in told["words"]["notes"]] == ["The registry cannot be reached"]
    assert (told["moves"], told["rollback"]) == ([], None)


def test_what_the_registry_holds_is_bounded(tmp_path: Path) -> None:
    """A ledger of thousands of moves with long reasons does not make a page of megabytes."""
    registry = FakeRegistry()
    registry.add("1")
    for number in range(MAX_MOVES + 10):
        tell(registry, number, None, "1", "x" * 10_000)
    app, core = make(tmp_path, registry)
    core.watcher.step()
    moves = data(app)["moves"]
    assert len(moves) == MAX_MOVES
    assert {len(move["reason"]) for move in moves} == {MAX_TEXT}


def test_a_password_in_the_tracking_uri_is_not_shown(tmp_path: Path) -> None:
    """Links are made without it."""
    app, _ = make(tmp_path, FakeRegistry(), MLFLOW_TRACKING_URI="http://u:secret@mlflow:5000")
    assert b"secret" not in get(app, "/console/data").body
    assert data(app)["links"]["model"] == "http://mlflow:5000/#/models/churn_model"
