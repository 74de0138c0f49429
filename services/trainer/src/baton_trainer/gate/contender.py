"""A model that can be judged: loaded as the service loads it."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from baton_engine.engine import Engine, EngineError
from baton_engine.onnx.probabilities import check_probabilities
from baton_engine.onnx.weights import find_weight_files
from baton_engine.opening import open_engine
from baton_registry.errors import ArtifactNotFound, ChecksumMismatch, InvalidModel
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import fetch
from baton_registry.versions.model_version import DATA_CHECKSUM_TAG, HELD_OUT_BY_TAG, ModelVersion
from baton_registry.versions.signature import Column, Label, Signature
from baton_trainer.errors import NotComparable, VersionNotLoadable, first_line
from baton_trainer.evaluation import scoring
from baton_trainer.evaluation.outcome import Floats
from baton_trainer.tables.columns import cells


@dataclass(frozen=True)
class Contender:
    """A model that can be judged.

    Attributes:
        name: in messages, e.g. `version 3`.
        engine: scores rows.
        signature: what rows it takes.
        size_bytes: of its ONNX file and the files with its weights.
        holds_out: whether it was trained by us, and so never saw the rows that we hold out.
        held_out_by: the id column whose rows it held out together; empty where each was on its own.
    """

    name: str
    engine: Engine
    signature: Signature
    size_bytes: int
    holds_out: bool = True
    held_out_by: str = ""

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


def of_version(client: RegistryClient, version: ModelVersion) -> Contender:
    """Loads a registered version.

    Raises:
        VersionNotLoadable: the text says why.
        RegistryUnavailable: the registry gave no answer.
        VersionNotFound: the version is gone.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="baton-contender-") as directory:
            fetched = fetch(client, version, Path(directory), find_weight_files)
            signature = fetched.mlmodel.signature
            return Contender(
                name=f"version {version.version}",
                engine=open_engine(fetched),
                signature=signature,
                size_bytes=len(fetched.onnx) + sum(map(len, fetched.weights.values())),
                holds_out=DATA_CHECKSUM_TAG in version.tags,
                held_out_by=version.tags.get(HELD_OUT_BY_TAG, ""),
            )
    except (InvalidModel, ArtifactNotFound, ChecksumMismatch, EngineError) as error:
        raise VersionNotLoadable(f"version {version.version} cannot be loaded: {error}") from error


def _misfit(column: Column, values: "pd.Series[Any]") -> str:
    is_text = cells.is_text(values)
    if is_text != (column.type == "string"):
        return f"is {column.type} there and {'text' if is_text else 'numbers'} here"
    present = values.dropna()
    if column.type in ("integer", "long") and (present.astype(float) % 1 != 0).any():
        return "is whole numbers there and fractions here"
    return ""
