"""A model that can be compared with another: it scores rows as the service does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from baton_common.texts import get_first_line
from baton_engine.engine import Engine, EngineError, Scores
from baton_engine.onnx.opening import open_engine
from baton_engine.onnx.outputs.probabilities import check_probabilities
from baton_engine.open_version import fetch_temporarily, open_version
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
from baton_registry.versions.output_schema import PROBABILITIES, OutputSchema
from baton_registry.versions.schema import Column, Schema
from baton_registry.versions.signing import TrustedKey
from baton_trainer.errors import NotComparable, VersionNotLoadable
from baton_trainer.evaluation import scoring
from baton_trainer.tables.columns import cells

_VERSION_ERRORS = (InvalidModel, ArtifactNotFound, ChecksumMismatch, NotSigned, VersionNotReady)
"""Faults of the version itself, not of the connection to the registry."""


@dataclass(frozen=True)
class ComparableModel:
    """A challenger before it is registered, or a registered version.

    Attributes:
        name: in messages, e.g. `version 3`.
        engine: scores rows.
        schema: the columns that it needs, and its classes.
        size_bytes: the size of its ONNX file and the files with its weights.
        holds_out: whether Baton trained it; if so, it never saw the rows that Baton holds out.
        held_out_by: the id column whose rows it held out together; empty if each row is on its own.
        manifest: a registered version's manifest; empty if the model is not registered.
    """

    name: str
    engine: Engine
    schema: Schema
    size_bytes: int
    holds_out: bool = True
    held_out_by: str = ""
    manifest: Manifest = field(default_factory=Manifest)

    def find_obstacle(self, features: pd.DataFrame, wanted: OutputSchema) -> str:
        """Returns why it cannot score rows of these features and this target; empty if it can."""
        answers = self.engine.output_schema
        is_same = answers.is_classifier if wanted.is_classifier else answers.task == wanted.task
        if not is_same:
            truth = "classes" if wanted.is_classifier else "numbers as their target"
            return f"its task is {answers.task}, and these rows have {truth}"
        if different := set(answers.classes) ^ set(wanted.classes):
            names = ", ".join(sorted(map(str, different))[:3])
            return f"it has other classes than these rows ({names})"
        return self.find_column_obstacle(features)

    def find_column_obstacle(self, features: pd.DataFrame) -> str:
        """Returns why it cannot score rows of these features; empty if it can."""
        for column in self.schema.columns:
            if column.name not in features:
                return f"it needs column {column.name!r}, which these rows do not have"
            if reason := _find_mismatch(column, features[column.name]):
                return f"column {column.name!r} {reason}"
        return ""

    def accepts(self, features: pd.DataFrame) -> "pd.Series[bool]":
        """Which rows it can score: those without a missing value in a required column."""
        required = [column.name for column in self.schema.columns if column.required]
        return features[required].notna().all(axis=1)

    def predict(self, features: pd.DataFrame, wanted: OutputSchema) -> Scores:
        """Returns the answers for rows that it accepts, with the classes in the wanted order.

        Raises:
            NotComparable: it fails on these rows.
        """
        scores = self.score(features)
        if not wanted.is_classifier:
            return scores
        order = [self.engine.output_schema.classes.index(label) for label in wanted.classes]
        return {**scores, PROBABILITIES: np.asarray(scores[PROBABILITIES][:, order])}

    def score(self, features: pd.DataFrame) -> Scores:
        """Returns the answers for rows that it accepts.

        Raises:
            NotComparable: it fails on these rows.
        """
        try:
            arrays = scoring.build_arrays(self.schema.columns, features)
        except (ValueError, TypeError, OverflowError) as error:  # its text may quote a cell
            raise NotComparable(
                f"{self.name} fails on these rows: a value does not fit the type of its column"
            ) from error
        try:
            scores = self.engine.score(arrays)
            if self.engine.output_schema.is_classifier:
                check_probabilities(scores[PROBABILITIES])
        except Exception as error:  # ONNX Runtime's errors have no common base but Exception
            raise NotComparable(
                f"{self.name} fails on these rows: {get_first_line(error)}"
            ) from error
        return scores


def load_version(
    client: RegistryClient, version: ModelVersion, *, trusted: Sequence[TrustedKey]
) -> ComparableModel:
    """Loads a registered version.

    Args:
        client: the registry.
        version: as the registry describes it.
        trusted: one of these keys must have signed it; empty: no signature is needed.

    Raises:
        VersionNotLoadable: the version is at fault; the text says why.
        RegistryUnavailable: the registry did not answer.
        VersionNotFound: the version no longer exists.
    """
    files = partial(fetch_temporarily, client, version)
    try:
        return open_version(version, files, _build, trusted=trusted)
    except (*_VERSION_ERRORS, EngineError) as error:
        raise VersionNotLoadable(f"version {version.version} cannot be loaded: {error}") from error


def _build(fetched: FetchedModel) -> ComparableModel:
    manifest = fetched.manifest
    return ComparableModel(
        name=f"version {fetched.version.version}",
        engine=open_engine(fetched),
        schema=fetched.mlmodel.schema,
        size_bytes=len(fetched.onnx) + sum(map(len, fetched.weights.values())),
        holds_out=manifest.data_sha256 is not None,
        held_out_by=manifest.held_out_by or "",
        manifest=manifest,
    )


def _find_mismatch(column: Column, values: "pd.Series[Any]") -> str:
    is_text = cells.is_text(values)
    if is_text != (column.type == "string"):
        return f"is {column.type} in the model and {'text' if is_text else 'numbers'} in the table"
    present = values.dropna()
    if column.type in ("integer", "long") and (present.astype(float) % 1 != 0).any():
        return "is whole numbers in the model and fractions in the table"
    return ""
