"""Runs the tasks of joblib, and so a search, on a Dask cluster."""

from collections.abc import Iterator
from contextlib import contextmanager

import joblib

from baton_cli.dask_cluster.clients import PACKAGE, open_client
from baton_cli.dask_cluster.options import ClusterOptions

_PACKAGES = (PACKAGE, "baton-trainer", "scikit-learn", "numpy", "lightgbm", "xgboost-cpu")
"""The workers need them in the same versions, so that the results are the same."""


@contextmanager
def use_cluster(options: ClusterOptions) -> Iterator[None]:
    """Makes the cluster joblib's backend until the block ends. Raises as `open_client` does."""
    with (
        open_client(options, _PACKAGES) as client,
        joblib.parallel_config(backend="dask", client=client),
    ):
        yield
