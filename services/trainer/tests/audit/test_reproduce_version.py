import json
import sqlite3
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pytest

from baton_registry.errors import AliasNotSet, VersionNotFound
from baton_trainer.audit.reproduce_version import reproduce
from baton_trainer.audit.reproduction import Reproduction
from baton_trainer.errors import DataError, RecordMissing
from baton_trainer.request import Data
from baton_trainer.tracking import run_record
from baton_trainer.training import train
from tests.support.trainer.tables import Notes
from tests.support.trainer.workshop import Workshop


def reproduce_again(workshop: Workshop, named: str, file: Path | None = None) -> Reproduction:
    return reproduce(named, file or workshop.file, workshop.options, Notes())


def tamper(workshop: Workshop, run_id: str, **train: Any) -> None:
    """Changes a run record."""
    mlflow.set_tracking_uri(workshop.options.tracking_uri)
    with mlflow.start_run(run_id=run_id):
        document = json.loads(
            mlflow.artifacts.load_text(f"runs:/{run_id}/{run_record.RECORD_FILE}")
        )
        document["request"]["train"] |= train
        mlflow.log_text(json.dumps(document), run_record.RECORD_FILE)


def test_version_is_reproduced_exactly(workshop: Workshop) -> None:
    """A number or an alias names it; nothing is logged or registered."""
    result = workshop.train(estimator="random_forest", params={"n_estimators": "9"}, seed=7)
    reproduction = reproduce_again(workshop, result.version)
    assert reproduction.differences == []
    assert reproduction.outputs.max_abs_diff == 0
    assert reproduce_again(workshop, "challenger") == reproduction
    assert len(workshop.runs()) == 1
    assert len(workshop.registry.list_versions(workshop.name)) == 1


@pytest.mark.filterwarnings("ignore")  # Optuna's own
def test_result_of_a_search_is_trained_again(workshop: Workshop) -> None:
    """The trials are not repeated."""
    result = workshop.train(search=3)
    assert reproduce_again(workshop, result.version).differences == []
    assert len([each for each in workshop.runs() if each.info.run_name == "logistic"]) == 1


def test_different_training_is_detected(workshop: Workshop) -> None:
    """Metrics and outputs are listed if the run record does not match the version."""
    result = workshop.train()
    tamper(workshop, result.run_id, params={"C": "0.0001"})
    differences = reproduce_again(workshop, result.version).differences
    assert any(each.startswith("test_roc_auc was") for each in differences)
    assert differences[-1].startswith("ONNX outputs differ by")


def test_different_table_is_rejected(workshop: Workshop, tmp_path: Path) -> None:
    """Its checksum differs; without a table, the error names the file."""
    result = workshop.train()
    altered = tmp_path / "altered.csv"
    altered.write_text(workshop.file.read_text().replace("a", "b", 1))
    with pytest.raises(DataError, match=r"altered\.csv is not the table that version 1"):
        reproduce_again(workshop, result.version, altered)
    with pytest.raises(DataError, match=r"was trained on t\.csv \(SHA-256 .*name that file"):
        reproduce(result.version, None, workshop.options, Notes())


def test_query_is_run_again(workshop: Workshop, tmp_path: Path) -> None:
    """No table is named; other rows are noticed."""
    pd.read_csv(workshop.file).to_sql("t", f"sqlite:///{tmp_path}/t.db", index=False)
    data = Data(file=f"sqlite:///{tmp_path}/t.db", query="SELECT * FROM t ORDER BY rowid")
    request = workshop.request().model_copy(update={"data": data})
    result = train(request, workshop.options)
    again = reproduce(result.version, None, workshop.options, Notes())
    assert again.differences == []
    with sqlite3.connect(tmp_path / "t.db") as connection:
        connection.execute("DELETE FROM t WHERE rowid = 1")
    with pytest.raises(DataError, match="is not the table that version 1"):
        reproduce(result.version, None, workshop.options, Notes())


def test_changed_library_is_a_warning(workshop: Workshop) -> None:
    result = workshop.train()
    mlflow.set_tracking_uri(workshop.options.tracking_uri)
    with mlflow.start_run(run_id=result.run_id):
        text = mlflow.artifacts.load_text(f"runs:/{result.run_id}/{run_record.RECORD_FILE}")
        document = json.loads(text)
        document["requirements"]["numpy"] = "1.0"
        mlflow.log_text(json.dumps(document), run_record.RECORD_FILE)
    notes = Notes()
    assert not reproduce(result.version, workshop.file, workshop.options, notes).differences
    assert [each for each in notes.warnings if each.startswith("numpy changed from 1.0 to")]


def test_version_without_a_run_record_is_rejected(workshop: Workshop) -> None:
    """Such as a version registered by plain MLflow."""
    result = workshop.train()
    client = mlflow.MlflowClient(workshop.options.tracking_uri)
    run = client.create_run(client.get_run(result.run_id).info.experiment_id)
    source = workshop.registry.get_version(workshop.name, result.version).source
    plain = workshop.registry.create_version(
        workshop.name, source=source, run_id=run.info.run_id, tags={}
    )
    with pytest.raises(RecordMissing, match=r"version 2 has no run record"):
        reproduce_again(workshop, plain.version)
    client.delete_run(result.run_id)
    with pytest.raises(VersionNotFound):
        reproduce_again(workshop, "99")
    with pytest.raises(AliasNotSet):
        reproduce_again(workshop, "unset")


def test_run_has_no_path_of_this_machine(workshop: Workshop, tmp_path: Path) -> None:
    """Its tags and its run record have none."""
    result = workshop.train()
    (run,) = workshop.runs()
    text = mlflow.artifacts.load_text(f"runs:/{result.run_id}/{run_record.RECORD_FILE}")
    assert json.loads(text)["request"]["data"]["file"] == workshop.file.name
    assert str(tmp_path) not in text
    assert not [value for value in run.data.tags.values() if str(value).startswith("/")]
    assert not [each for each in run.inputs.dataset_inputs if str(tmp_path) in str(each)]
    card = mlflow.artifacts.load_text(f"runs:/{result.run_id}/model_card.md")
    assert str(tmp_path) not in card
    requirements = mlflow.artifacts.load_text(
        f"runs:/{result.run_id}/{run_record.REQUIREMENTS_FILE}"
    )
    assert "scikit-learn==" in requirements
