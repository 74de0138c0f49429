"""Live quality of two trained versions: measured, compared, recorded in a real MLflow."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest
from rich.console import Console
from sklearn.metrics import roc_auc_score

from baton_registry.promotion.alias_moves import promote
from baton_trainer.errors import DataError
from baton_trainer.monitoring.quality.measuring import measure_quality
from baton_trainer.monitoring.quality.recording import build_tag, record_quality
from baton_trainer.monitoring.quality.report import QualityReport
from baton_trainer.monitoring.quality.request import QualityRequest
from baton_trainer.monitoring.quality.tables import explain_no_rollback, render_quality
from baton_trainer.tables import loading
from baton_trainer.training import train
from tests.support.trainer.prediction_log import NOON, MadeLog
from tests.support.trainer.scored_log import add_scored_rows, add_truths, list_answers, load
from tests.support.trainer.tables import Notes
from tests.support.trainer.workshop import Workshop

STUMP = {"n_estimators": "1", "max_depth": "1"}
NOW = NOON + timedelta(days=2)


@pytest.fixture(scope="module")
def pair(shared_workshop: Workshop) -> Workshop:
    """A workshop with a good version 1, and a worse version 2 that is in production."""
    shared_workshop.train()
    shared_workshop.train(estimator="random_forest", params=STUMP)
    for version in "12":
        promote(
            shared_workshop.registry,
            shared_workshop.name,
            version,
            alias="production",
            by="test",
            force=True,
        )
    return shared_workshop


@pytest.fixture
def log(pair: Workshop, tmp_path: Path) -> MadeLog:
    return MadeLog(tmp_path / "log", pair.name)


def measure(pair: Workshop, log: MadeLog, **choices: Any) -> QualityReport:
    request = QualityRequest(log.folder, NOW, **choices)
    return measure_quality(request, pair.options, Notes())


def fill(pair: Workshop, log: MadeLog, version: str = "2", **more: Any) -> tuple[Any, Any]:
    """Logs and labels the workshop's table; returns features and truths."""
    table = loading.load(pair.request())
    features, truths = table.features, table.target.tolist()
    model = load(pair.registry, pair.name, version)
    add_truths(log, add_scored_rows(log, version, model, features, **more), truths)
    return features, truths


def render(report: QualityReport) -> str:
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(render_quality(report))
    return console.export_text()


def test_production_is_compared_with_the_version_before(pair: Workshop, log: MadeLog) -> None:
    """The version before scores the logged rows now, exactly as if it had answered them."""
    features, truths = fill(pair, log)
    report = measure(pair, log)
    [version] = report.versions
    one, two = (load(pair.registry, pair.name, each) for each in "12")
    first, second = (
        list_answers(each, features)["probability_yes"].to_numpy(float) for each in (one, two)
    )
    is_yes = np.array(truths) == "yes"
    assert version.figures["roc_auc"].value == pytest.approx(roc_auc_score(is_yes, second))
    run = mlflow.MlflowClient(pair.options.tracking_uri).get_run(version.run_id)
    assert version.figures["roc_auc"].training == run.data.metrics["test_roc_auc"]
    paired = report.paired
    assert paired is not None
    assert (paired.version, paired.before, paired.rows, paired.logged) == ("2", "1", 400, 0)
    assert paired.losses is not None
    expected = np.mean((second - is_yes) ** 2 - (first - is_yes) ** 2)
    assert paired.losses.mean == pytest.approx(expected, abs=1e-4)
    assert paired.is_worse
    assert paired.difference is not None
    assert paired.difference.second == pytest.approx(roc_auc_score(is_yes, first))
    text = render(report)

    assert "evidence that version 2 is worse than version 1" in text
    assert "version 1 has scored 400 of them now" in text
    assert "early labels are biased" in text


def test_pairs_of_the_log_need_no_features(pair: Workshop, log: MadeLog) -> None:
    """And a missing feature is one line, without which nothing else is lost."""
    table = loading.load(pair.request())
    model, before = (load(pair.registry, pair.name, each) for each in "21")
    features = table.features.head(100)
    others = list_answers(before, features, "other_").assign(other_version="1")
    rows = list_answers(model, features).join(others)
    rows["request_id"] = [f"r{number}" for number in range(100)]
    log.add_predictions("2", rows.to_dict(orient="records"))
    add_truths(log, rows["request_id"].tolist(), table.target.head(100).tolist())
    alone = list_answers(model, features.head(1)).assign(request_id="alone")
    log.add_predictions("2", alone.to_dict(orient="records"))
    add_truths(log, ["alone"], ["yes"])
    paired = measure(pair, log).paired
    assert paired is not None
    assert (paired.rows, paired.logged) == (100, 100)
    assert "which the log does not have" in paired.problem


