"""Where the benchmarks keep their things, and what their children see of the environment.

The only module of this package that reads the environment.
"""

import os
from pathlib import Path

from baton_cli.settings import build_child_environment

ROOT = Path(__file__).resolve().parent.parent
"""The project."""
HOME = ROOT / ".bench"
"""Everything that the benchmarks write: environments, which stay, and the last run."""
PEERS = HOME / "peers"
TRIED = HOME / "tried"
RUN = HOME / "run"

# No links on stdout, no progress bars, no patience of minutes. BentoML's telemetry is off here,
# that of ONNX Runtime and MLflow in `build_child_environment`; LitServe and granian have none.
_QUIET = {
    "BENTOML_DO_NOT_TRACK": "True",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "PYTHONUNBUFFERED": "1",
}


def environment_of(env_dir: Path | None = None, **variables: str) -> dict[str, str]:
    """The environment of a child: ours, and the programs of `env_dir` before all others."""
    own = {} if env_dir is None else {"PATH": f"{env_dir / 'bin'}:{os.environ['PATH']}"}
    return build_child_environment(defaults={}, overrides={**_QUIET, **own, **variables})
