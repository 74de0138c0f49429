"""Answered requests reach the prediction log, over any protocol and by any version."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from baton_inference.core import Core
from baton_inference.lifecycle.live_versions import CANARY, CanaryRoute, LiveVersion
from baton_inference.lifecycle.pace import Pace
from baton_inference.lifecycle.trips.canary_switch import CanarySwitch
from baton_inference.predictions.logged_request import LoggedRequest
from baton_inference.web.front import Front
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import Request, call, get, post
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.locked_folders import lock_folders
from tests.support.fakes.models import GOOD_BODY, INSTANCE, ErrorModel, SumModel
from tests.support.fakes.predictions import list_files, read_rows

pytestmark = pytest.mark.usefixtures("each_way")

V2 = "/v2/models/churn_model"
TENSORS = json.dumps(
    {
        "inputs": [
            {"name": "x", "shape": [1], "datatype": "FP64", "data": [1]},
            {"name": "n", "shape": [1], "datatype": "INT64", "data": [1]},
        ]
    }
).encode()
MANY = json.dumps({"instances": [INSTANCE] * 2000}).encode()


def make_logged(
    tmp_path: Path, *, canary: LiveVersion | None = None, **values: Any
) -> tuple[Front, Core]:
    """Makes an application with a prediction log; a canary answers all requests."""
    production = replace(
        make_live_version(SumModel(), pace=Pace(call_s=3.0)), private_columns=frozenset()
    )
    values = {"BATON_PREDICTIONS_DIR": str(tmp_path / "log"), **values}
    app, core = make_app(tmp_path / "cache", production, **values)
    if canary is not None:
        core.live.swap(canary, CANARY)
        core.live.share(CanaryRoute(canary, production.identity, "canary", 100, CanarySwitch()))
    return app, core


def take(core: Core) -> list[LoggedRequest]:
    assert core.predictions is not None
    return [*core.predictions.queue.take()]


def send(app: Front, requests: Iterable[Request]) -> None:
    for each in requests:
        call(app, each)


def test_every_answered_request_is_logged(tmp_path: Path) -> None:
    """Without a canary, too; not what was rejected."""
    app, core = make_logged(tmp_path)
    send(
        app,
        [
            post("/predict", GOOD_BODY, x_request_id="mine"),
            post("/invocations", b"x,n,note\n1,2,a\n1,3,\n", content_type="text/csv"),
            post(f"{V2}/infer", TENSORS),
            post(f"{V2}/versions/1/infer", TENSORS),
            post("/predict", b"{"),
            post("/predict", json.dumps({"instances": [{"x": "a"}]}).encode()),
        ],
    )
    logged = take(core)
    assert [(each.facts.protocol, each.facts.alias, each.batch.rows) for each in logged] == [
        ("predict", "production", 1),
        ("invocations", "production", 2),
        ("v2", "production", 1),
        ("v2", "", 1),
    ]
    assert logged[0].facts.request_id == "mine"
    assert {each.version.model.version for each in logged} == {"1"}
    assert all(len(each.scores["label"]) == each.batch.rows for each in logged)


def test_a_large_request_is_sampled(tmp_path: Path) -> None:
    """Scored in a thread; the log keeps every n-th row."""
    app, core = make_logged(tmp_path)
    assert call(app, post("/predict", MANY)).status == 200
    [logged] = take(core)
    assert logged.batch.rows == 500
    assert logged.choice.share == 0.25


def test_the_answering_version_is_logged(tmp_path: Path) -> None:
    """The canary, or production in its place."""
    for engine, expected in (
        (SumModel(0.75), ("2", "canary")),
        (ErrorModel(), ("1", "production")),
    ):
        canary = make_live_version(engine, version="2")
        app, core = make_logged(tmp_path, canary=canary)
        assert call(app, post("/predict", GOOD_BODY)).status == 200
        [logged] = take(core)
        assert (logged.version.model.version, logged.facts.alias) == expected


def test_routing_keys_are_kept_only_with_a_secret(tmp_path: Path) -> None:
    request = post("/predict", GOOD_BODY, x_routing_key="customer 7")
    for secret, expected in ((None, None), ("0123456789abcdef", b"customer 7")):
        values: Any = {} if secret is None else {"BATON_PREDICTIONS_KEY": secret}
        app, core = make_logged(tmp_path, **values)
        call(app, request)
        [logged] = take(core)
        assert logged.facts.routing_key == expected


def test_a_pair_needs_the_log_to_take_the_request(tmp_path: Path) -> None:
    """The shadow gets the logged request, and fills it."""
    canary = make_live_version(SumModel(0.75), version="2")
    app, core = make_logged(tmp_path, canary=canary)
    core.live.share(None)
    assert core.canary is not None
    core.canary.shadow.step()
    call(app, post("/predict", GOOD_BODY))
    core.canary.shadow.step()
    [logged] = take(core)
    assert logged.other is not None
    assert (logged.other.row, logged.other.version) == (0, canary)


def test_without_a_folder_nothing_is_logged(tmp_path: Path) -> None:
    app, core = make_app(tmp_path, make_live_version())
    assert call(app, post("/predict", GOOD_BODY)).status == 200
    assert core.predictions is None
    assert b"baton_predictions" not in get(app, "/metrics").body


def test_the_metrics_follow_the_files(tmp_path: Path) -> None:
    """Rows count when their file is closed."""
    app, core = make_logged(tmp_path)
    assert core.predictions is not None
    send(app, [post("/predict", GOOD_BODY)] * 3)
    assert b"baton_predictions_rows_total 0.0" in get(app, "/metrics").body
    core.predictions.finish()
    metrics = get(app, "/metrics").body.decode()
    [file] = list_files(tmp_path / "log")
    assert "baton_predictions_rows_total 3.0" in metrics
    assert 'baton_predictions_dropped_rows_total{cause="disk"} 0.0' in metrics
    assert "baton_predictions_files 1.0" in metrics
    assert f"baton_predictions_bytes {file.stat().st_size}.0" in metrics
    assert len(read_rows(tmp_path / "log")) == 3


def test_a_folder_that_fails_is_in_the_metrics(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log cannot keep its bounds there."""
    app, core = make_logged(tmp_path)
    assert core.predictions is not None
    assert b"baton_predictions_failing_folders 0.0" in get(app, "/metrics").body
    other = tmp_path / "log" / "model=other"
    other.mkdir(parents=True)
    lock_folders(monkeypatch, other)
    send(app, [post("/predict", GOOD_BODY)])
    core.predictions.finish()
    assert b"baton_predictions_failing_folders 1.0" in get(app, "/metrics").body
