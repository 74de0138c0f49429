"""Drift of a trained version: a real profile, a real log, and a run in a real MLflow."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import mlflow
import pytest

from baton_registry.versions.monitoring_tags import DRIFT_TAG, DriftTag
from baton_trainer.errors import DataError, ProfileMissing
from baton_trainer.monitoring.drift.check_drift import DriftRequest, check_drift
from baton_trainer.monitoring.drift.display.drift_run import log_report
from baton_trainer.monitoring.drift.display.page import render_page
from baton_trainer.monitoring.drift.drift_report import DriftReport
from tests.support.trainer.prediction_log import NOON, MadeLog
from tests.support.trainer.scored_log import add_scored_rows, load
from tests.support.trainer.tables import Notes, make_features
from tests.support.trainer.workshop import Workshop

NOW = NOON + timedelta(hours=1)
WEEK_S = 7 * 86_400.0


@pytest.fixture(scope="module")
def trained(shared_workshop: Workshop) -> Workshop:
    """A workshop with version 1."""
    shared_workshop.train()
    return shared_workshop


@pytest.fixture
def log(trained: Workshop, tmp_path: Path) -> MadeLog:
    return MadeLog(tmp_path / "log", trained.name)


def fill(trained: Workshop, log: MadeLog, **columns: Any) -> None:
    """Logs rows of the table's source, some of whose columns have changed."""
    frame = make_features(500, seed=9).replace("", None)
    types: dict[str, dict[Any, Any]] = {
        "gappy flag": {"true": True, "false": False},
        "gappy whole": {"1": 1, "2": 2, "3": 3},
    }
    for name, values in types.items():
        frame[name] = frame[name].map(values)
    model = load(trained.registry, trained.name, "1")
    add_scored_rows(log, "1", model, frame.assign(**columns))


def check(trained: Workshop, log: MadeLog, **choices: Any) -> DriftReport:
    request = DriftRequest(log.folder, "1", NOW, WEEK_S, **choices)
    return check_drift(request, trained.options, Notes())


def test_rows_of_the_same_source_have_not_drifted(trained: Workshop, log: MadeLog) -> None:
    """Columns of every type, with and without gaps, and every output."""
    fill(trained, log)
    report = check(trained, log)
    assert report.drifted == []
    assert (report.rows, report.not_logged) == (500, ())
    columns = {each.name for each in report.columns if each.kind == "column"}
    assert columns == set(make_features())
    assert {each.name for each in report.columns if each.kind == "output"} == {
        "label",
        "probability_no",
        "probability_yes",
    }
    assert all(not each.cells.unseen for each in report.columns)
    gaps = {each.name: each.missing for each in report.columns}
    assert gaps["gappy text"] == pytest.approx(1 / 3, abs=0.07)


def test_changed_columns_are_named(trained: Workshop, log: MadeLog) -> None:
    fill(trained, log, whole=range(30, 530), label="d")
    report = check(trained, log)
    names = [each.name for each in report.drifted if each.kind == "column"]
    assert sorted(names) == ["label", "whole"]


def test_rows_before_the_window_do_not_count(trained: Workshop, log: MadeLog) -> None:
    fill(trained, log)
    request = DriftRequest(log.folder, "1", NOW + timedelta(days=30), WEEK_S)
    report = check_drift(request, trained.options, Notes())
    assert (report.rows, report.tested) == (0, [])
    assert report.message.startswith("Too few rows")


def test_table_takes_the_place_of_the_profile(trained: Workshop, log: MadeLog) -> None:
    """Training on it would store the same profile: here it is the table of the training."""
    fill(trained, log)
    by_profile, by_table = check(trained, log), check(trained, log, data=trained.file)
    assert by_table.reference == str(trained.file)
    assert by_table.rows_before == by_profile.rows_before
    assert [each.cells.before.tolist() for each in by_table.columns] == [
        each.cells.before.tolist() for each in by_profile.columns
    ]


def test_version_without_a_profile(trained: Workshop, workshop: Workshop, tmp_path: Path) -> None:
    """The message says what to do. MLflow's client registered the files, without a manifest."""
    client = mlflow.MlflowClient(workshop.options.tracking_uri)
    client.create_registered_model(workshop.name)
    source = trained.registry.get_version(trained.name, "1").source
    client.create_model_version(workshop.name, source, model_id=source.removeprefix("models:/"))
    log = MadeLog(tmp_path / "log", workshop.name)
    log.add_predictions("1", [{"label": "yes"}])
    with pytest.raises(ProfileMissing, match=r"version 1 has no profile\.json.*--data FILE"):
        check(workshop, log)
    report = check(workshop, log, data=workshop.file)  # MLflow knows the run of the files
    assert report.rows == 1


def test_no_log_is_an_error(trained: Workshop, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no prediction log there"):
        check(trained, MadeLog(tmp_path / "nothing", trained.name))


def test_report_is_logged(trained: Workshop, log: MadeLog) -> None:
    """A metric a column, whatever its name; the page; the tag of the model."""
    fill(trained, log, whole=range(30, 530))
    report = check(trained, log)
    run_id = log_report(report, trained.options)
    client = mlflow.MlflowClient(trained.options.tracking_uri)
    run = client.get_run(run_id)
    assert (run.info.status, run.info.run_name) == ("FINISHED", "drift of version 1")
    assert run.data.metrics["drift.psi.whole"] > 0.25
    assert "drift.psi.prix (€)".replace("(", "_").replace(")", "_").replace("€", "_") in (
        run.data.metrics
    )
    assert {each.path for each in client.list_artifacts(run_id)} == {"drift.html", "drift.json"}
    tag = DriftTag.from_text(trained.registry.get_model_tags(trained.name)[DRIFT_TAG])
    assert tag == report.to_tag()


def test_logged_report_has_no_texts_of_callers(trained: Workshop, log: MadeLog) -> None:
    """A run outlives the log. Who asks for the report sees them."""
    fill(trained, log, label="joe@example.com")
    report = check(trained, log)
    assert "joe@example.com" in render_page(report)
    run_id = log_report(report, trained.options)
    for name in ("drift.html", "drift.json"):
        content = mlflow.artifacts.load_text(f"runs:/{run_id}/{name}")
        assert "joe@example.com" not in content
        assert "unseen" in content
