"""The steps of training, inside an MLflow run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from baton_registry.rest.client import RegistryClient
from baton_trainer.cards.content import Subject, summarize
from baton_trainer.cards.run_files import build_run_files
from baton_trainer.gate import production as gate_production
from baton_trainer.gate.decision import decide_gate
from baton_trainer.gate.trained_model import TrainedModel, fit_and_evaluate
from baton_trainer.gate.verdict import Verdict
from baton_trainer.models import pipeline
from baton_trainer.models.estimators import Learner
from baton_trainer.monitoring.profile import PROFILE_FILE
from baton_trainer.monitoring.profile_builder import build_profile
from baton_trainer.progress import Progress
from baton_trainer.request import TrainRequest
from baton_trainer.settings import TrainerSettings
from baton_trainer.tables.table import Table
from baton_trainer.tracking import registration, run
from baton_trainer.tracking.logged_model import Contents
from baton_trainer.tracking.mlflow_limits import MAX_DESCRIPTION, truncate_with_ellipsis
from baton_trainer.tracking.registration import VersionEntry
from baton_trainer.tracking.run_record import RunRecord
from baton_trainer.train_result import TrainResult
from baton_trainer.tuning.place import SearchPlace
from baton_trainer.tuning.trials import tune


@dataclass(frozen=True)
class TrainingRun:
    """What the steps share."""

    run_id: str
    request: TrainRequest
    table: Table
    settings: TrainerSettings
    registry: RegistryClient
    progress: Progress
    on_registering: Callable[[], None]
    place: SearchPlace

    def execute(self, untuned: Learner, command: Sequence[str]) -> TrainResult:
        """Runs all steps, from the search to the registration."""
        options = self.request.train
        learner, search_params = tune(self.table, untuned, options, self.progress, self.place)
        place = self.place.name if options.search else ""
        record = RunRecord.from_training(self.request, self.table, search_params, command, place)
        run.log_texts(record.to_files())
        params = self._collect_params(learner)
        for line in run.log_inputs(self.run_id, self.table, params):
            self.progress.note(line)
        unfitted = pipeline.build(learner, self.table.features, self.table.columns)
        model = fit_and_evaluate(unfitted, self.table, options, self.progress)
        self.progress.start_phase("comparing with production")
        verdict = self._decide_gate(model)
        self.progress.start_phase("logging the run")
        subject = Subject(
            model_name=self.settings.model_name,
            run_id=self.run_id,
            day=datetime.now(UTC).date(),
            request=record.request,
            table=self.table,
            learner=learner,
            model=model,
            verdict=verdict.text,
        )
        metrics = {**model.metrics, **verdict.figures}
        entry = self._log(subject, verdict, metrics, params)
        self.progress.start_phase("registering the version")
        self.on_registering()
        version = registration.register_version(self.registry, self.settings, entry)
        return TrainResult(version, self.run_id, verdict.text, metrics)

    def _collect_params(self, learner: Learner) -> dict[str, Any]:
        options, private = self.request.train, self.table.private_columns
        costs = {"cost_fp": options.cost_fp, "cost_fn": options.cost_fn}
        positive = {"positive": self.table.positive} if self.table.classes else {}
        return {
            "estimator": learner.name,
            "target": self.table.target.name,
            **positive,
            **({"private": ", ".join(private)} if private else {}),
            "search": options.search,
            "seed": options.seed,
            **(costs if options.has_costs else {}),
            **learner.params,
        }

    def _decide_gate(self, model: TrainedModel) -> Verdict:
        """Compares the model with production, and shows the gate's verdict."""
        challenger = model.to_challenger(self.table)
        production = gate_production.compare_with_production(
            self.registry,
            self.settings.model_name,
            self.settings.alias,
            challenger,
            self.table,
            trusted=self.settings.trusted_keys,
        )
        if production is not None and production.model is None:
            self.progress.warn(f"not compared with production: {production.reason}")
        if production is not None and production.comparison is not None:
            for warning in production.comparison.warnings:
                self.progress.warn(warning)
        verdict = decide_gate(model.parity, challenger, production, self.request.gate)
        self.progress.show(verdict.to_table())
        return verdict

    def _log(
        self,
        subject: Subject,
        verdict: Verdict,
        metrics: Mapping[str, float],
        params: Mapping[str, Any],
    ) -> VersionEntry:
        """Logs the model, its evaluation and the verdict; returns what is to be registered."""
        table, summary = self.table, summarize(subject)
        manifest = registration.build_manifest(table, verdict)
        files = build_run_files(subject)
        profile = build_profile(table, subject.model.report.held_out.answers)
        contents = Contents(
            pipeline=subject.model.pipeline,
            onnx=subject.model.onnx,
            columns=table.columns,
            output_schema=table.output_schema,
            features=table.features[~table.held_out],
            private_columns=table.private_columns,
            more_files={PROFILE_FILE: profile.to_json()},
        )
        task = table.output_schema.task
        with run.create_logged_model(
            self.settings.model_name, self.run_id, params, task
        ) as model_id:
            run.log_evaluation(metrics, files, model_id)
            digest = run.upload_model(contents, manifest, model_id, self.run_id)
        run.log_verdict(verdict)
        run.describe_run(summary)
        return VersionEntry(
            model_id=model_id,
            run_id=self.run_id,
            tags=registration.build_tags(digest, verdict),
            description=truncate_with_ellipsis(summary, MAX_DESCRIPTION),
        )
