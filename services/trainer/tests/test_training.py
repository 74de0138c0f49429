import signal
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pytest

from baton_registry.errors import AliasNotSet, RegistryUnavailable
from baton_registry.promotion.alias_moves import CHALLENGER
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import fetch, fetch_record
from baton_registry.versions.keys import generate_key_pair, parse_signing_key
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.signing import check_signature
from baton_trainer.errors import DataError, RecordError
from baton_trainer.gate import production
from baton_trainer.gate.production import Production
from baton_trainer.request import Columns, Data, TrainRequest
from baton_trainer.settings import TrainerSettings
from baton_trainer.tables.files import reading
from baton_trainer.tracking import logged_model, run
from baton_trainer.training import train
from tests.support.trainer.tables import ROWS, TARGET, Notes
from tests.support.trainer.workshop import Workshop


def test_a_version_is_registered_with_all_that_serving_and_promotion_need(
    workshop: Workshop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Verdict, checksums that hold, the data's checksum and the alias; stdout stays clean."""
    result = workshop.train()
    version = workshop.registry.resolve_alias(workshop.name, CHALLENGER)
    assert (version.version, version.run_id) == (result.version, result.run_id)
    assert result.gate_passed
    assert version.tags["baton.gate"] == "passed"
    assert set(version.tags) == {"baton.gate", "baton.manifest"}
    fetched = fetch(workshop.registry, version, tmp_path)
    assert fetched.verified
    assert fetched.record.data_sha256 == reading.read(workshop.file, Data()).sha256
    assert fetched.input_example is not None
    assert capsys.readouterr().out == ""


@pytest.mark.filterwarnings("ignore")  # MLflow's own, on downloading
def test_the_checksums_are_those_of_every_file_as_it_is_stored(
    workshop: Workshop, tmp_path: Path
) -> None:
    """Not one file more or less, whoever downloads them."""
    result = workshop.train()
    version = workshop.registry.get_version(workshop.name, result.version)
    record = fetch(workshop.registry, version, tmp_path).record
    mlflow.set_tracking_uri(workshop.options.tracking_uri)
    folder = mlflow.artifacts.download_artifacts(version.source, dst_path=str(tmp_path / "all"))
    stored = logged_model.checksums(Path(folder))
    stored.pop("registered_model_meta", None)  # written by MLflow where it downloads
    assert stored == {**record.files, "baton-manifest.json": version.tags["baton.manifest"]}


def test_the_run_tells_the_whole_story(workshop: Workshop) -> None:
    """Parameters, metrics, both parts of the dataset, the pictures, and how it ended."""
    result = workshop.train(params={"C": "0.5"}, cost_fn=5)
    (found,) = workshop.runs()
    assert found.info.status == "FINISHED"
    assert found.data.params["C"] == "0.5"
    assert found.data.params["estimator"] == "logistic"
    assert (found.data.params["cost_fp"], found.data.params["cost_fn"]) == ("1.0", "5.0")
    assert found.data.metrics == pytest.approx(dict(result.metrics))
    artifacts = mlflow.MlflowClient()
    assert {each.path for each in artifacts.list_artifacts(result.run_id)} >= {"gate.json"}
    contexts = {each.tags[0].value for each in found.inputs.dataset_inputs}
    assert contexts == {"training", "testing"}
    pictures = artifacts.list_artifacts(result.run_id, "plots")
    assert len(pictures) == 8
    assert found.data.tags["baton.gate"] == "passed"


def test_a_search_is_runs_inside_the_run_and_the_best_of_them_is_registered(
    workshop: Workshop,
) -> None:
    """Each trial with its parameters and figures; the best is fitted again and is the version."""
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


def test_training_again_on_the_same_data_passes_with_the_same_metrics(workshop: Workshop) -> None:
    """Production's own figure on the held-out rows is the challenger's."""
    first = workshop.train()
    workshop.registry.set_alias(workshop.name, "production", first.version)
    second = workshop.train()
    assert second.gate_passed
    assert second.version != first.version
    assert second.metrics["production_roc_auc"] == pytest.approx(first.metrics["test_roc_auc"])
    assert {name: second.metrics[name] for name in first.metrics} == first.metrics


def test_a_worse_challenger_is_registered_but_not_let_through(
    workshop: Workshop, tmp_path: Path
) -> None:
    """The tag says why, and the alias stays on the version that passed."""
    good = workshop.train()
    workshop.registry.set_alias(workshop.name, "production", good.version)
    worse = workshop.train(
        estimator="random_forest", params={"n_estimators": "1", "max_depth": "1"}
    )
    assert not worse.gate_passed
    assert worse.gate.startswith("failed: ROC AUC 0.")
    version = workshop.registry.get_version(workshop.name, worse.version)
    assert version.tags["baton.gate"] == worse.gate
    figures = fetch_record(workshop.registry, version, tmp_path).gate_figures
    assert figures["production_roc_auc"] == pytest.approx(good.metrics["test_roc_auc"])
    assert (figures["gate_roc_auc_difference_high"] or 0) < -0.01
    challenger = workshop.registry.resolve_alias(workshop.name, CHALLENGER)
    assert challenger.version == good.version


def test_rows_of_one_id_are_held_out_together_and_the_version_says_so(
    workshop: Workshop, tmp_path: Path
) -> None:
    """Whoever is compared with it later finds the rows that it never saw."""
    frame = pd.read_csv(workshop.file).assign(customer=[f"c{row % 150}" for row in range(ROWS)])
    frame.to_csv(workshop.file, index=False)
    columns = Columns(target=TARGET, id=("customer",))
    request = workshop.request().model_copy(update={"columns": columns})
    first = train(request, workshop.options)
    version = workshop.registry.get_version(workshop.name, first.version)
    assert fetch_record(workshop.registry, version, tmp_path).held_out_by == "customer"
    workshop.registry.set_alias(workshop.name, "production", first.version)
    second = train(request, workshop.options)
    assert second.gate_passed
    assert second.metrics["production_roc_auc"] == pytest.approx(first.metrics["test_roc_auc"])


def test_bad_data_is_told_before_the_registry_is_asked(tmp_path: Path) -> None:
    """A user without a tracking server still learns what is wrong with the file."""
    options = TrainerSettings.model_validate({"MLFLOW_TRACKING_URI": "http://127.0.0.1:1"})
    with pytest.raises(DataError, match="No such file"):
        train(TrainRequest(data=Data(file=tmp_path / "nothing.csv")), options)


def test_an_absent_registry_is_told_before_long_work() -> None:
    """No fitting, no run: the address is in the line."""
    options = TrainerSettings.model_validate({"MLFLOW_TRACKING_URI": "http://127.0.0.1:1"})
    with pytest.raises(RegistryUnavailable, match=r"127\.0\.0\.1:1"):
        train(TrainRequest(), options)


@pytest.mark.parametrize("error", [RuntimeError("power cut"), mlflow.MlflowException("no room")])
def test_a_failure_inside_leaves_a_failed_run_and_no_version(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Also as late as in the upload; what MLflow says is one line."""

    def fail(*_: object) -> dict[str, str]:
        raise error

    monkeypatch.setattr(run, "upload", fail)
    expected = RuntimeError if isinstance(error, RuntimeError) else RecordError
    with pytest.raises(expected, match=str(error)):
        workshop.train()
    (found,) = workshop.runs()
    assert found.info.status == "FAILED"
    assert workshop.registry.list_versions(workshop.name) == []
    with pytest.raises(AliasNotSet):
        workshop.registry.resolve_alias(workshop.name, CHALLENGER)


def test_who_holds_signals_from_the_registration_on_gets_a_whole_version(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C between the version and its alias: both are there, and the run ends well."""
    came: list[int] = []
    create = RegistryClient.create_version

    def interrupted(*arguments: Any, **options: Any) -> ModelVersion:
        version = create(*arguments, **options)
        signal.raise_signal(signal.SIGINT)
        return version

    def hold() -> None:
        assert workshop.registry.list_versions(workshop.name) == []
        signal.signal(signal.SIGINT, lambda number, _: came.append(number))

    monkeypatch.setattr(RegistryClient, "create_version", interrupted)
    before = signal.getsignal(signal.SIGINT)
    try:
        result = train(workshop.request(), workshop.options, on_registering=hold)
    finally:
        signal.signal(signal.SIGINT, before)
    assert came == [signal.SIGINT]
    challenger = workshop.registry.resolve_alias(workshop.name, CHALLENGER)
    assert challenger.version == result.version
    (found,) = workshop.runs()
    assert found.info.status == "FINISHED"


def test_what_could_not_be_compared_is_told(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A production that plain MLflow made stops nobody, but nobody should think it was beaten."""
    notes = Notes()
    rival = Production("3", reason="version 3 has no ONNX model")
    monkeypatch.setattr(production, "look", lambda *_, **__: rival)
    assert train(workshop.request(), workshop.options, notes).gate_passed
    assert notes.warnings == ["not compared with production: version 3 has no ONNX model"]
    assert notes.phases[0] == "reading the table"
    assert notes.phases[-1] == "registering the version"


def test_a_version_is_signed_where_there_is_a_key(workshop: Workshop) -> None:
    """From its first moment on, so that who trusts the key need not wait."""
    key = parse_signing_key(generate_key_pair()[0])
    workshop.options = workshop.options.model_copy(update={"signing_key": key})
    result = workshop.train()
    check_signature(workshop.registry.get_version(workshop.name, result.version), [key.public])


def test_production_that_nobody_trusted_has_signed_is_not_compared_with(
    workshop: Workshop,
) -> None:
    """The trainer trusts whom inference trusts: a forged version never runs beside its key."""
    forged = workshop.train()
    workshop.registry.set_alias(workshop.name, "production", forged.version)
    key = parse_signing_key(generate_key_pair()[0])
    keys = {"signing_key": key, "trusted_keys": (key.public,)}
    workshop.options = workshop.options.model_copy(update=keys)
    notes = Notes()

    signed = train(workshop.request(), workshop.options, notes)

    (warning,) = notes.warnings
    assert "not signed by a trusted key" in warning
    assert "production_roc_auc" not in signed.metrics