def test_figures_become_metrics_and_a_tag(pair: Workshop, log: MadeLog) -> None:
    """Beside those of the training, a day later; the tag is short JSON."""
    fill(pair, log)
    report = measure(pair, log)
    record_quality(report, pair.options)
    [version] = report.versions
    client = mlflow.MlflowClient(pair.options.tracking_uri)
    metrics = client.get_run(version.run_id).data.metrics
    assert metrics["live_roc_auc"] == version.figures["roc_auc"].value
    assert metrics["live_roc_auc_ci_low"] == version.figures["roc_auc"].low
    assert metrics["live_rows"] == metrics["live_labelled"] == 400
    assert metrics["live_odds_worse"] > 125
    [point] = client.get_metric_history(version.run_id, "live_brier")
    assert point.timestamp == int(NOW.timestamp() * 1000)
    tag = json.loads(pair.registry.get_model_tags(pair.name)["baton.quality"])
    assert tag["at"] == "2026-12-01T12:00:00.000Z"
    assert tag["versions"]["2"]["metric"] == "roc_auc"
    assert tag["versions"]["2"]["labelled"] == 400
    assert tag["versions"]["2"]["training"] == pytest.approx(metrics["test_roc_auc"], rel=1e-5)
    assert tag["message"].startswith("evidence that version 2 is worse than version 1")


def test_tag_has_room_for_many_versions(pair: Workshop, log: MadeLog) -> None:
    """The oldest are left out."""
    for version in range(1, 80):
        log.add_predictions(str(version), [{"value": 1.0}])
    versions = json.loads(build_tag(measure(pair, log)))["versions"]
    assert [*versions][-1] == "79"
    assert 20 < len(versions) < 79


def test_version_that_is_not_worse_is_not_rolled_back(pair: Workshop, log: MadeLog) -> None:
    """Its own answers as those of the version before."""
    rows = [
        {
            "label": "yes",
            "probability_no": 0.3,
            "probability_yes": 0.7,
            "request_id": str(n),
            "other_label": "yes",
            "other_probability_no": 0.3,
            "other_probability_yes": 0.7,
            "other_version": "1",
        }
        for n in range(50)
    ]
    log.add_predictions("2", rows)
    add_truths(log, [str(n) for n in range(50)], ["yes", "no"] * 25)
    report = measure(pair, log)
    assert report.paired is not None
    assert not report.paired.is_worse
    assert "125 : 1 is needed" in explain_no_rollback(report)
    few = measure(pair, log, trusted=frozenset(), since_s=60)
    assert "are not compared" in explain_no_rollback(few)


def test_report_is_json(pair: Workshop, log: MadeLog) -> None:
    """All of it, with versions without labels."""
    fill(pair, log)
    log.add_predictions("1", [{"value": 1.0}])
    document = json.loads(json.dumps(measure(pair, log, ripe_s=60.0, silence="no").to_json()))
    assert document["labels"] == {
        "received": 400, "untrusted": 0, "replaced": 0, "without_prediction": 0, "repeated": 0,
        "unripe": 0, "unknown": 0,
    }  # fmt: skip
    one, two = document["versions"]
    assert (one["version"], one["labelled"]) == ("1", 0)
    assert one["problem"] == "no label is one of its classes, or a number"
    assert two["metrics"]["brier"]["low"] < two["metrics"]["brier"]["value"]
    assert (document["production"], document["paired"]["before"]) == ("2", "1")
    assert document["notes"] == []


def test_silence_that_production_never_answers_is_one_line(pair: Workshop, log: MadeLog) -> None:
    """Each silent row would drop out without a word."""
    fill(pair, log)
    with pytest.raises(DataError, match=r"--silence 'No' is no label of version 2.*: no, yes$"):
        measure(pair, log, ripe_s=60.0, silence="No")


def test_labels_that_cannot_be_read_are_never_silent(pair: Workshop, log: MadeLog) -> None:
    """Without `silence` the damaged file is a warning."""
    fill(pair, log)
    damaged = log.add_labels([{"request_id": "a", "label": "yes"}])
    damaged.write_bytes(b"not Parquet")
    assert measure(pair, log, ripe_s=60.0).versions[0].labelled > 0
    with pytest.raises(DataError, match=rf"{damaged.name}: labels that cannot be read would") as e:
        measure(pair, log, ripe_s=60.0, silence="no")
    assert "\n" not in str(e.value)


def test_log_that_is_not_there_is_one_line(pair: Workshop, log: MadeLog) -> None:
    with pytest.raises(DataError, match="no prediction log there"):
        measure(pair, log)


def test_live_figures_are_of_the_class_of_the_training(pair: Workshop, log: MadeLog) -> None:
    """The same model, trained with the other positive class, has the opposite intercept."""
    request = pair.request()
    columns = request.columns.model_copy(update={"positive": "no"})
    other = train(request.model_copy(update={"columns": columns}), pair.options).version
    for version in ("1", other):
        fill(pair, log, version)

    of_yes, of_no = (
        each.figures["calibration_intercept"].value
        for each in sorted(measure(pair, log).versions, key=lambda each: each.version)
    )

    assert of_no == pytest.approx(-of_yes, rel=1e-3)
    assert abs(of_yes) > 0.01
