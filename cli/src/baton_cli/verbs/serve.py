"""`baton serve`."""

import click

from baton_cli.errors import build_missing_package_error


@click.command()
@click.pass_context
def serve(ctx: click.Context) -> None:
    """Serve the version that the alias points to, over HTTP.

    All settings are environment variables, e.g. BATON_PORT; BATON_GRPC_PORT adds gRPC. If the
    registry does not answer, serves the last version from the cache.
    """
    try:
        from baton_inference.main import main  # noqa: PLC0415 - an image may lack it
    except ModuleNotFoundError as error:
        raise build_missing_package_error("inference", error) from error
    ctx.exit(main())
