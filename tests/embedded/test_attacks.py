"""Somebody can write to the registry and to its store: nothing of theirs serves, and it is seen."""

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
    """The trainer's key; the desk trusts it, and has version 3, signed, in production."""
    private, public = generate_key_pair()
    key = parse_signing_key(private)
    with stocked_desk.registry as registry:
        first = registry.get_version(stocked_desk.model, "1")
    assert register(stocked_desk, first, **dict([key.sign(stocked_desk.model, first.tags)])) == "3"
    stocked_desk.more_env["BATON_TRUSTED_KEYS"] = public
    stocked_desk.baton("promote", "3")
    return key


def refusal(inference: Inference, version: str, *, serving: str = "3") -> str:
    """Waits until inference says why it does not load a version, and answers on meanwhile."""

    def is_told() -> bool:
        failure = inference.status()["last_load_failure"]
        return failure is not None and failure["version"] == version

    wait_until(is_told, 10, f"a refusal of {version}: {inference.log_tail}")
    assert inference.predict([CUSTOMER])["model_version"] == serving
    reason: str = inference.status()["last_load_failure"]["reason"]
    assert reason in inference.log_tail
    return reason


def counted(inference: Inference, reason: str) -> bool:
    """Whether the metrics count a failure of this kind."""
    text = inference.http.get("/metrics").text
    return f'baton_swap_failures_total{{reason="{reason}"}} 1.0' in text


def test_an_unsigned_version_never_serves(stocked_desk: Desk, key: SigningKey) -> None:
    """Neither by the alias, nor by promote, nor from a cache that was filled before."""
    with stocked_desk.serve(BATON_TRUSTED_KEYS="") as inference:
        move_alias(stocked_desk, "2")
        inference.wait_until_serving("2")
    with stocked_desk.serve() as inference:
        reason = refusal_of_the_first(inference)
        assert "not signed by a trusted key" in reason
        assert inference.http.get("/readyz").status_code == 503
        move_alias(stocked_desk, "3")
        inference.wait_until_serving("3")
        move_alias(stocked_desk, "2")
        assert "not signed by a trusted key" in refusal(inference, "2")
    done = stocked_desk.try_baton("promote", "2")
    assert done.returncode == 1
    assert "not signed by a trusted key" in done.stderr


def refusal_of_the_first(inference: Inference) -> str:
    """Why nothing serves at all."""
    wait_until(lambda: inference.status()["last_load_failure"] is not None, 10, "told")
    reason: str = inference.status()["last_load_failure"]["reason"]
    return reason


def test_another_models_signature_is_of_no_use(stocked_desk: Desk, key: SigningKey) -> None:
    """A signature that is copied, with everything that it signs, to another name is refused."""
    with stocked_desk.registry as registry:
        second = registry.get_version(stocked_desk.model, "2")
    copied = register(stocked_desk, second, **dict([key.sign("another_model", second.tags)]))
    with stocked_desk.serve() as inference:
        inference.wait_until_serving("3")
        move_alias(stocked_desk, copied)
        assert "copied the signature" in refusal(inference, copied)
        assert counted(inference, "signature")


def test_a_tampered_onnx_is_refused(stocked_desk: Desk, key: SigningKey, tmp_path: Path) -> None:
    """A model that was exchanged in the store has another checksum than the signed one."""
    with stocked_desk.registry as registry:
        signed = registry.get_version(stocked_desk.model, "3")
        other = fetch(registry, registry.get_version(stocked_desk.model, "2"), tmp_path).onnx
    tampered = store_copy(stocked_desk, signed, tmp_path, **{"model.onnx": other})
    with stocked_desk.serve() as inference:
        inference.wait_until_serving("3")
        move_alias(stocked_desk, tampered)
        assert "'model.onnx'" in refusal(inference, tampered)
        assert counted(inference, "checksum")


class Evil:
    """Touches a file where it is unpickled."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __reduce__(self) -> Any:
        return Path.touch, (self._file,)


def test_a_malicious_pickle_is_never_opened(stocked_desk: Desk, tmp_path: Path) -> None:
    """A version that is a pickle is refused, with trusted keys or without: its code never runs."""
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
        reason = refusal(inference, version, serving="1")
        assert reason.startswith(
            "the version has no ONNX model (flavors: python_function, sklearn)"
        )
    assert not trace.exists()
    pickle.loads(files["model.pkl"])
    assert trace.exists()
