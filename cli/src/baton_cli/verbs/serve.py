"""`baton serve`."""

import click

from baton_cli.errors import missing_package_error


@click.command()
@click.pass_context
def serve(ctx: click.Context) -> None:
    """Serve the version that the alias points to, over HTTP, with settings from the environment.

    Starts from its cache where the registry is away.
    """
    try:
        from baton_inference.main import main  # noqa: PLC0415 - a package that an image may lack
    except ModuleNotFoundError as error:
        raise missing_package_error("inference", error) from error
    ctx.exit(main())
