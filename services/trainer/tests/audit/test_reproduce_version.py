import json
from pathlib import Path
from typing import Any

import mlflow
import pytest

from baton_registry.errors import AliasNotSet, VersionNotFound
from baton_trainer.errors import DataError, RecordMissing
from baton_trainer.audit.reproduce_version import repeat
from baton_trainer.audit.reproduction import Reproduction
from baton_trainer.tracking import record
from tests.support.trainer.tables import Notes
from tests.support.trainer.workshop import Workshop


def again(workshop: Workshop, named: str, file: Path | None = None) -> Reproduction:
    return repeat(named, file or workshop.file, workshop.options, Notes())


def tampered(workshop: Workshop, run_id: str, **train: Any) -> None:
    """Puts another answer into the place of a run's record."""
    mlflow.set_tracking_uri(workshop.options.tracking_uri)
    with mlflow.start_run(run_id=run_id):
        document = json.loads(mlflow.artifacts.load_text(f"runs:/{run_id}/{record.FILE}"))
        document["request"]["train"] |= train
        mlflow.log_text(json.dumps(document), record.FILE)


def test_a_version_comes_out_the_same(workshop: Workshop) -> None:
    """By number and by alias, with its parameters and seed; nothing is logged or registered."""
    result = workshop.train(estimator="random_forest", params={"n_estimators": "9"}, seed=7)
    found = again(workshop, result.version)
    assert found.differences == []
    assert found.outputs.max_abs_diff == 0
    assert again(workshop, "challenger") == found
    assert len(workshop.runs()) == 1
    assert len(workshop.registry.list_versions(workshop.name)) == 1


@pytest.mark.filterwarnings("ignore")  # Optuna's own
def test_what_a_search_found_is_trained_again(workshop: Workshop) -> None:
    """The trials are not repeated."""
    result = workshop.train(search=3)
    assert again(workshop, result.version).differences == []
    assert len([each for each in workshop.runs() if each.info.run_name == "logistic"]) == 1


def test_another_training_does_not(workshop: Workshop) -> None:
    """Metrics and outputs are told where the record is not what was done."""
    result = workshop.train()
    tampered(workshop, result.run_id, params={"C": "0.0001"})
    differences = again(workshop, result.version).differences
    assert any(each.startswith("test_roc_auc was") for each in differences)
    assert differences[-1].startswith("ONNX outputs differ by")


def test_another_table_is_refused(workshop: Workshop, tmp_path: Path) -> None:
    """By its checksum: one altered cell is enough. Without a table, its name is told."""
    result = workshop.train()
    altered = tmp_path / "altered.csv"
    altered.write_text(workshop.file.read_text().replace("a", "b", 1))
    with pytest.raises(DataError, match=r"altered\.csv is not the table that version 1"):
        again(workshop, result.version, altered)
    with pytest.raises(DataError, match=r"was trained on t\.csv \(SHA-256 .*name that file"):
        repeat(result.version, None, workshop.options, Notes())


def test_what_is_not_as_it_was_is_a_warning(workshop: Workshop) -> None:
    """By name; the training goes on."""
    result = workshop.train()
    mlflow.set_tracking_uri(workshop.options.tracking_uri)
    with mlflow.start_run(run_id=result.run_id):
        text = mlflow.artifacts.load_text(f"runs:/{result.run_id}/{record.FILE}")
        document = json.loads(text)
        document["requirements"]["numpy"] = "1.0"
        mlflow.log_text(json.dumps(document), record.FILE)
    notes = Notes()
    assert not repeat(result.version, workshop.file, workshop.options, notes).differences
    assert [each for each in notes.warnings if each.startswith("numpy was 1.0 and is")]


def test_a_version_without_a_record_is_refused(workshop: Workshop) -> None:
    """One that plain MLflow registered, with a run or without."""
    result = workshop.train()
    client = mlflow.MlflowClient(workshop.options.tracking_uri)
    run = client.create_run(client.get_run(result.run_id).info.experiment_id)
    source = workshop.registry.get_version(workshop.name, result.version).source
    plain = workshop.registry.create_version(
        workshop.name, source=source, run_id=run.info.run_id, tags={}
    )
    with pytest.raises(RecordMissing, match=r"version 2 does not say how it was trained"):
        again(workshop, plain.version)
    client.delete_run(result.run_id)
    with pytest.raises(VersionNotFound):
        again(workshop, "99")
    with pytest.raises(AliasNotSet):
        again(workshop, "nobody")


def test_the_run_holds_no_path_of_this_machine(workshop: Workshop, tmp_path: Path) -> None:
    """Neither in its tags nor in its record, which everybody may read."""
    result = workshop.train()
    (run,) = workshop.runs()
    text = mlflow.artifacts.load_text(f"runs:/{result.run_id}/{record.FILE}")
    assert json.loads(text)["request"]["data"]["file"] == workshop.file.name
    assert str(tmp_path) not in text
    assert not [value for value in run.data.tags.values() if str(value).startswith("/")]
    assert not [each for each in run.inputs.dataset_inputs if str(tmp_path) in str(each)]
    card = mlflow.artifacts.load_text(f"runs:/{result.run_id}/model_card.md")
    assert str(tmp_path) not in card
    requirements = mlflow.artifacts.load_text(f"runs:/{result.run_id}/{record.REQUIREMENTS_FILE}")
    assert "scikit-learn==" in requirements
