import httpx
import numpy as np
import pytest
from mlflow.utils.validation import _validate_metric_name

from baton_registry.rest.client import RegistryClient
from baton_registry.versions.mlmodel import MAX_TEXT
from baton_registry.versions.schema import Column
from baton_trainer.errors import DataError, RecordError
from baton_trainer.tracking import mlflow_limits, run
from tests.support.trainer.tables import ROWS, some_table
from tests.support.trainer.workshop import Workshop


def check(status: int, text: str) -> None:
    """Checks a server that gives this answer to a request for its version."""
    transport = httpx.MockTransport(lambda _: httpx.Response(status, text=text))
    with RegistryClient("http://registry", transport=transport) as registry:
        mlflow_limits.check_server(registry, "http://registry")


@pytest.mark.parametrize("version", ["2.22.0", "1.30.1", "2.9.2rc1\n"])
def test_server_without_logged_models_is_rejected(version: str) -> None:
    with pytest.raises(RecordError, match=rf"MLflow {version.strip()}.*upgrade it"):
        check(200, version)


@pytest.mark.parametrize(
    ("status", "text"),
    [(200, "3.0.0"), (200, "3.17.2\n"), (200, "10.0.0"), (404, "2.0.0"), (200, "<html>2.0.0")],
)
def test_server_that_is_new_or_unknown_is_accepted(status: int, text: str) -> None:
    """A proxy may return any page."""
    check(status, text)


def test_columns_that_are_too_large_for_inference_are_rejected() -> None:
    """Their names or their categories are too long."""
    wide = [Column(f"gene_{number:05d}_expression", "double") for number in range(20_531)]
    mlflow_limits.check_columns(wide, "t.csv")
    texts = tuple(f"{number:0100d}" for number in range(100))
    for columns in (
        [Column("é" * (MAX_TEXT // 6), "double")],
        [Column(str(number), "string", categories=texts) for number in range(400)],
    ):
        with pytest.raises(DataError, match=r"t.csv: the names and categories .*--drop"):
            mlflow_limits.check_columns(columns, "t.csv")


def test_schema_that_mlflow_refuses_is_left_out(workshop: Workshop) -> None:
    """The run still has its datasets, their sizes and the parameters."""
    long = {f"{number:060000d}": np.arange(ROWS) % 7 * number for number in range(1, 20)}
    table = some_table(more=long)
    with run.open_run(workshop.options, "logistic") as run_id:
        (line,) = run.log_inputs(run_id, table, {"target": "y" * 10_000})
    assert "schema" in line
    (logged,) = workshop.runs()
    assert [each.dataset.schema for each in logged.inputs.dataset_inputs] == [None, None]
    assert all("num_rows" in each.dataset.profile for each in logged.inputs.dataset_inputs)
    assert logged.data.params["target"].endswith("…")


def test_long_text_is_cut() -> None:
    assert mlflow_limits.truncate_with_ellipsis("abc", 3) == "abc"
    assert mlflow_limits.truncate_with_ellipsis("abcd", 3) == "ab…"


def test_metrics_are_named_by_columns() -> None:
    """Different columns have different metrics, of characters and a length that MLflow accepts."""
    names = ["tenure", "a/b", "a:b", "größe (€)", "", "x" * 300, "x" * 400, "..", "\n"]
    metrics = mlflow_limits.name_metrics("drift.psi.", names)
    assert metrics[:4] == [
        "drift.psi.tenure",
        "drift.psi.a_b",
        "drift.psi.a_b_2",
        "drift.psi.größe ___",
    ]
    assert len(set(metrics)) == len(names)
    for metric in metrics:
        _validate_metric_name(metric)  # type: ignore[no-untyped-call]
        assert len(metric) <= 250
