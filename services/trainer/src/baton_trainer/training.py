"""One training from table to registered version."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from baton_registry.errors import AliasNotSet
from baton_registry.promotion.guard import GATE_PASSED
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.transport import shown
from baton_registry.versions.manifest import Manifest
from baton_trainer import settings
from baton_trainer.cards import card_content, report_files
from baton_trainer.cards.content import Subject
from baton_trainer.gate import production, trained_model
from baton_trainer.gate import decision as gate
from baton_trainer.gate.trained_model import TrainedModel
from baton_trainer.gate.verdict import Verdict
from baton_trainer.models import estimators, pipeline
from baton_trainer.models.estimators import Classifier
from baton_trainer.progress import Progress, NoProgress
from baton_trainer.request import TrainRequest
from baton_trainer.settings import TrainerSettings
from baton_trainer.tables import loading
from baton_trainer.tables.columns import column_report, look_alikes
from baton_trainer.tables.table import Table
from baton_trainer.tracking import mlflow_limits, registration, run
from baton_trainer.tracking.logged_model import Contents
from baton_trainer.tracking.quiet import quiet
from baton_trainer.tracking.run_record import Record
from baton_trainer.tracking.mlflow_limits import MAX_DESCRIPTION
from baton_trainer.tracking.registration import Entry
from baton_trainer.tuning.trials import tuned


@dataclass(frozen=True)
class TrainResult:
    """What came of it.

    Attributes:
        version: the registered version's number.
        run_id: the MLflow run's.
        gate: the text of the gate's tag, `passed` or `failed: why`.
        metrics: by name, as logged.
    """

    version: str
    run_id: str
    gate: str
    metrics: Mapping[str, float]

    @property
    def gate_passed(self) -> bool:
        """Whether the version may be promoted."""
        return self.gate == GATE_PASSED


def train(
    request: TrainRequest,
    options: TrainerSettings,
    progress: Progress | None = None,
    command: Sequence[str] = (),
    on_registering: Callable[[], None] = lambda: None,
) -> TrainResult:
    """Trains, evaluates, logs, judges and registers a version; moves `challenger` if it passed.

    The table is judged before the registry is asked anything, and the registry is asked whether it
    is there before long work begins. A failure leaves nothing registered.

    Args:
        request: what to train.
        options: where the registry is.
        progress: who is told; None means nobody.
        command: the command line that asked for it, to be recorded without its secrets.
        on_registering: called before the few calls that register the version, move the alias and
            end the run: whoever can be interrupted should not be from then on, until it returns.

    Raises:
        TrainError: the table, the estimator or MLflow is at fault; the text is one line.
        RegistryError: the registry gave no answer or refused.
    """
    settings.quieten_mlflow()
    settings.give_credentials(options)
    told = progress or NoProgress()
    wanted = request.train
    with quiet(), options.registry() as registry:
        told.start_phase("reading the table")
        classifier = estimators.classifier(wanted.estimator, wanted.params, wanted.seed)
        data = loading.load(request)
        look_alikes.check_labels(data.target, data.name)
        for note in data.notes:
            told.note(note)
        told.show(column_report.shown(data.roles))
        for warning in data.warnings:
            told.warn(warning)
        if data.positive is None and wanted.has_costs:
            told.warn("costs are those of two classes; this target has more: they are left out")
        mlflow_limits.check_columns(data.columns, data.name)
        told.start_phase("asking the registry")
        mlflow_limits.check_server(registry, shown(options.tracking_uri))
        with contextlib.suppress(AliasNotSet):
            registry.resolve_alias(options.model_name, options.alias)
        with run.opened(options, wanted.estimator) as run_id:
            inside = _Run(run_id, request, data, options, registry, told, on_registering)
            return inside.train(classifier, command)


@dataclass(frozen=True)
class _Run:
    """What the steps inside one MLflow run share."""

    run_id: str
    request: TrainRequest
    data: Table
    options: TrainerSettings
    registry: RegistryClient
    progress: Progress
    on_registering: Callable[[], None]

    def train(self, untuned: Classifier, command: Sequence[str]) -> TrainResult:
        """Everything between the run's start and its end."""
        wanted = self.request.train
        classifier, found = tuned(self.data, untuned, wanted, self.progress)
        record = Record.of(self.request, self.data, found, command)
        run.log_texts(record.files())
        params = {
            "estimator": classifier.name,
            "target": self.data.target.name,
            "positive": self.data.positive,
            "search": wanted.search,
            "seed": wanted.seed,
            **({"cost_fp": wanted.cost_fp, "cost_fn": wanted.cost_fn} if wanted.has_costs else {}),
            **classifier.params,
        }
        for line in run.log_inputs(self.run_id, self.data, params):
            self.progress.note(line)
        unfitted = pipeline.build(classifier, self.data.features, self.data.columns)
        made = trained_model.fit_and_evaluate(unfitted, self.data, wanted, self.progress)
        self.progress.start_phase("comparing with production")
        verdict = self._judged(made)
        metrics = {**made.metrics, **verdict.figures}
        self.progress.start_phase("logging the run")
        subject = self._subject(record, classifier, made, verdict)
        described = registration.record(self.data, verdict)
        files = report_files.of(subject)
        model_id, digest = self._log_model(made, metrics, params, files, described)
        run.log_verdict(verdict)
        run.describe(card_content.summary(subject))
        self.progress.start_phase("registering the version")
        entry = Entry(
            model_id=model_id,
            run_id=self.run_id,
            tags=registration.tags(digest, verdict),
            description=mlflow_limits.cut(card_content.summary(subject), MAX_DESCRIPTION),
        )
        self.on_registering()
        version = registration.register(self.registry, self.options, entry)
        return TrainResult(version, self.run_id, verdict.text, metrics)

    def _judged(self, made: TrainedModel) -> Verdict:
        """The gate's verdict, told."""
        challenger = made.contender(self.data)
        name, alias = self.options.model_name, self.options.alias
        trusted = self.options.trusted_keys
        rival = production.compare_with_production(self.registry, name, alias, challenger, self.data, trusted=trusted)
        if rival is not None and rival.contender is None:
            self.progress.warn(f"not compared with production: {rival.reason}")
        for doubt in rival.comparison.doubts if rival and rival.comparison else ():
            self.progress.warn(doubt)
        verdict = gate.decide_gate(made.parity, challenger, rival, self.request.gate)
        self.progress.show(verdict.table())
        return verdict

    def _subject(
        self, record: Record, classifier: Classifier, made: TrainedModel, verdict: Verdict
    ) -> Subject:
        return Subject(
            model_name=self.options.model_name,
            run_id=self.run_id,
            day=datetime.now(UTC).date(),
            request=record.request,
            table=self.data,
            classifier=classifier,
            candidate=made,
            verdict=verdict.text,
        )

    def _log_model(
        self,
        made: TrainedModel,
        metrics: Mapping[str, float],
        params: Mapping[str, Any],
        files: Mapping[str, bytes],
        described: Manifest,
    ) -> tuple[str, str]:
        """The logged model's id, and the checksum of its manifest."""
        contents = Contents(
            pipeline=made.pipeline,
            onnx=made.onnx,
            columns=self.data.columns,
            classes=self.data.classes,
            features=self.data.features[~self.data.held_out],
        )
        with run.new_model(self.options.model_name, self.run_id, params) as model_id:
            run.log_evaluation(metrics, files, model_id)
            return model_id, run.upload(contents, described, model_id, self.run_id)
