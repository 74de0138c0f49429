"""Sets up a worker of this machine: Dask loads this module there and calls `dask_setup`."""

import signal


def dask_setup(_worker: object) -> None:
    """Ignores Ctrl-C, which a terminal sends to all processes: the command ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
