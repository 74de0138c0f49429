"""The trainer's settings; the only module here that reads or writes the environment."""

import logging
import os
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PlainValidator

from baton_common.locations import Location, parse_location
from baton_common.paths import expand_home
from baton_common.settings import get_user_cache_dir, read_setting
from baton_engine.settings import decline_telemetry
from baton_registry.setting_types import Name
from baton_registry.settings import RegistrySettings
from baton_registry.versions.keys import parse_signing_key
from baton_registry.versions.signing import SigningKey

_MLFLOW_DEFAULTS = {
    # stdout carries the version number and nothing else
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    # with its own defaults a user waits for minutes when the server is unreachable
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    # a missing git binary does not matter here
    "GIT_PYTHON_REFRESH": "quiet",
}


PASSWORD_VARIABLE = "BATON_DATABASE_PASSWORD"  # noqa: S105 - a name


def read_database_password() -> str:
    """Reads the password of the database that a table is read from; empty without one.

    Raises:
        SettingsError: the file that `BATON_DATABASE_PASSWORD_FILE` names cannot be read.
    """
    return read_setting(PASSWORD_VARIABLE, os.environ)


class TrainerSettings(RegistrySettings):
    """The registry, and the MLflow experiment that collects the runs.

    Attributes:
        experiment: None: the experiment has the name of the model.
        signing_key: signs each registered version; None: versions are not signed.
        cache_dir: keeps the environments of imported models.
        import_volume: what the stack's containers `import` and `importer` share; None outside of
            the stack.
        predictions_dir: the prediction log, a folder or a URL; None: not set.
    """

    experiment: Name | None = Field(None, validation_alias="MLFLOW_EXPERIMENT_NAME")
    signing_key: Annotated[SigningKey | None, PlainValidator(parse_signing_key)] = Field(
        None, validation_alias="BATON_SIGNING_KEY"
    )
    cache_dir: Annotated[Path, AfterValidator(expand_home)] = Field(
        default_factory=get_user_cache_dir, validation_alias="BATON_CACHE_DIR"
    )
    import_volume: Path | None = Field(None, validation_alias="BATON_IMPORT_VOLUME")
    predictions_dir: Annotated[Location | None, PlainValidator(parse_location)] = Field(
        None, validation_alias="BATON_PREDICTIONS_DIR"
    )

    @property
    def experiment_name(self) -> str:
        """The name of the experiment that collects the runs."""
        return self.experiment or self.model_name


def prepare_libraries() -> None:
    """Sets the variables that numeric, plotting and MLflow libraries read during their import."""
    decline_telemetry()
    make_threads_sleep()
    move_font_cache()


def set_credentials(settings: RegistrySettings) -> None:
    """Gives MLflow's client the credentials, certificates and proxy rules of Baton's own client.

    On its own, MLflow's client does not read a password from a file, takes an empty variable for
    the path of a certificate, and uses a proxy even for this machine.

    Raises:
        RegistryMisconfigured: the server needs a proxy, and the variable's value is not a proxy.
    """
    access = settings.access
    user, password = access.auth or ("", "")
    tls = access.tls
    for name, value in {
        "MLFLOW_TRACKING_USERNAME": user,
        "MLFLOW_TRACKING_PASSWORD": password,
        "MLFLOW_TRACKING_TOKEN": access.token,
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
        os.environ["REQUESTS_CA_BUNDLE"] = bundle  # Baton's own client trusts it, too
    if access.proxy is None:
        host = urlsplit(settings.tracking_uri).hostname or ""
        for name in ("NO_PROXY", "no_proxy"):
            os.environ[name] = ",".join(filter(None, (os.environ.get(name), host)))


def make_threads_sleep() -> None:
    """Makes OpenMP's threads sleep while they wait for each other; the user's own choice wins.

    The first numeric library reads the variable when it loads. On two busy cores, a fit with two
    threads that spin takes four times as long: LightGBM on 200,000 rows 38 s instead of 10 s.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def move_font_cache() -> None:
    """Moves matplotlib's font list to Baton's cache folder; the user's own choice wins.

    Its defaults are `~/.cache/matplotlib` and `~/.config/matplotlib`.
    """
    cache = os.environ.get("BATON_CACHE_DIR", "")
    folder = os.path.expanduser(cache) if cache else str(get_user_cache_dir())  # noqa: PTH111 - an unknown user is not an error here
    if not os.environ.get("MPLCONFIGDIR"):
        os.environ["MPLCONFIGDIR"] = os.path.join(folder, "matplotlib")  # noqa: PTH118 - as above


def configure_mlflow(settings: RegistrySettings) -> None:
    """Silences MLflow, shortens its time-outs, and gives it Baton's credentials.

    Raises:
        RegistryMisconfigured: as `set_credentials` does.
    """
    set_mlflow_defaults()
    set_credentials(settings)


def set_mlflow_defaults() -> None:
    """Makes MLflow silent and quick to time out; variables that the user has set win."""
    for name, value in _MLFLOW_DEFAULTS.items():
        os.environ.setdefault(name, value)
    for name in ("mlflow", "alembic", "git", "skl2onnx"):
        logging.getLogger(name).setLevel(logging.ERROR)
