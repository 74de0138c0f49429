"""Faults that take a minute: a load times out after 30 s, or is retried after 60 s."""

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import onnx
from onnx import TensorProto, helper

from baton_inference.lifecycle.loading.warmup import TIME_LIMIT_S
from baton_inference.lifecycle.policy import LOAD_RETRY_S
from baton_registry.rest.fetch import fetch
from tests.support.faults.incident import observe
from tests.support.faults.proxy import STORE, respond_with, run_proxy
from tests.support.rig.desk import Desk, move_alias
from tests.support.rig.stored import store_copy

Row = tuple[str, str, float]
"""Answers, /status, and seconds until recovery."""

SLACK_S = 15.0


def page_for_files(desk: Desk) -> Row:
    """An HTML page replaces every file."""
    rows: list[Row] = []
    with (
        run_proxy(desk.tracking_uri) as proxy,
        desk.serve(MLFLOW_TRACKING_URI=proxy.uri) as inference,
    ):
        inference.wait_until_serving("1")
        cache = desk.folder / "cache"
        with observe(inference, cache, lambda *row: rows.append(row)) as incident:
            page = b"<!doctype html><title>Sign in</title>"
            proxy.inject(respond_with(200, "text/html", page), STORE)
            move_alias(desk, "2")
            status = incident.wait_for_failure("2")
            assert (status["state"], status["serving"]["version"]) == ("degraded", "1")
            assert "baton-manifest.json" in status["last_load_failure"]["reason"]
            proxy.repair()
            incident.wait_for_recovery("2", limit_s=LOAD_RETRY_S + SLACK_S)
    return rows[0]


def endless_model(desk: Desk) -> Row:
    """A model loops for ever: its load fails, and the next version loads."""
    rows: list[Row] = []
    with desk.registry as registry:
        good = registry.get_version(desk.model, "2")
        folder = desk.folder / "good"
        folder.mkdir()
        model = make_endless(fetch(registry, good, folder).onnx)
    unrecorded = replace(good, tags=MappingProxyType({}))
    endless = store_copy(desk, unrecorded, folder, **{"model.onnx": model})
    with desk.serve() as inference:
        inference.wait_until_serving("1")
        cache = desk.folder / "cache"
        with observe(inference, cache, lambda *row: rows.append(row)) as incident:
            move_alias(desk, endless)
            status = incident.wait_for_status(lambda status: status["state"] == "swapping")
            assert status["serving"]["version"] == "1"
            status = incident.wait_for_failure(endless, limit_s=TIME_LIMIT_S + SLACK_S)
            assert (status["state"], status["serving"]["version"]) == ("degraded", "1")
            assert "does not end" in status["last_load_failure"]["reason"]
            move_alias(desk, "2")
            incident.wait_for_recovery("2")
    return rows[0]


def make_endless(model: bytes) -> bytes:
    """Adds an endless loop before the model's probabilities."""
    proto = onnx.load_from_string(model)
    kind = TensorProto.FLOAT
    for node in proto.graph.node:
        node.output[:] = [{"probabilities": "before"}.get(name, name) for name in node.output]
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["goes_on"], ["goes_on_after"]),
            helper.make_node("Identity", ["carried"], ["carried_after"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("turn", TensorProto.INT64, []),
            helper.make_tensor_value_info("goes_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("carried", kind, None),
        ],
        [
            helper.make_tensor_value_info("goes_on_after", TensorProto.BOOL, []),
            helper.make_tensor_value_info("carried_after", kind, None),
        ],
    )
    always = helper.make_tensor("always", TensorProto.BOOL, [], [True])
    proto.graph.node.extend(
        [
            helper.make_node("Constant", [], ["always"], value=always),
            helper.make_node("Loop", ["", "always", "before"], ["probabilities"], body=body),
        ]
    )
    content: bytes = proto.SerializeToString()
    return content


SCENARIOS: dict[str, Callable[[Desk], Row]] = {
    each.__name__: each for each in (page_for_files, endless_model)
}
