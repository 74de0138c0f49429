"""What MLflow and inference can hold of a training, checked before the training begins.

The limits are those of MLflow's `mlflow.utils.validation` and of its database's columns.
"""

import json
import re
from collections.abc import Sequence

from baton_registry.rest.client import RegistryClient
from baton_registry.versions.mlmodel import MAX_TEXT
from baton_registry.versions.signature import Column
from baton_trainer.errors import DataError, RecordError

MAX_DESCRIPTION = 5_000
"""The database column of a version's description."""
MAX_SHOWN_PARAM = 6_000
"""A longer value of a parameter is cut: the record of the run holds it in full."""

_LEAST_MAJOR = 3
_ENTRY_LENGTH = len(json.dumps({"type": "boolean", "name": "", "required": False})) + 2
_ITEM_LENGTH = len("      - ''\n")


def check_server(registry: RegistryClient, where: str) -> None:
    """Checks that the tracking server has logged models, of which versions are made.

    A server that does not name its version, as behind some proxies, is taken for a new one.

    Raises:
        RecordError: it is older than MLflow 3.
        RegistryUnavailable: it gave no answer.
    """
    found = re.match(r"\s*(\d+)(\.\w+)+\s*\Z", registry.server_version() or "")
    if found and int(found[1]) < _LEAST_MAJOR:
        raise RecordError(
            f"the tracking server at {where} is MLflow {found[0].strip()}, which has no logged "
            f"models; upgrade it to MLflow {_LEAST_MAJOR}; nothing was trained"
        )


def check_columns(columns: Sequence[Column], name: str) -> None:
    """Checks that a version's MLmodel file can hold its columns and their categories.

    Raises:
        DataError: inference would refuse the version.
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


def cut(text: str, length: int) -> str:
    """A text that a database column of this length can hold."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
