"""`option`: click's option, with defaults that the help text names in plain words."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.types import OptionHelpExtra

F = TypeVar("F", bound=Callable[..., Any])


class _Option(click.Option):
    def get_help_extra(self, ctx: click.Context) -> OptionHelpExtra:
        """Shows a `show_default` text without click's parentheses."""
        extra = super().get_help_extra(ctx)
        if isinstance(self.show_default, str):
            extra["default"] = self.show_default
        return extra


def option(*names: str, **attributes: Any) -> Callable[[F], F]:
    """Adds an option. `show_default` names its default in the help text."""
    return click.option(*names, cls=_Option, **attributes)
