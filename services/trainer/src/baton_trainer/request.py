"""A training request: the options of `baton train`, and the keys of a `baton.toml`.

Each section of the file is a model here, and each of its keys a field; `docs/baton-toml.md`
explains them. All imports are fast, so a command line is checked before the work begins.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
)

from baton_common.locations import Location, parse_location
from baton_engine.tables.text.separators import SEPARATORS, parse_separator

DEFAULT_TARGET = "Churn"
DEFAULT_REGRESSOR = "ridge"
MAX_SEED = 2**32 - 2
"""NumPy accepts seeds of 32 bits, and the search uses the next one, too."""

TargetTask = Literal["classification", "regression"]


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


class Section(BaseModel):
    """Each field's description completes the sentence "allowed is …"."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Data(Section):
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


class Columns(Section):
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


class Train(Section):
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


class GateLimits(Section):
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


class TrainRequest(Section):
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
