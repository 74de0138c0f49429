"""What Baton tells the libraries that it loads; the only module here that uses the environment."""

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
"""What keeps each library from reporting to its makers, by environment variable."""


def decline_telemetry() -> None:
    """Opts this process and its children out of telemetry; a value that the user set wins.

    A variable set to nothing counts as unset, because ONNX Runtime takes it for consent.
    """
    for name, value in TELEMETRY_OPT_OUTS.items():
        if not os.environ.get(name):
            os.environ[name] = value
