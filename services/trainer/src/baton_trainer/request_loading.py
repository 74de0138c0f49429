"""Loads a training request: from the options of a command line, and a `baton.toml`."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from baton_common.locations import is_url, strip_credentials
from baton_common.paths import expand_home
from baton_trainer.errors import OptionError, RequestError
from baton_trainer.request import Columns, Data, GateLimits, Section, Train, TrainRequest

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

DEFAULT_FILE = "baton.toml"

OptionValues = Mapping[str, Mapping[str, Any]]
"""Values by section and key."""

_SECTIONS: Mapping[str, type[Section]] = {
    "data": Data,
    "columns": Columns,
    "train": Train,
    "gate": GateLimits,
}


def load_request(config: Path | None, given: OptionValues) -> TrainRequest:
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
