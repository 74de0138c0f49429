import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


@pytest.fixture(scope="module")
def trained(shared_workshop: Workshop) -> Workshop:
    """A workshop with version 1."""
    shared_workshop.train()
    return shared_workshop


@contextmanager
def tampered(workshop: Workshop, change: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """Changes the run record of version 1 until the block ends."""
    client = mlflow.MlflowClient(workshop.options.tracking_uri)
    run_id = workshop.registry.get_version(workshop.name, "1").run_id
    text = mlflow.artifacts.load_text(f"runs:/{run_id}/{run_record.RECORD_FILE}")
    document = json.loads(text)
    change(document)
    client.log_text(run_id, json.dumps(document), run_record.RECORD_FILE)
    yield
    client.log_text(run_id, text, run_record.RECORD_FILE)


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


def test_different_training_is_detected(trained: Workshop) -> None:
    """Metrics and outputs are listed if the run record does not match the version."""
    other = {"params": {"C": "0.0001"}}
    with tampered(trained, lambda record: record["request"]["train"].update(other)):
        differences = reproduce_again(trained, "1").differences
    assert any(each.startswith("test_roc_auc was") for each in differences)
    assert differences[-1].startswith("ONNX outputs differ by")


def test_different_table_is_rejected(trained: Workshop, tmp_path: Path) -> None:
    """Its checksum differs; without a table, the error names the file."""
    altered = tmp_path / "altered.csv"
    altered.write_text(trained.file.read_text().replace("a", "b", 1))
    with pytest.raises(DataError, match=r"altered\.csv is not the table that version 1"):
        reproduce_again(trained, "1", altered)
    with pytest.raises(DataError, match=r"was trained on t\.csv \(SHA-256 .*name that file"):
        reproduce("1", None, trained.options, Notes())


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


def test_changed_library_is_a_warning(trained: Workshop) -> None:
    notes = Notes()
    with tampered(trained, lambda record: record["requirements"].update(numpy="1.0")):
        again = reproduce("1", trained.file, trained.options, notes)
    assert not again.differences
    assert [each for each in notes.warnings if each.startswith("numpy changed from 1.0 to")]


def test_version_without_a_run_record_is_rejected(trained: Workshop) -> None:
    """Such as a version registered by plain MLflow."""
    client = mlflow.MlflowClient(trained.options.tracking_uri)
    first = trained.registry.get_version(trained.name, "1")
    run = client.create_run(client.get_run(first.run_id).info.experiment_id)
    plain = trained.registry.create_version(
        trained.name, source=first.source, run_id=run.info.run_id, tags={}
    )
    with pytest.raises(RecordMissing, match=r"version 2 has no run record"):
        reproduce_again(trained, plain.version)
    with pytest.raises(VersionNotFound):
        reproduce_again(trained, "99")
    with pytest.raises(AliasNotSet):
        reproduce_again(trained, "unset")


def test_run_has_no_path_of_this_machine(trained: Workshop) -> None:
    """Its tags and its run record have none."""
    folder = str(trained.file.parent)
    run_id = trained.registry.get_version(trained.name, "1").run_id
    run = mlflow.MlflowClient(trained.options.tracking_uri).get_run(run_id)
    text = mlflow.artifacts.load_text(f"runs:/{run_id}/{run_record.RECORD_FILE}")
    assert json.loads(text)["request"]["data"]["file"] == trained.file.name
    assert folder not in text
    assert not [value for value in run.data.tags.values() if str(value).startswith("/")]
    assert run.inputs is not None
    assert run.inputs.dataset_inputs
    assert not [each for each in run.inputs.dataset_inputs if folder in str(each)]
    card = mlflow.artifacts.load_text(f"runs:/{run_id}/model_card.md")
    assert folder not in card
    requirements = mlflow.artifacts.load_text(f"runs:/{run_id}/{run_record.REQUIREMENTS_FILE}")
    assert "scikit-learn==" in requirements
