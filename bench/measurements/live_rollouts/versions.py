"""The versions that are rolled out: the trained one, with a small change of its model each.

Good versions take the tenure some percent longer, so each answers nearly all rows differently from
the others, and within a rollout's limits. What a version answers is computed here, from its own
ONNX file and outside of inference.
"""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from baton_engine.onnx.engine import OnnxEngine
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Schema
from bench.errors import CannotRun
from bench.load.checker import TOLERANCE
from bench.load.plan import VersionRows
from bench.measurements.live_rollouts.courses import Course
from bench.testbed.testbed import ALIAS
from tests.support.rig.desk import Desk
from tests.support.rig.harmful_models import change_model, change_units, fail_on
from tests.support.rig.rollouts import Material
from tests.support.rig.stored import register_stored

CANARY_ALIAS = "canary"
CLASS = "Yes"
COLUMN = "tenure"
FACTORS = (1.03, 1.06, 1.09)
"""Each good kind of version takes the tenure so many times as long."""
YEARS = 1 / 12
FAILING_PERCENT = 5
LEAST_DIFFERENT = 0.9
"""Kinds of versions must answer so many of the rows differently, or mixed answers may look good."""

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Kind:
    """Versions with the same model.

    Attributes:
        original: the first of these versions.
        scores: a `.npy` file of shape `[rows]`: what they answer.
    """

    original: ModelVersion
    scores: str


class Versions:
    """Registers versions, and knows what they answer.

    Attributes:
        rows: what each registered version answers, for the load.
    """

    def __init__(self, desk: Desk, folder: Path, body: Path) -> None:
        """Registers one version of each kind.

        Args:
            desk: the registry and the model, whose version 1 is changed.
            folder: for files.
            body: one-row bodies, the lines of a file.

        Raises:
            CannotRun: two kinds answer too many rows alike.
        """
        self.rows: dict[str, VersionRows] = {}
        self._desk = desk
        self._folder = folder
        with desk.registry as registry:
            original = registry.get_version(desk.model, "1")
        self._material = Material.fetch(desk, original, folder)
        self._schema = self._material.schema
        self._lines = _read_rows(body, self._schema)
        trained = self._score(self._material.onnx)
        self._harmful = {
            Course.OTHER_UNITS: self._create_kind(YEARS),
            Course.FAILING: self._create_failing_kind(trained),
        }
        good = [self._create_kind(factor) for factor in FACTORS]
        self._good = itertools.cycle(good)
        self._allow("1", self._write_scores("trained", trained), ALIAS)
        _check_differences([trained, *(np.load(each.scores) for each in good)])

    def register(self, course: Course) -> str:
        """Registers the version of a rollout, and returns its number.

        A good version is of another kind than the one before, so also than production.
        """
        kind = self._harmful[course] if course.is_harmful else next(self._good)
        number = register_stored(self._desk, kind.original)
        aliases = (CANARY_ALIAS, ALIAS) if course.is_promotion else (CANARY_ALIAS,)
        self._allow(number, kind.scores, *aliases)
        return number

    def _allow(self, number: str, scores: str, *aliases: str) -> None:
        self.rows[number] = VersionRows(scores, CLASS, aliases)

    def _create_kind(self, factor: float) -> Kind:
        change = change_units(COLUMN, factor)
        scores = self._score(change_model(self._material.onnx, change))
        number = self._material.store(self._desk, change)
        return self._keep(number, scores)

    def _create_failing_kind(self, trained: Scores) -> Kind:
        residues = self._material.find_residues(FAILING_PERCENT)
        return self._keep(self._material.store(self._desk, fail_on(residues)), trained)

    def _keep(self, number: str, scores: Scores) -> Kind:
        with self._desk.registry as registry:
            version = registry.get_version(self._desk.model, number)
        return Kind(version, self._write_scores(f"scores-{number}", scores))

    def _score(self, onnx: bytes) -> Scores:
        scores = OnnxEngine(onnx, self._schema).score_rows(self._lines)
        at = [*map(str, self._schema.classes or ())].index(CLASS)
        return np.asarray(scores["probabilities"][:, at], np.float64)

    def _write_scores(self, name: str, scores: Scores) -> str:
        file = self._folder / f"{name}.npy"
        np.save(file, scores)
        return str(file)


def _read_rows(body: Path, schema: Schema) -> list[tuple[object, ...]]:
    """Reads the rows of one-row bodies, in the order of the schema."""
    documents = map(json.loads, body.read_text(encoding="utf-8").splitlines())
    instances: Sequence[Mapping[str, object]] = [each["instances"][0] for each in documents]
    return [tuple(row.get(column.name) for column in schema.columns) for row in instances]


def _check_differences(kinds: Sequence[Scores]) -> None:
    """Checks that answers tell the kinds apart."""
    for one, other in itertools.combinations(kinds, 2):
        share = float(np.mean(np.abs(one - other) > 2 * TOLERANCE))
        if share < LEAST_DIFFERENT:
            raise CannotRun(
                f"two versions answer {1 - share:.0%} of the rows alike: mixed answers would go"
                " undetected"
            )
