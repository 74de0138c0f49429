"""How to read a CSV file: its separator and its encoding."""

import click

from baton_engine.tables.text.separators import SEPARATORS, parse_separator


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
