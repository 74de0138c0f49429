"""Size limits of MLflow and of inference, checked before training begins.

MLflow's limits are in `mlflow.utils.validation` and in the columns of its database.
"""

import json
import re
from collections.abc import Iterable, Sequence

from baton_registry.rest.client import RegistryClient
from baton_registry.versions.mlmodel import MAX_TEXT
from baton_registry.versions.schema import Column
from baton_trainer.errors import DataError, RecordError

MAX_DESCRIPTION = 5_000
"""The length of a version's description in MLflow's database."""
MAX_PARAM = 6_000
"""A longer value of a parameter is cut; the run record holds it in full."""
MAX_METRICS = 1_000
"""The number of metrics in one request."""

_MAX_KEY = 250
_NOT_IN_METRICS = re.compile(r"[^\w.\- ]")

_MIN_MAJOR = 3
_ENTRY_LENGTH = len(json.dumps({"type": "boolean", "name": "", "required": False})) + 2
_ITEM_LENGTH = len("      - ''\n")


def check_server(registry: RegistryClient, where: str) -> None:
    """Checks that the tracking server supports logged models, which versions are made of.

    A server that does not report its version, as behind some proxies, passes.

    Raises:
        RecordError: it is older than MLflow 3.
        RegistryUnavailable: it did not answer.
    """
    match = re.match(r"\s*(\d+)(\.\w+)+\s*\Z", registry.get_server_version() or "")
    if match and int(match[1]) < _MIN_MAJOR:
        raise RecordError(
            f"the tracking server at {where} is MLflow {match[0].strip()}, which has no logged "
            f"models; upgrade it to MLflow {_MIN_MAJOR}; nothing was trained"
        )


def check_columns(columns: Sequence[Column], name: str) -> None:
    """Checks that a version's MLmodel file can hold its columns and their categories.

    Raises:
        DataError: inference would reject the version.
    """
    names = sum(_ENTRY_LENGTH + len(json.dumps(column.name)) for column in columns)
    categories = sum(
        2 * len(column.name) + sum(_ITEM_LENGTH + len(text) for text in column.categories)
        for column in columns
    )
    if names + categories > MAX_TEXT:
        raise DataError(
            f"{name}: the names and categories of {len(columns):,} columns take "
            f"{(names + categories) / 2**20:.1f} MiB of a version's MLmodel file, of which "
            f"inference reads {MAX_TEXT / 2**20:.0f} MiB; leave columns out: --drop"
        )


def truncate_with_ellipsis(text: str, max_length: int) -> str:
    """Cuts a text to the length of its database column."""
    return text if len(text) <= max_length else f"{text[: max_length - 1]}…"


def name_metrics(prefix: str, names: Iterable[str]) -> list[str]:
    """Names a metric for each column: all different, of characters that MLflow accepts."""
    metrics: dict[str, None] = {}
    for name in names:
        plain = prefix + _NOT_IN_METRICS.sub("_", name).strip()
        metric, number = plain[:_MAX_KEY], 2
        while metric in metrics:
            suffix = f"_{number}"
            metric, number = plain[: _MAX_KEY - len(suffix)] + suffix, number + 1
        metrics[metric] = None
    return [*metrics]
