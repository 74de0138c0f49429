"""Registered models and their versions."""

import re
from typing import NamedTuple

import click


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
