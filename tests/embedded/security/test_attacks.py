"""An attacker with write access to registry and store: inference rejects every attempt."""

import pickle
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from baton_registry.rest.fetch import fetch
from baton_registry.versions.keys import generate_key_pair, parse_signing_key
from baton_registry.versions.signing import SigningKey
from tests.support.bodies.customer import CUSTOMER
from tests.support.rig.desk import Desk, move_alias, register
from tests.support.rig.inference import Inference
from tests.support.rig.process import wait_until
from tests.support.rig.stored import PICKLED_MLMODEL, store_copy


@pytest.fixture
def key(stocked_desk: Desk) -> SigningKey:
    """The trainer's key; the desk trusts it and has the signed version 3 in production."""
    private, public = generate_key_pair()
    key = parse_signing_key(private)
    with stocked_desk.registry as registry:
        first = registry.get_version(stocked_desk.model, "1")
    assert register(stocked_desk, first, **dict([key.sign(stocked_desk.model, first.tags)])) == "3"
    stocked_desk.more_env["BATON_TRUSTED_KEYS"] = public
    stocked_desk.baton("promote", "3")
    return key


def wait_for_rejection(inference: Inference, version: str, *, serving: str = "3") -> str:
    """Waits until inference rejects a version; returns the reason. Scoring continues."""

    def is_rejected() -> bool:
        failure = inference.status()["last_load_failure"]
        return failure is not None and failure["version"] == version

    wait_until(is_rejected, 10, f"rejection of {version}: {inference.log_tail}")
    assert inference.predict([CUSTOMER])["model_version"] == serving
    reason: str = inference.status()["last_load_failure"]["reason"]
    assert reason in inference.log_tail
    return reason


def is_counted(inference: Inference, reason: str) -> bool:
    """Whether the metrics count a failure with this reason."""
    text = inference.http.get("/metrics").text
    return f'baton_swap_failures_total{{reason="{reason}"}} 1.0' in text


def test_unsigned_version_never_serves(stocked_desk: Desk, key: SigningKey) -> None:
    """Inference rejects it from the alias and from its cache, and promote rejects it."""
    with stocked_desk.serve(BATON_TRUSTED_KEYS="") as inference:
        move_alias(stocked_desk, "2")
        inference.wait_until_serving("2")
    with stocked_desk.serve() as inference:
        reason = wait_for_first_rejection(inference)
        assert "not signed by a trusted key" in reason
        assert inference.http.get("/readyz").status_code == 503
        move_alias(stocked_desk, "3")
        inference.wait_until_serving("3")
        move_alias(stocked_desk, "2")
        assert "not signed by a trusted key" in wait_for_rejection(inference, "2")
    done = stocked_desk.try_baton("promote", "2")
    assert done.returncode == 1
    assert "not signed by a trusted key" in done.stderr


def wait_for_first_rejection(inference: Inference) -> str:
    """Waits for the reason why no version serves."""
    wait_until(lambda: inference.status()["last_load_failure"] is not None, 10, "rejection")
    reason: str = inference.status()["last_load_failure"]["reason"]
    return reason


def test_signature_of_another_model_is_rejected(stocked_desk: Desk, key: SigningKey) -> None:
    """A signature copied to another name, with all that it signs, is rejected."""
    with stocked_desk.registry as registry:
        second = registry.get_version(stocked_desk.model, "2")
    copied = register(stocked_desk, second, **dict([key.sign("another_model", second.tags)]))
    with stocked_desk.serve() as inference:
        inference.wait_until_serving("3")
        move_alias(stocked_desk, copied)
        assert "does not match its name" in wait_for_rejection(inference, copied)
        assert is_counted(inference, "signature")


def test_tampered_onnx_is_rejected(stocked_desk: Desk, key: SigningKey, tmp_path: Path) -> None:
    """A replaced model in the store has a wrong checksum."""
    with stocked_desk.registry as registry:
        signed = registry.get_version(stocked_desk.model, "3")
        other = fetch(registry, registry.get_version(stocked_desk.model, "2"), tmp_path).onnx
    tampered = store_copy(stocked_desk, signed, tmp_path, **{"model.onnx": other})
    with stocked_desk.serve() as inference:
        inference.wait_until_serving("3")
        move_alias(stocked_desk, tampered)
        assert "'model.onnx'" in wait_for_rejection(inference, tampered)
        assert is_counted(inference, "checksum")


class Evil:
    """Touches a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __reduce__(self) -> Any:
        return Path.touch, (self._file,)


def test_malicious_pickle_is_never_opened(stocked_desk: Desk, tmp_path: Path) -> None:
    """A version with a pickle is rejected without trusted keys, too: its code never runs."""
    stocked_desk.baton("promote", "1")
    trace = tmp_path / "ran"
    files = {"MLmodel": PICKLED_MLMODEL, "model.pkl": pickle.dumps(Evil(trace))}
    with stocked_desk.registry as registry:
        first = registry.get_version(stocked_desk.model, "1")
    unrecorded = replace(first, tags=MappingProxyType({}))
    version = store_copy(stocked_desk, unrecorded, tmp_path, **files)
    with stocked_desk.serve() as inference:
        inference.wait_until_serving("1")
        move_alias(stocked_desk, version)
        reason = wait_for_rejection(inference, version, serving="1")
        assert reason.startswith(
            "the version has no ONNX model (flavors: python_function, sklearn)"
        )
    assert not trace.exists()
    pickle.loads(files["model.pkl"])
    assert trace.exists()
