"""Fetches a file from an object store or a web server, by fsspec."""

from baton_common.object_stores import describe_error, silence_logs
from baton_common.texts import get_first_line
from baton_trainer.errors import DataError


def fetch(url: str) -> bytes:
    """Fetches a file. The credentials come from where the file system's own library finds them.

    Args:
        url: of a protocol that fsspec knows, e.g. `s3://bucket/key`, `gs://…`, `abfs://…`.

    Raises:
        DataError: a library is not installed, or the file cannot be read.
    """
    try:
        import fsspec  # noqa: PLC0415 - an option
    except ModuleNotFoundError as error:
        raise DataError(
            f"{url}: fsspec is not installed; run: pip install 'baton-trainer[s3]'"
        ) from error
    silence_logs()
    try:
        with fsspec.open(url, "rb") as file:
            content: bytes = file.read()
    except ImportError as error:  # its text names the package
        raise DataError(f"{url}: {get_first_line(error)}") from error
    except Exception as error:  # each file system raises errors of its own
        raise DataError(
            f"{url}: cannot be read ({describe_error(error)}); check the address, and the"
            " credentials in the environment; a database also needs --query"
        ) from error
    return content
