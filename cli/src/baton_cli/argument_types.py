"""Types of arguments and options. A bad value is a usage error."""

import math
import re
from pathlib import Path
from typing import NamedTuple

import click

from baton_cli.dataset.location import Location
from baton_common.locations import parse_location
from baton_common.paths import expand_home
from baton_engine.tables.text.separators import SEPARATORS, parse_separator
from baton_registry.setting_types import is_http_address


class Seconds(click.ParamType[float]):
    """A finite number of seconds above zero."""

    name = "seconds"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Parses the value. Raises a usage error."""
        try:
            seconds = float(str(value))
        except ValueError:
            seconds = math.nan
        if not 0 < seconds < math.inf:
            self.fail(f"{value!r} is not a number of seconds above 0.", param, ctx)
        return seconds


class Version(click.ParamType[str]):
    """A version number, or one of the allowed names."""

    name = "version"

    def __init__(self, *names: str) -> None:
        self.names = names

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Parses the value. Raises a usage error."""
        text = str(value)
        if text not in self.names and not re.fullmatch("[1-9][0-9]*", text):
            allowed = " or ".join(["a version number", *map(repr, self.names)])
            self.fail(f"{text!r} is not {allowed}.", param, ctx)
        return text


class ModelReference(NamedTuple):
    """A registered model, or one of its versions.

    Attributes:
        name: the model's name.
        version: the version's number; empty if it is not given.
        alias: an alias; empty if it is not given.
    """

    name: str
    version: str = ""
    alias: str = ""


class RegisteredModel(click.ParamType[ModelReference]):
    """`MODEL`, `MODEL/VERSION` or `MODEL@ALIAS`, as in MLflow's `models:/` addresses."""

    name = "model"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> ModelReference:
        """Parses the value. Raises a usage error."""
        text = str(value).removeprefix("models:/")
        name, slash, version = text.partition("/")
        if slash and name and re.fullmatch("[1-9][0-9]*", version):
            return ModelReference(name, version=version)
        name, at, alias = text.rpartition("@") if "@" in text else (text, "", "")
        if slash or not name or (at and not alias):
            self.fail(f"{value!r} is none of MODEL, MODEL/VERSION and MODEL@ALIAS.", param, ctx)
        return ModelReference(name, alias=alias)


class ModelName(click.ParamType[str]):
    """The name of a registered model."""

    name = "name"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Checks the value. Raises a usage error."""
        text = str(value)
        if not text or "/" in text or ":" in text:
            self.fail(f"{text!r} is not a name: MLflow rejects / and : in it.", param, ctx)
        return text


class FilePath(click.ParamType[Path]):
    """A path. Expands `~` where the shell does not, as in `--home=~/x`."""

    name = "path"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,  # noqa: ARG002 - click's signature
        ctx: click.Context | None,  # noqa: ARG002 - same
    ) -> Path:
        """Expands `~`."""
        return expand_home(Path(str(value)))


class DataLocation(click.ParamType["Path | str"]):
    """A path, or the URL of a file elsewhere or of a database."""

    name = "path"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path | str:
        """Expands `~` in a path; a URL stays as it is. Raises a usage error."""
        try:
            return parse_location(value)
        except ValueError:
            self.fail(
                "a password in a URL would be seen in the list of processes; "
                "set BATON_DATABASE_PASSWORD instead.",
                param,
                ctx,
            )


class TableLocation(click.ParamType[Location]):
    """A path, or a URL of an object store."""

    name = "location"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Location:
        """Parses the value. Raises a usage error."""
        try:
            return Location.parse(str(value))
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


class Separator(click.ParamType[str]):
    """The separator of a CSV file: a character, or its name."""

    name = "char"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Parses the value. Raises a usage error."""
        try:
            return parse_separator(str(value))
        except ValueError:
            names = ", ".join(SEPARATORS)
            self.fail(f"{value!r} is neither one character nor one of {names}.", param, ctx)


class Encoding(click.ParamType[str]):
    """The name of a text encoding."""

    name = "name"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Parses the value. Raises a usage error."""
        try:
            "a".encode(str(value))
        except (LookupError, ValueError):
            self.fail(
                f"{value!r} is not a text encoding; examples: utf-8, cp1252, shift_jis.", param, ctx
            )
        return str(value)


class HttpAddress(click.ParamType[str]):
    """An http or https address."""

    name = "url"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Parses the value. Raises a usage error."""
        text = str(value)
        if not is_http_address(text):
            self.fail(f"{text!r} is not an http:// or https:// address.", param, ctx)
        return text
