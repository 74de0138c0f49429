"""A training request: the options of `baton train`, and the keys of a `baton.toml`.

Each section of the file is a model here, and each of its keys a field; `docs/baton-toml.md`
explains them. All imports are fast, so a command line is checked before the work begins.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
)

from baton_common.locations import Location, is_url, parse_location, strip_credentials
from baton_common.paths import expand_home
from baton_engine.tables.text.separators import SEPARATORS, parse_separator
from baton_trainer.errors import OptionError, RequestError

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

DEFAULT_FILE = "baton.toml"
DEFAULT_TARGET = "Churn"
DEFAULT_REGRESSOR = "ridge"
MAX_SEED = 2**32 - 2
"""NumPy accepts seeds of 32 bits, and the search uses the next one, too."""

TargetTask = Literal["classification", "regression"]

OptionValues = Mapping[str, Mapping[str, Any]]
"""Values by section and key."""


def _check_encoding(name: str) -> str:
    """Rejects unknown encodings, and codecs such as base64 that are not text encodings."""
    try:
        "a".encode(name)
    except LookupError as error:
        raise ValueError from error
    return name


Cost = Annotated[float, Field(gt=0, allow_inf_nan=False)]
"""The cost of one error, in any unit."""


def _to_text(value: object) -> object:
    """Converts a label or a parameter to its text on a command line."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _to_texts(values: object) -> object:
    return {k: _to_text(v) for k, v in values.items()} if isinstance(values, Mapping) else values


class _Section(BaseModel):
    """Each field's description completes the sentence "allowed is …"."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Data(_Section):
    """Where the table is and how to read it; None: Baton detects it."""

    file: Annotated[Location, PlainValidator(parse_location)] | None = Field(
        default=None,
        description="the path or URL of a CSV or Parquet file, or with a query the URL of a "
        "database; without a password",
    )
    query: str | None = Field(
        default=None, min_length=1, description="the text of a SQL query that returns rows"
    )
    separator: Annotated[str, AfterValidator(parse_separator)] | None = Field(
        default=None, description=f"one character, or one of {', '.join(SEPARATORS)}"
    )
    encoding: Annotated[str, AfterValidator(_check_encoding)] | None = Field(
        default=None, description="the name of a text encoding, e.g. utf-8, cp1252, shift_jis"
    )
    decimal: Literal[".", ","] | None = Field(default=None, description='"." or ","')


class Columns(_Section):
    """The roles of the columns."""

    target: str = Field(default=DEFAULT_TARGET, description="the name of a column")
    positive: Annotated[str, BeforeValidator(_to_text)] | None = Field(
        default=None, description="one of the target's two classes"
    )
    drop: tuple[str, ...] = Field(default=(), description="a list of column names")
    id: tuple[str, ...] = Field(default=(), description="a list of column names")
    private: tuple[str, ...] = Field(
        default=(),
        description="a list of column names",
        exclude_if=lambda names: not names,  # a record without it can be read by an older Baton
    )
    roles: Mapping[str, Literal["number", "category"]] = Field(
        default={}, description='"number" or "category" for each column named'
    )


class Train(_Section):
    """How to train."""

    task: TargetTask | None = Field(
        default=None, description='"classification" or "regression"; if not set, it is detected'
    )
    estimator: str = Field(default="logistic", description="the name of an estimator")
    params: Annotated[Mapping[str, str], BeforeValidator(_to_texts)] = Field(
        default={}, description="a table of the estimator's constructor arguments"
    )
    search: int = Field(default=0, ge=0, description="a number of trials; 0: no search")
    seed: int = Field(default=0, ge=0, le=MAX_SEED, description=f"a number from 0 to {MAX_SEED}")
    cost_fp: Cost = Field(default=1.0, description="a number above 0")
    cost_fn: Cost = Field(default=1.0, description="a number above 0")

    @property
    def has_costs(self) -> bool:
        """Whether the request sets the cost of an error."""
        return bool({"cost_fp", "cost_fn"} & self.model_fields_set)


class GateLimits(_Section):
    """Limits for a challenger, most of them relative to the version in production."""

    margin: float = Field(default=0.01, ge=0, le=1, description="a number from 0 to 1")
    """How far the ROC AUC on the held-out rows may be below production's. For a regression, how far
    the RMSE may be above, as a share of production's."""
    confidence: float = Field(default=0.5, gt=0, lt=1, description="a number between 0 and 1")
    """The confidence that it is not further below. 0.5 means more likely than not. 0.95 is the
    usual test of non-inferiority, which small tables rarely pass."""
    slice_margin: float = Field(default=0.05, ge=0, le=1, description="a number from 0 to 1")
    """The same for a slice; fails at 95 % confidence."""
    max_mb: float = Field(default=100.0, gt=0, description="a number of megabytes above 0")
    """The size of the ONNX file; a megabyte is 10^6 bytes."""


