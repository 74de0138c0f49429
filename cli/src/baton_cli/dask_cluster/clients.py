"""Opens a cluster, and a client for it.

A Dask scheduler runs whatever code reaches its port, so each connection is encrypted and both sides
show a certificate. A cluster on this machine gets certificates that no other process has.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version

import dask
from distributed import Client, LocalCluster
from distributed.security import Security

from baton_cli.dask_cluster import worker_setup
from baton_cli.dask_cluster.options import ClusterOptions
from baton_cli.errors import CommandFailed
from baton_common.texts import get_first_line, truncate

PACKAGE = "baton-cli"
CONNECT_LIMIT_S = 15.0
WORKERS_LIMIT_S = 60.0
_LOOPBACK = "127.0.0.1"
_CERTIFICATES = (
    "DASK_DISTRIBUTED__COMM__TLS__CA_FILE, DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT and "
    "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY"
)
_OWN_WORKERS: Mapping[str, object] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,  # its samples stop the scoring 100 times a second
    # Dask's own intervals of 20 to 500 ms wake the scheduler and its workers 300 times a second.
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.worker.memory.monitor-interval": "500ms",
    # glibc's own limits, in bytes. Dask's 64 KiB gives memory back after each batch, and the next
    # one faults it in again: six times the page faults of `baton score` in one process.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 64 * 2**20,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 32 * 2**20,
}


@contextmanager
def open_client(options: ClusterOptions, packages: Sequence[str] = (PACKAGE,)) -> Iterator[Client]:
    """Opens a client for the cluster of the options; stops workers that it has started.

    Args:
        options: the cluster.
        packages: the distributions that the workers must have in the versions of this process.

    Raises:
        CommandFailed: there is no scheduler at the address, it has no workers, or they lack a
            package or have another version of it.
    """
    _silence_logs()
    if options.scheduler is None:
        with _start_workers(options.workers or 1) as cluster, Client(cluster) as client:
            yield client
        return
    with _connect(options, options.scheduler) as client:
        _check_workers(client, options.scheduler, packages)
        yield client


def _silence_logs() -> None:
    """Leaves reports to Baton: Dask logs each worker that ends or is restarted."""
    for name in ("distributed", "distributed.client", "distributed.nanny"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


@contextmanager
def _start_workers(count: int) -> Iterator[LocalCluster]:
    with (
        dask.config.set(_OWN_WORKERS),
        LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            host=_LOOPBACK,
            protocol="tls://",
            security=Security.temporary(),
            dashboard_address=f"{_LOOPBACK}:0",
            worker_dashboard_address=f"{_LOOPBACK}:0",
            silence_logs=logging.CRITICAL,
            preload=[worker_setup.__name__],
        ) as cluster,
    ):
        yield cluster


def _connect(options: ClusterOptions, address: str) -> Client:
    try:
        return Client(
            address,
            security=_get_security(options),
            timeout=CONNECT_LIMIT_S,
            set_as_default=False,
        )
    except (OSError, TypeError, ValueError) as error:
        reason = truncate(get_first_line(error))
        raise CommandFailed(
            f"no connection to the scheduler at {address} ({reason}); check that it runs, the "
            "address, and the certificates"
        ) from error


def _get_security(options: ClusterOptions) -> Security:
    if not options.has_tls:
        return Security(require_encryption=False)
    security = Security(require_encryption=True)
    if not (security.tls_ca_file and security.tls_client_cert):
        raise CommandFailed(
            f"{options.scheduler} needs certificates, which Dask's configuration does not name; "
            f"set {_CERTIFICATES}"
        )
    return security


def _check_workers(client: Client, address: str, packages: Sequence[str]) -> None:
    """Checks that there are workers, all of them with the packages of this process."""
    try:
        client.wait_for_workers(1, timeout=WORKERS_LIMIT_S)
    except TimeoutError as error:
        raise CommandFailed(
            f"the scheduler at {address} has no workers; start some: dask worker {address}"
        ) from error
    for package in packages:
        ours = version(package)
        for worker, theirs in client.run(version, package, on_error="return").items():
            if theirs != ours:
                is_absent = isinstance(theirs, PackageNotFoundError)
                found = "is absent" if is_absent else f"has version {truncate(str(theirs))}"
                raise CommandFailed(
                    f"{package} {found} in the worker {worker}; install {ours} there"
                )
