"""What `baton up` makes sure of before it starts anything. Each check fails with one line."""

import errno
from importlib.util import find_spec

from baton_cli.errors import CommandFailed, to_usage_error
from baton_cli.settings import load
from baton_cli.training.options import Order

PACKAGES = ("mlflow", "baton_trainer", "baton_inference")


def check_packages() -> None:
    """This installation has all that a life cycle needs."""
    missing = [package for package in PACKAGES if find_spec(package) is None]
    if missing:
        raise CommandFailed(
            f"baton up needs {', '.join(missing)}, not installed here; install baton-cli[up]"
        )


def check_settings() -> None:
    """The children's settings are good: they would say it later, each in its own log."""
    from baton_inference.settings import InferenceSettings  # noqa: PLC0415 - check_packages comes first
    from baton_trainer.settings import TrainerSettings  # noqa: PLC0415 - same

    load(InferenceSettings)
    load(TrainerSettings)


def check_table(order: Order) -> None:
    """What says which table to train on is good, and its file can be opened."""
    from baton_trainer import request  # noqa: PLC0415 - check_packages comes first
    from baton_trainer.errors import OptionError, RequestError  # noqa: PLC0415 - same

    try:
        data = request.load(order.config, order.given).data.file
        if data is not None:
            data.open("rb").close()
    except OptionError as error:
        raise to_usage_error(error) from error
    except RequestError as error:
        raise CommandFailed(str(error)) from error
    except OSError as error:
        raise CommandFailed(
            f"the data file {data} cannot be read ({error.strerror}); name another: --data FILE"
        ) from error


def check_ports(host: str, port: int, tracking_port: int) -> None:
    """Both ports are two, and free."""
    if port == tracking_port:
        raise CommandFailed(
            f"inference and tracking server cannot share port {port}; "
            "choose others: --port P --tracking-port P"
        )
    _check_port(host, port, "inference", "--port")
    _check_port("127.0.0.1", tracking_port, "the tracking server", "--tracking-port")


def _check_port(host: str, port: int, what: str, option: str) -> None:
    from baton_inference.web.transport.listening import listen  # noqa: PLC0415 - check_packages comes first

    try:
        listen(host, port).close()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is taken by another program" if taken else f"cannot be used ({error.strerror})"
        is_of_port = error.errno in (errno.EADDRINUSE, errno.EACCES)
        hint = f"choose another: {option} P" if is_of_port else "see BATON_HOST"
        raise CommandFailed(f"port {port} of {host}, for {what}, {why}; {hint}") from error
