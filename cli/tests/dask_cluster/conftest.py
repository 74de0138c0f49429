"""One cluster of two worker processes for all tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.support.cli.dask_cluster import RunningCluster, run_cluster


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCluster]:
    """The cluster."""
    with run_cluster(tmp_path_factory.mktemp("certificates")) as cluster:
        yield cluster
