"""The trainer's settings; the only module here that reads or writes the environment."""

import logging
import os
from typing import Annotated

from pydantic import Field, PlainValidator

from baton_engine.settings import decline_telemetry
from baton_registry.settings import Name, RegistrySettings, user_cache_dir
from baton_registry.versions.signing import SigningKey, parse_signing_key

_MLFLOW_DEFAULTS = {
    # stdout carries the version number and nothing else
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    # its own defaults keep a user waiting for minutes when the server goes away
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    # a missing git binary is no news to someone who trains a model
    "GIT_PYTHON_REFRESH": "quiet",
}


class TrainerSettings(RegistrySettings):
    """Where the registry is, and the MLflow experiment that collects the runs.

    Attributes:
        experiment: None means an experiment named as the model.
        signing_key: signs what is registered; None means that nothing is signed.
    """

    experiment: Name | None = Field(None, validation_alias="MLFLOW_EXPERIMENT_NAME")
    signing_key: Annotated[SigningKey | None, PlainValidator(parse_signing_key)] = Field(
        None, validation_alias="BATON_SIGNING_KEY"
    )

    @property
    def experiment_name(self) -> str:
        """The experiment that collects the runs."""
        return self.experiment or self.model_name


def prepare_libraries() -> None:
    """Sets what numeric, plotting and MLflow libraries read only while they are imported."""
    decline_telemetry()
    let_threads_sleep()
    keep_font_list()


def give_credentials(settings: RegistrySettings) -> None:
    """Tells MLflow's client who we are; by itself it knows nothing of a password in a file."""
    if settings.auth is not None:
        names = ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")
        os.environ.update(zip(names, settings.auth, strict=True))


def let_threads_sleep() -> None:
    """Makes OpenMP's threads sleep while they wait for each other; the user's own choice wins.

    It is read when the first numeric library is loaded. On two busy cores, a fit with two threads
    that spin takes four times as long: LightGBM on 200,000 rows 38 s instead of 10 s.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def keep_font_list() -> None:
    """Keeps matplotlib's font list in Baton's cache folder; the user's own choice wins.

    Its defaults are `~/.cache/matplotlib` and `~/.config/matplotlib`.
    """
    given = os.environ.get("BATON_CACHE_DIR", "")
    folder = os.path.expanduser(given) if given else str(user_cache_dir())  # noqa: PTH111 - a user that does not exist is no error here
    if not os.environ.get("MPLCONFIGDIR"):
        os.environ["MPLCONFIGDIR"] = os.path.join(folder, "matplotlib")  # noqa: PTH118 - as above


def quieten_mlflow() -> None:
    """Makes MLflow silent and quick to give up; what the user has set in the environment wins."""
    for name, value in _MLFLOW_DEFAULTS.items():
        os.environ.setdefault(name, value)
    for name in ("mlflow", "alembic", "git", "skl2onnx"):
        logging.getLogger(name).setLevel(logging.ERROR)
