import os
import subprocess
import sys

import pytest

from baton_engine.settings import TELEMETRY_OPT_OUTS, decline_telemetry

LOAD = """
import os, sys
import baton_engine.settings
assert "onnxruntime" not in sys.modules
print(os.environ["ORT_DISABLE_TELEMETRY"], os.environ["MLFLOW_DISABLE_TELEMETRY"])
"""


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))


def test_importing_the_package_declines_telemetry() -> None:
    """Before ONNX Runtime loads."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD], env={}, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["1", "true"]


@pytest.mark.parametrize("name", TELEMETRY_OPT_OUTS)
def test_empty_variable_is_not_consent(name: str) -> None:
    """ONNX Runtime reads an empty variable as consent."""
    os.environ[name] = ""
    decline_telemetry()
    assert os.environ[name] == TELEMETRY_OPT_OUTS[name]


def test_user_may_opt_in() -> None:
    os.environ["ORT_DISABLE_TELEMETRY"] = "0"
    decline_telemetry()
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "0"
