"""What to train: the options of `baton train`, and the same from a `baton.toml`.

A section of the file is a model here, a key of it a field: `docs/baton-toml.md` says what each
means. Nothing is imported that takes long, so that a command line is judged before work begins.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from baton_common.paths import expand_home
from baton_engine.tables.text.separators import SEPARATORS, parse_separator
from baton_trainer.errors import OptionError, RequestError

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

DEFAULT_FILE = "baton.toml"
DEFAULT_TARGET = "Churn"
MAX_SEED = 2**32 - 2
"""NumPy takes seeds of 32 bits; the search takes the next one too."""

Given = Mapping[str, Mapping[str, Any]]
"""What was said, by section and key."""


def _encoding(name: str) -> str:
    """Python's codecs that are no text encodings, such as base64, refuse as unknown names do."""
    try:
        "a".encode(name)
    except LookupError as error:
        raise ValueError from error
    return name


Cost = Annotated[float, Field(gt=0, allow_inf_nan=False)]
"""Of one error of its kind, in any unit."""


def _text(value: object) -> object:
    """A label or a parameter as a command line would say it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _texts(values: object) -> object:
    return {k: _text(v) for k, v in values.items()} if isinstance(values, Mapping) else values


class _Section(BaseModel):
    """Each field's description completes the sentence "allowed is …"."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Data(_Section):
    """Where the table is and how to read it; None means: find out."""

    file: Path | None = Field(default=None, description="the path of a CSV or Parquet file")
    separator: Annotated[str, AfterValidator(parse_separator)] | None = Field(
        default=None, description=f"one character, or one of {', '.join(SEPARATORS)}"
    )
    encoding: Annotated[str, AfterValidator(_encoding)] | None = Field(
        default=None, description="the name of a text encoding, e.g. utf-8, cp1252, shift_jis"
    )
    decimal: Literal[".", ","] | None = Field(default=None, description='"." or ","')


class Columns(_Section):
    """What the columns are."""

    target: str = Field(default=DEFAULT_TARGET, description="the name of a column")
    positive: Annotated[str, BeforeValidator(_text)] | None = Field(
        default=None, description="one of the target's two classes"
    )
    drop: tuple[str, ...] = Field(default=(), description="a list of names of columns")
    id: tuple[str, ...] = Field(default=(), description="a list of names of columns")
    roles: Mapping[str, Literal["number", "category"]] = Field(
        default={}, description='"number" or "category" for each column named'
    )


class Train(_Section):
    """How to train."""

    estimator: str = Field(default="logistic", description="the name of an estimator")
    params: Annotated[Mapping[str, str], BeforeValidator(_texts)] = Field(
        default={}, description="a table of the estimator's constructor arguments"
    )
    search: int = Field(default=0, ge=0, description="a number of trials; 0: no search")
    seed: int = Field(default=0, ge=0, le=MAX_SEED, description=f"a number from 0 to {MAX_SEED}")
    cost_fp: Cost = Field(default=1.0, description="a number above 0")
    cost_fn: Cost = Field(default=1.0, description="a number above 0")

    @property
    def has_costs(self) -> bool:
        """Whether the two kinds of error were given a price."""
        return bool({"cost_fp", "cost_fn"} & self.model_fields_set)


class Gate(_Section):
    """How much worse than the version in production a challenger may be."""

    margin: float = Field(default=0.01, ge=0, le=1, description="a number from 0 to 1")
    """How far the ROC AUC on the held-out rows may be below production's."""
    confidence: float = Field(default=0.5, gt=0, lt=1, description="a number between 0 and 1")
    """How sure it must be that it is not: 0.5 is more likely than not, 0.95 the usual test of
    non-inferiority, which few rows can pass."""
    slice_margin: float = Field(default=0.05, ge=0, le=1, description="a number from 0 to 1")
    """How far the ROC AUC of a slice may surely be below production's."""
    max_mb: float = Field(default=100.0, gt=0, description="a number of megabytes above 0")
    """Of the ONNX file; a megabyte is 10^6 bytes."""


class TrainRequest(_Section):
    """What to train."""

    data: Data = Field(default=Data(), description="a table of keys")
    columns: Columns = Field(default=Columns(), description="a table of keys")
    train: Train = Field(default=Train(), description="a table of keys")
    gate: Gate = Field(default=Gate(), description="a table of keys")


_SECTIONS: Mapping[str, type[_Section]] = {
    "data": Data,
    "columns": Columns,
    "train": Train,
    "gate": Gate,
}


def load(config: Path | None, given: Given) -> TrainRequest:
    """The request of a command line, completed by a file.

    Args:
        config: a `baton.toml`; None means the one in the working directory, if there is one.
        given: what the command line says; each of its keys takes the place of the file's.

    Raises:
        OptionError: something in `given` is not allowed.
        RequestError: the file cannot be read, or something in it is not allowed.
    """
    file = config or Path(DEFAULT_FILE)
    said = _read(file) if config or file.is_file() else {}
    of_file = _checked(said, f"{file}: [{{0}}] {{1}}", RequestError)
    if given.get("train", {}).get("estimator", of_file.train.estimator) != of_file.train.estimator:
        said.get("train", {}).pop("params", None)  # they are another estimator's
    merged = {name: {**said.get(name, {}), **given.get(name, {})} for name in {*said, *given}}
    return _checked(merged, "--{1}", OptionError)


def _read(file: Path) -> dict[str, Any]:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RequestError(f"{file}: {reason}; name a file that can be read") from error
    except ValueError as error:  # not UTF-8, or not TOML
        raise RequestError(f"{file}: {error}; it must be TOML in UTF-8") from error
    data = said.get("data")
    if isinstance(data, dict) and isinstance(data.get("file"), str):
        data["file"] = str(file.parent / expand_home(Path(data["file"])))
    return said


def _checked(said: Mapping[str, Any], named: str, refusal: type[RequestError]) -> TrainRequest:
    """What was said as a request; `named` makes the name of a key of section and key."""
    try:
        return TrainRequest.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        section, key = (*map(str, first["loc"]), "")[:2]
        fields: Mapping[str, FieldInfo] = TrainRequest.model_fields
        value = said[section]
        if key:
            fields = _SECTIONS[section].model_fields
            value = value[key]
        name = named.format(section, key).rstrip()
        if first["type"] == "extra_forbidden":
            text = f"{name} is not known; allowed are {', '.join(fields)}"
        else:
            text = f"{name} = {value!r}; allowed is {fields[key or section].description}"
        raise refusal(text) from error