class TrainRequest(_Section):
    """The whole request."""

    data: Data = Field(default=Data(), description="a table of keys")
    columns: Columns = Field(default=Columns(), description="a table of keys")
    train: Train = Field(default=Train(), description="a table of keys")
    gate: GateLimits = Field(default=GateLimits(), description="a table of keys")

    def complete(self, *, is_regression: bool) -> "TrainRequest":
        """Returns the request with what was detected, so that its record says everything."""
        if not is_regression:
            return self
        detected: dict[str, Any] = {"task": "regression"}
        if "estimator" not in self.train.model_fields_set:
            detected["estimator"] = DEFAULT_REGRESSOR
        return self.model_copy(update={"train": self.train.model_copy(update=detected)})


_SECTIONS: Mapping[str, type[_Section]] = {
    "data": Data,
    "columns": Columns,
    "train": Train,
    "gate": GateLimits,
}


def load(config: Path | None, given: OptionValues) -> TrainRequest:
    """Loads the request of a command line, completed by a file.

    Args:
        config: a `baton.toml`; None: the one in the working directory, if there is one.
        given: the values of the command line, which override the file's key by key.

    Raises:
        OptionError: a value in `given` is not allowed.
        RequestError: the file cannot be read, or one of its values is not allowed.
    """
    file = config or Path(DEFAULT_FILE)
    document = _read(file) if config or file.is_file() else {}
    from_file = _validate(document, f"{file}: [{{0}}] {{1}}", RequestError)
    estimator = from_file.train.estimator
    if given.get("train", {}).get("estimator", estimator) != estimator:
        document.get("train", {}).pop("params", None)  # they belong to the file's estimator
    names = {*document, *given}
    merged = {name: {**document.get(name, {}), **given.get(name, {})} for name in names}
    return _validate(merged, "--{1}", OptionError)


def _read(file: Path) -> dict[str, Any]:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RequestError(f"{file}: {reason}; name a file that can be read") from error
    except ValueError as error:  # not UTF-8, or not TOML
        raise RequestError(f"{file}: {error}; it must be TOML in UTF-8") from error
    data = document.get("data")
    if isinstance(data, dict) and isinstance(name := data.get("file"), str) and not is_url(name):
        data["file"] = str(file.parent / expand_home(Path(name)))
    return document


def _validate(
    values: Mapping[str, Any], name_format: str, error_class: type[RequestError]
) -> TrainRequest:
    """Builds a request; `name_format` builds the name of a value from its section and key."""
    try:
        return TrainRequest.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        section, key = (*map(str, first["loc"]), "")[:2]
        fields: Mapping[str, FieldInfo] = TrainRequest.model_fields
        value = values[section]
        if key:
            fields = _SECTIONS[section].model_fields
            value = value[key]
            if isinstance(value, str) and is_url(value):
                value = strip_credentials(value)
        name = name_format.format(section, key).rstrip()
        if first["type"] == "extra_forbidden":
            text = f"{name} is unknown; allowed are {', '.join(fields)}"
        else:
            text = f"{name} = {value!r}; allowed is {fields[key or section].description}"
        raise error_class(text) from error
