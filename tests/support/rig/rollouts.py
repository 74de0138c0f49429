"""Harmful versions in a registry, and whether anybody was harmed by them."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from baton_engine.onnx.example import read_example
from baton_engine.onnx.synthetic import build_synthetic_rows
from baton_registry.rest.fetch import fetch
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.rollout_tags import is_aborted
from baton_registry.versions.schema import Schema
from tests.support.rig.callers import Answer
from tests.support.rig.desk import Desk
from tests.support.rig.harmful_models import CHARGE, Change, change_model, find_free_residues
from tests.support.rig.process import wait_until
from tests.support.rig.stored import store_changed

LIMIT_S = 60.0


@dataclass(frozen=True)
class Material:
    """A churn version, of which others are made.

    Attributes:
        original: the version.
        onnx: its ONNX file.
        schema: its columns.
        charges: the monthly charges of all rows that a load scores.
        folder: for files.
    """

    original: ModelVersion
    onnx: bytes
    schema: Schema
    charges: tuple[float, ...]
    folder: Path

    @classmethod
    def fetch(cls, desk: Desk, original: ModelVersion, folder: Path) -> Self:
        """Fetches the files of a version into an empty folder."""
        with desk.registry as registry:
            fetched = fetch(registry, original, folder)
        schema = fetched.mlmodel.schema
        example = [row[CHARGE] for row in read_example(fetched.input_example, schema)]
        at = [column.name for column in schema.columns].index(CHARGE)
        synthetic = [row[at] for row in build_synthetic_rows(schema)]
        return cls(original, fetched.onnx, schema, (*example, *synthetic), folder)

    def find_residues(self, percent: int) -> tuple[int, int]:
        """Finds rows that no load scores: about `percent` of all."""
        return find_free_residues(self.charges, percent)

    def store(self, desk: Desk, *changes: Change) -> str:
        """Registers the version with a changed model."""
        changed = change_model(self.onnx, *changes)
        return store_changed(desk, self.original, self.folder, changed, figures={})


def wait_until_aborted(desk: Desk, version: str) -> float:
    """Returns the time of `time.monotonic` at which the abort was seen in the registry."""
    with desk.registry as registry:

        def is_done() -> bool:
            time.sleep(0.1)  # the registry shares the cores
            return is_aborted(registry.get_version(desk.model, version).tags)

        wait_until(is_done, LIMIT_S, f"version {version} is aborted")
    return time.monotonic()


def find_last(answers: list[Answer], version: str) -> float:
    """Returns the time of the last answer of a version; 0 without one."""
    return max((each.at_s for each in answers if each.version == version), default=0.0)
