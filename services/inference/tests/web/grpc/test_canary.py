"""A canary answers its share of the calls over gRPC, too. No server: a fake call."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from baton_inference.core import Core
from baton_inference.lifecycle.live_versions import CANARY, CanaryRoute
from baton_inference.lifecycle.pace import Pace
from baton_inference.lifecycle.trips.canary_switch import CanarySwitch
from baton_inference.protocols.v2_grpc.messages import get_request_class, get_response_class
from baton_inference.web.body import SMALL_BYTES
from baton_inference.web.grpc.infer import ModelInfer
from baton_inference.web.request_ids import RequestIds
from tests.support.fakes.application import make_app
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import ErrorModel, SumModel

ALIASES = {"1": "production", "2": "canary"}
ROWS = SMALL_BYTES // 8
"""Of this many rows a message is large."""


class FakeCall:
    """The context of a call with this message and metadata."""

    def __init__(self, message: bytes, metadata: dict[str, str]) -> None:
        self._message = message
        self._sent = (*metadata.items(),)
        self.metadata: dict[str, str] = {}

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        return self._sent

    async def read(self) -> bytes:
        return self._message

    def set_trailing_metadata(self, metadata: Any) -> None:
        self.metadata = dict(metadata)


def call(
    tmp_path: Path, engine: Any, rows: int = 1, version: str = "", **metadata: str
) -> tuple[Any, dict[str, str], Core]:
    """Scores rows of a service whose canary has half of the requests."""
    production = make_live_version(SumModel(0.25), pace=Pace(call_s=3.0))
    app, core = make_app(tmp_path, production)
    canary = make_live_version(engine, version="2")
    core.live.swap(canary, CANARY)
    core.live.share(CanaryRoute(canary, production.identity, "canary", 50, CanarySwitch()))
    inputs = [
        {"name": "x", "datatype": "FP64", "contents": {"fp64_contents": [1.0] * rows}},
        {"name": "n", "datatype": "INT64", "contents": {"int64_contents": [1] * rows}},
    ]
    message = get_request_class("ModelInfer")(
        model_name="churn_model",
        model_version=version,
        inputs=[{**tensor, "shape": [rows]} for tensor in inputs],
    )
    sent = {name.replace("_", "-"): value for name, value in metadata.items()}
    context = FakeCall(message.SerializeToString(), sent)
    assert app.direct is not None
    body = asyncio.run(ModelInfer(app.direct._parts, RequestIds()).handle(None, context))
    return get_response_class("ModelInfer").FromString(body), context.metadata, core


@pytest.mark.parametrize("rows", [1, ROWS])
def test_the_canary_answers_its_share(tmp_path: Path, rows: int) -> None:
    """The same routing key always gets the same version; the metadata name it."""
    seen = set()
    for number in range(12):
        key = f"key-{number}"
        for _ in range(2):
            answer, metadata, core = call(
                tmp_path, SumModel(0.75), rows, x_routing_key=key, x_request_id=str(number)
            )
            seen.add((key, answer.model_version))
            assert metadata["x-model-version"] == answer.model_version
            assert (
                metadata["x-model-alias"]
                == {"1": "production", "2": "canary"}[answer.model_version]
            )
            assert core.metrics.rows == {answer.model_version: rows}
    assert len(seen) == 12
    assert {version for _, version in seen} == {"1", "2"}


@pytest.mark.parametrize("rows", [1, ROWS])
def test_production_answers_what_the_canary_fails(tmp_path: Path, rows: int) -> None:
    """The caller never notices."""
    answers = [call(tmp_path, ErrorModel(), rows, x_routing_key=f"key-{n}") for n in range(12)]
    assert {answer.model_version for answer, _, _ in answers} == {"1"}
    assert sum(core.metrics.fallbacks.total() for _, _, core in answers) > 0


def test_a_version_is_asked_for_by_its_number(tmp_path: Path) -> None:
    """Both are live; no alias chose them."""
    for version in ("1", "2"):
        answer, metadata, _ = call(tmp_path, SumModel(0.75), version=version)
        assert answer.model_version == metadata["x-model-version"] == version
        assert "x-model-alias" not in metadata
