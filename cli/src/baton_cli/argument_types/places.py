"""Where something is: a file, a table, an address."""

from pathlib import Path

import click

from baton_cli.storage_location import StorageLocation
from baton_common.locations import parse_location
from baton_common.paths import expand_home
from baton_registry.setting_types import is_http_address


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


class TableLocation(click.ParamType[StorageLocation]):
    """A path, or a URL of an object store."""

    name = "location"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> StorageLocation:
        """Parses the value. Raises a usage error."""
        try:
            return StorageLocation.parse(str(value))
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


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
