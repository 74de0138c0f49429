"""Faults that take their time: Baton waits for half a minute, or tries again after a whole one."""

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import onnx
from onnx import TensorProto, helper

from baton_inference.lifecycle.policy import LOAD_RETRY_S
from baton_inference.lifecycle.warmup import TIME_LIMIT_S
from baton_registry.rest.fetch import fetch
from tests.support.faults.front import STORE, answering, running_front
from tests.support.faults.incident import incident
from tests.support.rig.desk import Desk, move_alias
from tests.support.rig.stored import stored_copy

Row = tuple[str, str, float]
"""What callers saw, what /status showed, the seconds until all was well."""

SLACK_S = 15.0


def page_for_files(desk: Desk) -> Row:
    """A page of HTML comes for every file: it is not the file that was registered."""
    rows: list[Row] = []
    with (
        running_front(desk.tracking_uri) as front,
        desk.serve(MLFLOW_TRACKING_URI=front.uri) as inference,
    ):
        inference.wait_serves("1")
        cache = desk.folder / "cache"
        with incident(inference, cache, lambda *row: rows.append(row)) as seen:
            page = b"<!doctype html><title>Sign in</title>"
            front.break_(answering(200, "text/html", page), STORE)
            move_alias(desk, "2")
            status = seen.tells_of("2")
            assert (status["state"], status["serving"]["version"]) == ("degraded", "1")
            assert "baton-manifest.json" in status["last_load_failure"]["reason"]
            front.mend()
            seen.recovers("2", limit_s=LOAD_RETRY_S + SLACK_S)
    return rows[0]


def endless_model(desk: Desk) -> Row:
    """A version whose model loops for ever is stopped and told, and the next one is loaded."""
    rows: list[Row] = []
    with desk.registry as registry:
        good = registry.get_version(desk.model, "2")
        folder = desk.folder / "good"
        folder.mkdir()
        model = made_endless(fetch(registry, good, folder).onnx)
    unrecorded = replace(good, tags=MappingProxyType({}))
    endless = stored_copy(desk, unrecorded, folder, **{"model.onnx": model})
    with desk.serve() as inference:
        inference.wait_serves("1")
        cache = desk.folder / "cache"
        with incident(inference, cache, lambda *row: rows.append(row)) as seen:
            move_alias(desk, endless)
            status = seen.shows(lambda status: status["state"] == "swapping")
            assert status["serving"]["version"] == "1"
            status = seen.tells_of(endless, limit_s=TIME_LIMIT_S + SLACK_S)
            assert (status["state"], status["serving"]["version"]) == ("degraded", "1")
            assert "does not end" in status["last_load_failure"]["reason"]
            move_alias(desk, "2")
            seen.recovers("2")
    return rows[0]


def made_endless(model: bytes) -> bytes:
    """The model with a loop in front of its probabilities that never ends."""
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
