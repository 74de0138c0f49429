"""Settings of the libraries that Baton loads. Only this module uses the environment."""

import os
from types import MappingProxyType

TELEMETRY_OPT_OUTS = MappingProxyType(
    {
        # Read while onnxruntime is imported: its own `disable_telemetry_events()` comes too late.
        "ORT_DISABLE_TELEMETRY": "1",
        # Read while mlflow is imported, by clients and by the tracking server.
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
)
"""The variables that turn telemetry off, and their values."""


def decline_telemetry() -> None:
    """Turns telemetry off for this process and its children, unless the user set a variable.

    An empty variable counts as unset, because ONNX Runtime reads it as consent.
    """
    for name, value in TELEMETRY_OPT_OUTS.items():
        if not os.environ.get(name):
            os.environ[name] = value
