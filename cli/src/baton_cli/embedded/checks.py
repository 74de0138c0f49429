"""Checks that `baton up` makes before it starts anything. Each fails with one line."""

import errno
from importlib.util import find_spec
from pathlib import Path

from baton_cli.errors import CommandFailed, to_usage_error
from baton_cli.settings import load
from baton_cli.training.options import TrainOptions
from baton_common.settings import SettingsError

PACKAGES = ("mlflow", "baton_trainer", "baton_inference")


def check_packages() -> None:
    """Checks that all packages are installed."""
    missing = [package for package in PACKAGES if find_spec(package) is None]
    if missing:
        raise CommandFailed(
            f"baton up needs packages that are not installed: {', '.join(missing)}; "
            "install baton-cli[up]"
        )


def check_settings() -> None:
    """Checks the children's settings here, so that errors do not end up in their logs."""
    from baton_inference.settings import InferenceSettings  # noqa: PLC0415 - check_packages runs first
    from baton_trainer.settings import TrainerSettings  # noqa: PLC0415 - same

    load(InferenceSettings)
    load(TrainerSettings)


def check_table(options: TrainOptions) -> None:
    """Checks the training options, and that the data file can be opened."""
    from baton_trainer.errors import OptionError, RequestError  # noqa: PLC0415 - check_packages runs first
    from baton_trainer.request_loading import load_request  # noqa: PLC0415 - same

    try:
        data = load_request(options.config, options.values).data.file
        if isinstance(data, Path):
            data.open("rb").close()
    except OptionError as error:
        raise to_usage_error(error) from error
    except RequestError as error:
        raise CommandFailed(str(error)) from error
    except OSError as error:
        raise CommandFailed(
            f"cannot read the data file {data} ({error.strerror}); choose another: --data FILE"
        ) from error


def check_ports(host: str, port: int, tracking_port: int, grpc_port: int | None = None) -> None:
    """Checks that the ports differ and are free, and that gRPC is installed if it has a port."""
    if port == tracking_port:
        raise CommandFailed(
            f"inference and the tracking server cannot share port {port}; "
            "choose others: --port PORT --tracking-port PORT"
        )
    _check_port(host, port, "inference", "--port")
    _check_port("127.0.0.1", tracking_port, "the tracking server", "--tracking-port")
    if grpc_port is None:
        return
    from baton_inference.web.transport.listening import check_grpc  # noqa: PLC0415 - check_packages runs first

    if grpc_port in (port, tracking_port):
        raise CommandFailed(
            f"port {grpc_port} for gRPC is also that of inference or of the tracking server;"
            " set another BATON_GRPC_PORT"
        )
    try:
        check_grpc(host, grpc_port)
    except SettingsError as error:
        raise CommandFailed(str(error)) from error


def _check_port(host: str, port: int, program: str, option: str) -> None:
    from baton_inference.web.transport.listening import listen  # noqa: PLC0415 - check_packages runs first

    try:
        listen(host, port).close()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is in use" if taken else f"cannot be used ({error.strerror})"
        is_port_error = error.errno in (errno.EADDRINUSE, errno.EACCES)
        hint = f"choose another: {option} PORT" if is_port_error else "check BATON_HOST"
        raise CommandFailed(f"port {port} on {host} for {program} {why}; {hint}") from error
