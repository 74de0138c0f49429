"""The trainer's settings; the only module here that reads or writes the environment."""

import logging
import os
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, PlainValidator

from baton_engine.settings import decline_telemetry
from baton_registry.setting_types import Name
from baton_registry.settings import RegistrySettings, get_user_cache_dir
from baton_registry.versions.keys import parse_signing_key
from baton_registry.versions.signing import SigningKey

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
    """Tells MLflow's client who we are and how to reach the server: as our own client has it.

    By itself it knows nothing of a password in a file, takes a variable set to nothing for a
    certificate's path, and asks a proxy for this very machine.

    Raises:
        RegistryMisconfigured: the server needs a proxy, and what is set is none.
    """
    connection = settings.connection
    user, password = connection.auth or ("", "")
    tls = connection.tls
    for name, value in {
        "MLFLOW_TRACKING_USERNAME": user,
        "MLFLOW_TRACKING_PASSWORD": password,
        "MLFLOW_TRACKING_TOKEN": connection.token,
        "MLFLOW_TRACKING_INSECURE_TLS": "true" if tls.is_insecure else "",
        "MLFLOW_TRACKING_SERVER_CERT_PATH": str(settings.server_cert or ""),
        "MLFLOW_TRACKING_CLIENT_CERT_PATH": str(tls.client or ""),
    }.items():
        if value:
            os.environ[name] = value
        else:
            os.environ.pop(name, None)
    bundle = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")
    if bundle and tls.authorities is None:
        os.environ["REQUESTS_CA_BUNDLE"] = bundle  # what our own client trusts then
    if connection.proxy is None:
        host = urlsplit(settings.tracking_uri).hostname or ""
        for name in ("NO_PROXY", "no_proxy"):
            os.environ[name] = ",".join(filter(None, (os.environ.get(name), host)))


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
    folder = os.path.expanduser(given) if given else str(get_user_cache_dir())  # noqa: PTH111 - a user that does not exist is no error here
    if not os.environ.get("MPLCONFIGDIR"):
        os.environ["MPLCONFIGDIR"] = os.path.join(folder, "matplotlib")  # noqa: PTH118 - as above


def quieten_mlflow() -> None:
    """Makes MLflow silent and quick to give up; what the user has set in the environment wins."""
    for name, value in _MLFLOW_DEFAULTS.items():
        os.environ.setdefault(name, value)
    for name in ("mlflow", "alembic", "git", "skl2onnx"):
        logging.getLogger(name).setLevel(logging.ERROR)
