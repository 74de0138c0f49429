"""`baton status`."""

import click

from baton_cli import terminal
from baton_cli.errors import CommandFailed
from baton_cli.inference.overview import Overview
from baton_cli.inference.status_client import build_status_client
from baton_cli.inference.upgrade import find_refused
from baton_cli.settings import CliSettings, load
from baton_registry.errors import RegistryError


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def status(*, as_json: bool) -> None:
    """Show the version of the alias and what each inference process serves.

    Exit code 0 only if they agree. Run the new release's `status` before an upgrade: it notes a
    version that the old release serves and the new one refuses.
    """
    settings = load(CliSettings)
    aspired = _resolve_alias(settings)
    reports = build_status_client(settings).fetch_reports()
    refused = find_refused(settings, reports)
    overview = Overview(settings.model_name, settings.alias, aspired, reports, refused)
    if as_json:
        terminal.show_json(overview.to_json())
    else:
        terminal.show(f"{overview.format_headline()}\n")
        terminal.show(overview.build_table())
    if disagreements := overview.list_disagreements():
        raise CommandFailed(" | ".join(disagreements))


def _resolve_alias(settings: CliSettings) -> str | RegistryError:
    try:
        with settings.open_registry() as registry:
            return registry.resolve_alias(settings.model_name, settings.alias).version
    except RegistryError as error:
        return error
