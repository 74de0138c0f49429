"""Folders of the benchmarks, and the environment of their child processes.

The only module of this package that reads the environment.
"""

import os
from pathlib import Path

from baton_cli.settings import build_child_environment

ROOT = Path(__file__).resolve().parent.parent
"""The project."""
HOME = ROOT / ".bench"
"""Everything that the benchmarks write: environments, which are reused, and the last run."""
PEERS = HOME / "peers"
ALTERNATIVES = HOME / "alternatives"
RUN = HOME / "run"

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""One thread for each library of numbers: on shared cores, several wait for each other."""

# No links on stdout, no progress bars, no retries for minutes. BentoML's telemetry is off here,
# ONNX Runtime's and MLflow's in `build_child_environment`; LitServe and granian have none.
_QUIET = {
    "BENTOML_DO_NOT_TRACK": "True",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "PYTHONUNBUFFERED": "1",
}


def build_environment(env_dir: Path | None = None, **variables: str) -> dict[str, str]:
    """Returns the environment of a child process: this one, with `env_dir` first on PATH."""
    path = {} if env_dir is None else {"PATH": f"{env_dir / 'bin'}:{os.environ['PATH']}"}
    return build_child_environment(defaults={}, overrides={**_QUIET, **path, **variables})
