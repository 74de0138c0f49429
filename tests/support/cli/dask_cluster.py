"""A Dask cluster with TLS, and the configuration of a client that may use it."""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dask
from distributed import LocalCluster
from distributed.security import Security

_VARIABLES = {"ca-file": "CA_FILE", "client.cert": "CLIENT__CERT", "client.key": "CLIENT__KEY"}
"""The variables of Dask's settings for a client."""


@dataclass(frozen=True)
class RunningCluster:
    """Two worker processes of one thread each; one that ends is replaced.

    Attributes:
        cluster: the cluster.
        certificates: Dask's settings of a client: files by the name of the setting.
    """

    cluster: LocalCluster
    certificates: Mapping[str, str]

    @property
    def address(self) -> str:
        """The address of the scheduler."""
        address: str = self.cluster.scheduler_address
        return address

    @property
    def environment(self) -> dict[str, str]:
        """The configuration of a client in another process."""
        return {
            f"DASK_DISTRIBUTED__COMM__TLS__{_VARIABLES[name]}": file
            for name, file in self.certificates.items()
        }

    @contextmanager
    def configure(self) -> Iterator[None]:
        """Configures a client in this process."""
        with dask.config.set(
            {f"distributed.comm.tls.{name}": file for name, file in self.certificates.items()}
        ):
            yield

    def list_pids(self) -> list[int]:
        """Lists the processes of the workers."""
        return [each.process.pid for each in self.cluster.workers.values() if each.process]

    def kill_worker(self) -> None:
        """Kills one worker."""
        os.kill(self.list_pids()[0], signal.SIGKILL)


@contextmanager
def run_cluster(folder: Path) -> Iterator[RunningCluster]:
    """Runs a cluster on the loopback device; its certificates are files in the folder."""
    security = Security.temporary()
    contents = (security.tls_ca_file, security.tls_client_cert, security.tls_client_key)
    certificates = {}
    for name, content in zip(_VARIABLES, contents, strict=True):
        file = folder / name
        file.write_text(content)
        certificates[name] = str(file)
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        protocol="tls://",
        security=security,
        dashboard_address="127.0.0.1:0",
        worker_dashboard_address="127.0.0.1:0",
    ) as cluster:
        yield RunningCluster(cluster, certificates)
