"""A model that can be judged: loaded as the service loads it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from baton_common.texts import first_line
from baton_engine.engine import Engine, EngineError
from baton_engine.onnx.opening import open_engine
from baton_engine.onnx.probabilities import check_probabilities
from baton_engine.open_version import download, open_version
from baton_registry.errors import (
    ArtifactNotFound,
    ChecksumMismatch,
    InvalidModel,
    NotSigned,
    VersionNotReady,
)
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import FetchedModel
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.signature import Column, Label, Signature
from baton_registry.versions.signing import TrustedKey
from baton_trainer.errors import NotComparable, VersionNotLoadable
from baton_trainer.evaluation import scoring
from baton_trainer.evaluation.outcome import Floats
from baton_trainer.tables.columns import cells

_UNFIT = (InvalidModel, ArtifactNotFound, ChecksumMismatch, NotSigned, VersionNotReady)
"""What is wrong with the version itself, and not with the way to it."""


@dataclass(frozen=True)
class ComparableModel:
    """A model that can be judged.

    Attributes:
        name: in messages, e.g. `version 3`.
        engine: scores rows.
        signature: what rows it takes.
        size_bytes: of its ONNX file and the files with its weights.
        holds_out: whether it was trained by us, and so never saw the rows that we hold out.
        held_out_by: the id column whose rows it held out together; empty where each was on its own.
        record: what is recorded about a registered version; empty where it is none.
    """

    name: str
    engine: Engine
    signature: Signature
    size_bytes: int
    holds_out: bool = True
    held_out_by: str = ""
    record: Manifest = field(default_factory=Manifest)

    def obstacle(self, features: pd.DataFrame, classes: Sequence[Label]) -> str:
        """Why rows of these features and classes cannot judge it; empty where they can."""
        if different := set(self.engine.classes) ^ set(classes):
            return f"its classes are others ({', '.join(sorted(map(str, different))[:3])})"
        for column in self.signature.columns:
            if column.name not in features:
                return f"it needs column {column.name!r}, which these rows do not have"
            if reason := _misfit(column, features[column.name]):
                return f"column {column.name!r} {reason}"
        return ""

    def takes(self, features: pd.DataFrame) -> "pd.Series[bool]":
        """Which rows it takes: those without a gap in a required column."""
        required = [column.name for column in self.signature.columns if column.required]
        return features[required].notna().all(axis=1)

    def probabilities(self, features: pd.DataFrame, classes: Sequence[Label]) -> Floats:
        """What it says of rows that it takes, shape `[rows, classes]`.

        Raises:
            NotComparable: it fails on these rows.
        """
        try:
            found = scoring.score(self.engine, self.signature.columns, features).probabilities
            check_probabilities(found)
        except Exception as error:  # those of ONNX Runtime have no common base but Exception
            raise NotComparable(f"{self.name} fails on these rows: {first_line(error)}") from error
        order = [self.engine.classes.index(label) for label in classes]
        return np.asarray(found[:, order])


def of_version(
    client: RegistryClient, version: ModelVersion, *, trusted: Sequence[TrustedKey]
) -> ComparableModel:
    """Loads a registered version.

    Args:
        client: the registry.
        version: what it says of the version.
        trusted: the keys of which one must have signed it; none where it need not be signed.

    Raises:
        VersionNotLoadable: the text says why.
        RegistryUnavailable: the registry gave no answer.
        VersionNotFound: the version is gone.
    """
    files = partial(download, client, version)
    try:
        return open_version(version, files, _build, trusted=trusted)
    except (*_UNFIT, EngineError) as error:
        raise VersionNotLoadable(f"version {version.version} cannot be loaded: {error}") from error


def _build(fetched: FetchedModel) -> ComparableModel:
    signature, record = fetched.mlmodel.signature, fetched.record
    return ComparableModel(
        name=f"version {fetched.version.version}",
        engine=open_engine(fetched),
        signature=signature,
        size_bytes=len(fetched.onnx) + sum(map(len, fetched.weights.values())),
        holds_out=record.data_sha256 is not None,
        held_out_by=record.held_out_by or "",
        record=record,
    )


def _misfit(column: Column, values: "pd.Series[Any]") -> str:
    is_text = cells.is_text(values)
    if is_text != (column.type == "string"):
        return f"is {column.type} there and {'text' if is_text else 'numbers'} here"
    present = values.dropna()
    if column.type in ("integer", "long") and (present.astype(float) % 1 != 0).any():
        return "is whole numbers there and fractions here"
    return ""
