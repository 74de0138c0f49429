"""Scores the partitions of a dataset on a Dask cluster: one task each."""

import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import partial

from distributed import Client, Future, KilledWorker, as_completed

from baton_cli.dask_cluster.clients import open_client
from baton_cli.dask_cluster.options import ClusterOptions
from baton_cli.dataset.dataset_scoring import RunPartitions
from baton_cli.dataset.partition_scorer import PartitionResult, PartitionScorer
from baton_cli.dataset.partitions import Partition
from baton_cli.errors import CommandFailed
from baton_common.texts import get_first_line, truncate


@contextmanager
def open_engine(options: ClusterOptions) -> Iterator[RunPartitions]:
    """Starts or connects to the cluster of the options. Raises `CommandFailed`."""
    with open_client(options) as client:
        yield partial(run_partitions, client)


def run_partitions(
    client: Client, scorer: PartitionScorer, partitions: Sequence[Partition]
) -> Iterator[PartitionResult]:
    """Scores partitions, and yields the results as they come.

    The tasks of a worker that ends are run again by another one.

    Raises:
        CommandFailed: the scheduler is gone, or workers end at one partition again and again.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sending large graph")
        # As the result of a task the scorer, with the model, is sent to each worker once; and
        # again if all workers that had it have ended.
        held = client.submit(_hold, scorer, pure=False)
    futures = client.map(_score, partitions, scorer=held, pure=False)
    by_key = {future.key: partition for future, partition in zip(futures, partitions, strict=True)}
    try:
        for future in as_completed(futures, loop=client.loop):
            yield _get_result(future, by_key[future.key])
    finally:
        client.cancel([held, *futures])


def _hold(scorer: PartitionScorer) -> PartitionScorer:
    return scorer


def _score(partition: Partition, scorer: PartitionScorer) -> PartitionResult:
    return scorer(partition)


def _get_result(future: Future, partition: Partition) -> PartitionResult:
    name = partition.file.location
    try:
        result: PartitionResult = future.result()
    except KilledWorker as error:
        raise CommandFailed(
            f"{name}: the workers that score it end again and again, maybe for want of memory; "
            "give them more, or write smaller row groups"
        ) from error
    except CancelledError as error:
        raise CommandFailed(
            "the connection to the scheduler is lost; what is written stays: repeat the command "
            "when it runs again"
        ) from error
    except Exception as error:
        reason = truncate(get_first_line(error))
        raise CommandFailed(f"{name}: a worker failed: {reason}") from error
    return result
