from dataclasses import replace
from pathlib import Path

import mlflow
import pandas as pd
import pytest

from baton_registry.promotion.alias_moves import CHALLENGER
from baton_registry.rest.fetch import fetch, fetch_manifest
from baton_registry.versions.keys import generate_key_pair, parse_signing_key
from baton_registry.versions.signing import check_signature
from baton_trainer.gate import production
from baton_trainer.gate.production import Production
from baton_trainer.request import Columns, Data
from baton_trainer.tables.files import reading
from baton_trainer.tracking import logged_model
from baton_trainer.training import train
from tests.support.trainer.tables import ROWS, TARGET, Notes
from tests.support.trainer.workshop import Workshop


@pytest.fixture(scope="module")
def in_production(shared_workshop: Workshop) -> Workshop:
    """A workshop with version 1 in production; the tests add versions."""
    good = shared_workshop.train(params={"C": "0.5"}, cost_fn=5)
    shared_workshop.registry.set_alias(shared_workshop.name, "production", good.version)
    return shared_workshop


def test_version_has_all_that_serving_and_promotion_need(
    workshop: Workshop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Verdict, valid checksums, the data's checksum and the alias; nothing on stdout."""
    result = workshop.train()
    version = workshop.registry.resolve_alias(workshop.name, CHALLENGER)
    assert (version.version, version.run_id) == (result.version, result.run_id)
    assert result.gate_passed
    assert version.tags["baton.gate"] == "passed"
    assert set(version.tags) == {"baton.gate", "baton.manifest"}
    fetched = fetch(workshop.registry, version, tmp_path)
    assert fetched.verified
    assert fetched.manifest.data_sha256 == reading.read(workshop.file, Data()).sha256
    assert fetched.input_example is not None
    assert capsys.readouterr().out == ""


@pytest.mark.filterwarnings("ignore")  # MLflow's own, on downloading
def test_manifest_lists_every_stored_file(in_production: Workshop, tmp_path: Path) -> None:
    version = in_production.registry.get_version(in_production.name, "1")
    record = fetch(in_production.registry, version, tmp_path).manifest
    mlflow.set_tracking_uri(in_production.options.tracking_uri)
    folder = mlflow.artifacts.download_artifacts(version.source, dst_path=str(tmp_path / "all"))
    stored = logged_model.compute_checksums(Path(folder))
    stored.pop("registered_model_meta", None)  # MLflow writes it when it downloads
    assert stored == {**record.files, "baton-manifest.json": version.tags["baton.manifest"]}


def test_run_has_params_metrics_datasets_and_plots(workshop: Workshop) -> None:
    result = workshop.train(params={"C": "0.5"}, cost_fn=5)
    (logged,) = workshop.runs()
    assert logged.info.status == "FINISHED"
    assert logged.data.params["C"] == "0.5"
    assert logged.data.params["estimator"] == "logistic"
    assert (logged.data.params["cost_fp"], logged.data.params["cost_fn"]) == ("1.0", "5.0")
    assert logged.data.metrics == pytest.approx(dict(result.metrics))
    artifacts = mlflow.MlflowClient()
    assert {each.path for each in artifacts.list_artifacts(result.run_id)} >= {"gate.json"}
    contexts = {each.tags[0].value for each in logged.inputs.dataset_inputs}
    assert contexts == {"training", "testing"}
    plots = artifacts.list_artifacts(result.run_id, "plots")
    assert len(plots) == 8
    assert logged.data.tags["baton.gate"] == "passed"


def test_trials_are_nested_runs_and_the_best_is_registered(
    workshop: Workshop,
) -> None:
    """Each trial has its parameters and metrics; the best is fitted again."""
    notes = Notes()
    train(workshop.request(search=3, seed=5), workshop.options, notes)
    *trials, parent = sorted(workshop.runs(), key=lambda run: -run.info.start_time)
    assert parent.data.params["search"] == "3"
    assert parent.data.params["seed"] == parent.data.params["random_state"] == "5"
    assert {each.data.tags["mlflow.parentRunId"] for each in trials} == {parent.info.run_id}
    assert all(each.info.status == "FINISHED" for each in trials)
    best = max(trials, key=lambda each: float(each.data.metrics["cv_roc_auc"]))
    assert len(trials) == len(notes.steps_done) == 3
    assert best.data.params.items() <= parent.data.params.items()
    assert "searching 3" in notes.phases


def test_training_again_on_the_same_data_passes_with_the_same_metrics(
    in_production: Workshop,
) -> None:
    """Challenger and production have the same figure on the held-out rows."""
    *_, first = in_production.runs()
    second = in_production.train(params={"C": "0.5"}, cost_fn=5)
    assert second.gate_passed
    assert second.version != "1"
    known = first.data.metrics
    assert second.metrics["production_roc_auc"] == pytest.approx(known["test_roc_auc"])
    assert {name: second.metrics[name] for name in known} == pytest.approx(known)


def test_worse_challenger_is_registered_but_fails_the_gate(
    in_production: Workshop, tmp_path: Path
) -> None:
    """The tag says why, and the alias stays on the version that passed."""
    workshop = in_production
    passed = workshop.registry.resolve_alias(workshop.name, CHALLENGER)
    *_, good = workshop.runs()
    worse = workshop.train(
        estimator="random_forest", params={"n_estimators": "1", "max_depth": "1"}
    )
    assert not worse.gate_passed
    assert worse.gate.startswith("failed: ROC AUC 0.")
    version = workshop.registry.get_version(workshop.name, worse.version)
    assert version.tags["baton.gate"] == worse.gate
    figures = fetch_manifest(workshop.registry, version, tmp_path).gate_figures
    assert figures["production_roc_auc"] == pytest.approx(good.data.metrics["test_roc_auc"])
    assert (figures["gate_roc_auc_difference_high"] or 0) < -0.01
    assert figures["against_version"] == 1.0
    assert 0 < (figures["other_label_share"] or 0) < 1
    assert [name for name in figures if name.startswith("score_")] == ["score_shift.yes"]
    assert "against_version" not in worse.metrics
    challenger = workshop.registry.resolve_alias(workshop.name, CHALLENGER)
    assert challenger.version == passed.version


def test_rows_of_one_id_are_held_out_together(workshop: Workshop, tmp_path: Path) -> None:
    """The manifest names the id, so a later comparison finds the held-out rows."""
    frame = pd.read_csv(workshop.file).assign(customer=[f"c{row % 150}" for row in range(ROWS)])
    frame.to_csv(workshop.file, index=False)
    columns = Columns(target=TARGET, id=("customer",))
    request = workshop.request().model_copy(update={"columns": columns})
    first = train(request, workshop.options)
    version = workshop.registry.get_version(workshop.name, first.version)
    assert fetch_manifest(workshop.registry, version, tmp_path).held_out_by == "customer"
    workshop.registry.set_alias(workshop.name, "production", first.version)
    second = train(request, workshop.options)
    assert second.gate_passed
    assert second.metrics["production_roc_auc"] == pytest.approx(first.metrics["test_roc_auc"])


def test_production_that_cannot_be_compared_is_a_warning(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The challenger passes without a comparison, so a warning says so."""
    notes = Notes()
    unloadable = Production("3", reason="version 3 has no ONNX model")
    monkeypatch.setattr(production, "compare_with_production", lambda *_, **__: unloadable)
    assert train(workshop.request(), workshop.options, notes).gate_passed
    assert notes.warnings == ["not compared with production: version 3 has no ONNX model"]
    assert notes.phases[0] == "reading the table"
    assert notes.phases[-1] == "registering the version"


def test_signed_version_is_not_compared_with_an_unsigned_one(in_production: Workshop) -> None:
    """A forged version never runs next to the signing key; the creating call has the signature."""
    key = parse_signing_key(generate_key_pair()[0])
    keys = {"signing_key": key, "trusted_keys": (key.public,)}
    workshop = replace(in_production, options=in_production.options.model_copy(update=keys))
    notes = Notes()

    signed = train(workshop.request(), workshop.options, notes)

    check_signature(workshop.registry.get_version(workshop.name, signed.version), [key.public])
    (warning,) = notes.warnings
    assert "not signed by a trusted key" in warning
    assert "production_roc_auc" not in signed.metrics
