"""Settings of the inference service. Only this module reads the environment."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import msgspec
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo

from baton_common.locations import is_url
from baton_common.prediction_log import MAX_FOLDER_BYTES, measure_model_folder
from baton_common.settings import get_user_cache_dir
from baton_registry.setting_types import Host, HttpUri
from baton_registry.settings import RegistrySettings

LogFormat = Literal["auto", "json", "console"]
OtlpProtocol = Literal["http/protobuf"]

ALL_COLUMNS = "*"
MIN_KEY = 16
"""The least characters of a key for hashes: a shorter one can be guessed."""


def _expand(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ValueError("must be a path; ~ and ~user must name an existing user") from error


def _check_no_url(value: object) -> object:
    if isinstance(value, str) and is_url(value):
        raise ValueError(
            "must be a folder of this machine; `baton predictions push` copies its files elsewhere"
        )
    return value


def _check_apart(path: Path, info: ValidationInfo) -> Path:
    """Rejects a folder within the cache, or around it: each of the two removes its old files."""
    cache = info.data.get("cache_dir")
    if isinstance(cache, Path):
        one, other = path.resolve(), cache.resolve()
        if one.is_relative_to(other) or other.is_relative_to(one):
            raise ValueError(
                f"must be apart from BATON_CACHE_DIR={cache}, neither of them within the other"
            )
    return path


def _parse_columns(value: object) -> object:
    """Parses names of columns: `*` for all, a JSON list of texts, or else comma-separated."""
    if not isinstance(value, str):
        return value
    if value.strip() == ALL_COLUMNS:
        return None
    with suppress(msgspec.DecodeError):  # the name of a column may begin with a bracket, too
        return msgspec.json.decode(value, type=tuple[str, ...])
    return tuple(name for part in value.split(",") if (name := part.strip()))


def _check_folder(path: Path, info: ValidationInfo) -> Path:
    """Rejects a log whose folder of the model cannot be created."""
    name = info.data.get("model_name")
    if isinstance(name, str) and (size := measure_model_folder(name)) > MAX_FOLDER_BYTES:
        raise ValueError(
            f"cannot hold the predictions of BATON_MODEL_NAME: percent-encoded, its folder's name "
            f"takes {size} bytes, and may take {MAX_FOLDER_BYTES}; register a shorter name"
        )
    return path


def _check_key(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < MIN_KEY:
        raise ValueError(f"must have at least {MIN_KEY} characters: openssl rand -hex 32")
    return secret


UserPath = Annotated[Path, AfterValidator(_expand)]
PollInterval = Annotated[float, Field(ge=0.05, le=3600, allow_inf_nan=False)]
ShadowCpu = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Port = Annotated[int, Field(ge=0, le=65535)]
MaxRows = Annotated[int, Field(ge=1, le=10_000_000)]
MaxBodyBytes = Annotated[int, Field(ge=1024, le=2**31)]
PredictionsDir = Annotated[
    UserPath,
    BeforeValidator(_check_no_url),
    AfterValidator(_check_apart),
    AfterValidator(_check_folder),
]
PredictionsRows = Annotated[float, Field(ge=1, le=100_000, allow_inf_nan=False)]
PredictionsBytes = Annotated[int, Field(ge=2**20, le=2**50)]
PredictionsDays = Annotated[int, Field(ge=1, le=3650)]
PredictionsColumns = Annotated[tuple[str, ...] | None, BeforeValidator(_parse_columns)]
PredictionsKey = Annotated[SecretStr, AfterValidator(_check_key)]


class InferenceSettings(RegistrySettings):
    """The settings of the service; load them with `load_settings`.

    Attributes:
        poll_interval_s: poll interval in seconds.
        cache_dir: the folder that keeps versions for the next start.
        host: the address to listen on.
        port: the port; 0 picks a free one.
        grpc_port: the port of gRPC, as `port`; None: no gRPC.
        max_rows: maximum rows per request.
        max_body_bytes: maximum bytes of a decoded body.
        tracking_ui_url: the URL of MLflow's pages for browsers; None: `tracking_uri`.
        webhook_secret: the secret of webhook signatures; None: no webhook route.
        api_keys_file: the file of API keys; None: no authentication.
        shadow_cpu: the most of one processor that the comparison with a canary uses.
        predictions_dir: the folder of the prediction log; None: no log.
        predictions_rows_s: the most rows per second in it.
        predictions_max_bytes: the most bytes of its files.
        predictions_days: the days for which they are kept.
        predictions_columns: the features in it, unless they are private; None: all.
        predictions_key: the secret with which routing keys are hashed; None: they are not in it.
        otlp_endpoint: the base URL for traces; None: no traces.
        otlp_traces_endpoint: the full URL for traces, instead of the base URL.
        otlp_protocol: the protocol for traces.
        otel_disabled: turns traces off, whatever else is set.
        log_format: `auto` means console if standard error is a terminal, else json.
    """

    answer_s: ClassVar[float] = 5.0  # it asks again by itself, and gives up in time to do so
    set_when_empty: ClassVar[frozenset[str]] = frozenset({"BATON_PREDICTIONS_COLUMNS"})

    poll_interval_s: PollInterval = Field(2.0, validation_alias="BATON_POLL_INTERVAL_S")
    cache_dir: UserPath = Field(
        default_factory=get_user_cache_dir, validation_alias="BATON_CACHE_DIR"
    )
    host: Host = Field("127.0.0.1", validation_alias="BATON_HOST")
    port: Port = Field(8000, validation_alias="BATON_PORT")
    grpc_port: Port | None = Field(None, validation_alias="BATON_GRPC_PORT")
    max_rows: MaxRows = Field(10_000, validation_alias="BATON_MAX_ROWS")
    max_body_bytes: MaxBodyBytes = Field(16 * 2**20, validation_alias="BATON_MAX_BODY_BYTES")
    tracking_ui_url: HttpUri | None = Field(None, validation_alias="BATON_TRACKING_UI_URL")
    webhook_secret: SecretStr | None = Field(None, validation_alias="BATON_WEBHOOK_SECRET")
    api_keys_file: UserPath | None = Field(None, validation_alias="BATON_API_KEYS_FILE")
    shadow_cpu: ShadowCpu = Field(0.25, validation_alias="BATON_SHADOW_CPU")
    predictions_dir: PredictionsDir | None = Field(None, validation_alias="BATON_PREDICTIONS_DIR")
    predictions_rows_s: PredictionsRows = Field(100, validation_alias="BATON_PREDICTIONS_ROWS_S")
    predictions_max_bytes: PredictionsBytes = Field(
        2**30, validation_alias="BATON_PREDICTIONS_MAX_BYTES"
    )
    predictions_days: PredictionsDays = Field(30, validation_alias="BATON_PREDICTIONS_DAYS")
    predictions_columns: PredictionsColumns = Field(
        None, validation_alias="BATON_PREDICTIONS_COLUMNS"
    )
    predictions_key: PredictionsKey | None = Field(None, validation_alias="BATON_PREDICTIONS_KEY")
    # OpenTelemetry's own variables. Its SDK reads them itself; here they only turn traces on.
    # https://opentelemetry.io/docs/specs/otel/protocol/exporter/
    otlp_endpoint: HttpUri | None = Field(None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    otlp_traces_endpoint: HttpUri | None = Field(
        None, validation_alias="OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
    )
    otlp_protocol: OtlpProtocol = Field(
        "http/protobuf", validation_alias="OTEL_EXPORTER_OTLP_PROTOCOL"
    )
    otel_disabled: bool = Field(default=False, validation_alias="OTEL_SDK_DISABLED")
    log_format: LogFormat = Field("auto", validation_alias="BATON_LOG_FORMAT")

    @property
    def is_traced(self) -> bool:
        """Whether requests are traced."""
        has_endpoint = self.otlp_endpoint or self.otlp_traces_endpoint
        return has_endpoint is not None and not self.otel_disabled
