"""Measures an imported version on the data's truth, and runs the gate."""

from collections.abc import Sequence
from dataclasses import dataclass

from baton_registry.rest.client import RegistryClient
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.signing import TrustedKey
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.gate.production import (
    Production,
    compare_with_production,
    measure_change_from_production,
)
from baton_trainer.gate.verdict import Verdict
from baton_trainer.importing.comparison.choosing import ComparedModel
from baton_trainer.importing.evaluation import gate, metrics
from baton_trainer.importing.evaluation.labelled_table import (
    LabelledTable,
    build_labelled_table,
    collect_features,
)
from baton_trainer.importing.rows.file_rows import FileRows
from baton_trainer.importing.source.columns import Inputs
from baton_trainer.progress import Progress
from baton_trainer.request import GateLimits
from baton_trainer.settings import TrainerSettings

_NO_TARGET = "no target: name the column with the truth with --target"


@dataclass(frozen=True)
class Evaluator:
    """What an evaluation needs beside the model.

    Attributes:
        target: the column with the truth; empty if there is none.
        limits: the limits of the gate.
        settings: name the model and the alias of production.
        registry: has the version in production.
        progress: shows the gate.
    """

    target: str
    limits: GateLimits
    settings: TrainerSettings
    registry: RegistryClient
    progress: Progress

    def evaluate(
        self, compared: ComparedModel, inputs: Inputs, read: FileRows
    ) -> tuple[Verdict, dict[str, float]]:
        """Decides the gate, and returns the metrics by name.

        Raises:
            DataError: the target does not fit the model.
            RegistryError: the registry did not answer, or refused.
        """
        parity = metrics.describe_parity(compared.agreement)
        verdict, measured = self._evaluate(compared, inputs, read)
        self.progress.show(verdict.to_table())
        return verdict, {**parity, **measured, **verdict.figures}

    def _evaluate(
        self, compared: ComparedModel, inputs: Inputs, read: FileRows
    ) -> tuple[Verdict, dict[str, float]]:
        challenger = _build_challenger(compared, inputs)
        schema = compared.engine.output_schema
        answers = compared.answers.head(len(read.rows))
        has_gate = schema.is_classifier or schema.task == "regression"
        if self.target and has_gate:
            labelled = build_labelled_table(inputs, read, self.target, schema.classes)
            measured = metrics.measure(answers, labelled)
            production = self._compare_with_production(challenger, labelled)
            return gate.decide(compared.agreement, challenger, production, self.limits), measured
        reason = _NO_TARGET
        if not has_gate:
            reason = f"no gate against production exists for {schema.task} yet"
            self.progress.note(f"{reason}; parity and size decide")
        production = self._measure_change(challenger, inputs, read)
        verdict = gate.decide_alone(compared.agreement, challenger, production, self.limits, reason)
        return verdict, {}

    def _compare_with_production(
        self, challenger: ComparableModel, labelled: LabelledTable
    ) -> Production | None:
        """Compares both on the rows with a label."""
        production = compare_with_production(
            *self._start_comparison(), challenger, labelled.table, trusted=self._trusted
        )
        if production is None:
            return None
        if production.model is None:
            self.progress.warn(f"not compared with production: {production.reason}")
        for warning in production.comparison.warnings if production.comparison else ():
            self.progress.warn(warning)
        return production

    def _measure_change(
        self, challenger: ComparableModel, inputs: Inputs, read: FileRows
    ) -> Production | None:
        """Measures how far the answers for the rows of the file differ from production's."""
        features = collect_features(inputs, read, self.target)
        production = measure_change_from_production(
            *self._start_comparison(), challenger, features, trusted=self._trusted
        )
        if production is not None and production.reason:
            self.progress.note(f"not compared with production: {production.reason}")
        return production

    def _start_comparison(self) -> tuple[RegistryClient, str, str]:
        self.progress.start_phase("comparing with production")
        return self.registry, self.settings.model_name, self.settings.alias

    @property
    def _trusted(self) -> Sequence[TrustedKey]:
        return self.settings.trusted_keys


def _build_challenger(compared: ComparedModel, inputs: Inputs) -> ComparableModel:
    return ComparableModel(
        name="the imported version",
        engine=compared.engine,
        schema=compared.schema,
        size_bytes=len(compared.form.onnx),
        holds_out=False,
        manifest=Manifest(reader=inputs.file.rule.to_json()),
    )
