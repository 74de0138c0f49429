"""The Open Inference Protocol V2 with unmodified KServe clients, over HTTP and gRPC.

`kserve` requires an older pandas than Baton, so it has its own environment. uv builds it from the
lock in a few seconds and keeps it.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.bodies.rows import OTHER, ROW
from tests.support.rig.inference import Inference
from tests.support.rig.uv import require_uv

ROOT = Path(__file__).parents[3]
LOCK = ROOT / "tests" / "requirements" / "kserve.lock"
CLIENT = Path(__file__).with_name("kserve_client.py")


@pytest.fixture(scope="session")
def kserve_python() -> Path:
    """The Python of an environment with `kserve`, rebuilt when its lock changes."""
    uv = require_uv()
    content = LOCK.read_bytes() + sys.version.encode()
    home = ROOT / ".tools" / f"kserve-{hashlib.sha256(content).hexdigest()[:12]}"
    python = home / "bin" / "python"
    if not (home / ".complete").exists():
        make = ("venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, str(home))
        sync = ("pip", "sync", "--quiet", "--require-hashes", "--python", str(python), str(LOCK))
        for arguments in (make, sync):
            subprocess.run([uv, *arguments], check=True, timeout=240)
        (home / ".complete").touch()
    return python


def test_answer_is_predicts(kserve_python: Path, shared_inference: Inference) -> None:
    """KServe's clients get the answers of `/predict`, typed and binary, and find it ready."""
    rows = [dict(ROW), dict(OTHER)]
    model = shared_inference.status()["model_name"]
    tensors = shared_inference.http.get(f"/v2/models/{model}").json()["inputs"]
    inputs = [{**tensor, "data": [row[tensor["name"]] for row in rows]} for tensor in tensors]

    result = subprocess.run(
        [kserve_python, str(CLIENT)],
        input=json.dumps(
            {
                "url": shared_inference.url,
                "grpc": shared_inference.grpc_address,
                "model": model,
                "inputs": inputs,
            }
        ),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert result.returncode == 0, result.stderr
    predictions = shared_inference.predict(rows)["predictions"]
    for answer in json.loads(result.stdout).values():
        check(answer, predictions)


def check(answer: dict[str, Any], predictions: list[dict[str, Any]]) -> None:
    """Checks what one client reports."""
    assert (answer["live"], answer["ready"], answer["model_ready"]) == (True, True, True)
    assert answer["other_ready"] is False
    for form in ("json", "binary"):
        assert answer[form]["id"] == form
        assert answer[form]["label"] == [each["label"] for each in predictions]
        expected = [[*each["probabilities"].values()] for each in predictions]
        assert answer[form]["probabilities"] == [pytest.approx(row, abs=1e-7) for row in expected]
