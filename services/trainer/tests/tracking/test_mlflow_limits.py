import httpx
import numpy as np
import pytest

from baton_registry.rest.client import RegistryClient
from baton_registry.versions.mlmodel import MAX_TEXT
from baton_registry.versions.signature import Column
from baton_trainer.errors import DataError, RecordError
from baton_trainer.tracking import mlflow_limits, run
from tests.support.trainer.tables import ROWS, some_table
from tests.support.trainer.workshop import Workshop


def check(status: int, text: str) -> None:
    """Checks a server that answers so when asked for its version."""
    transport = httpx.MockTransport(lambda _: httpx.Response(status, text=text))
    with RegistryClient("http://registry", transport=transport) as registry:
        mlflow_limits.check_server(registry, "http://registry")


@pytest.mark.parametrize("version", ["2.22.0", "1.30.1", "2.9.2rc1\n"])
def test_a_server_without_logged_models_is_refused(version: str) -> None:
    """Before the training, not after it."""
    with pytest.raises(RecordError, match=rf"MLflow {version.strip()}.*upgrade it"):
        check(200, version)


@pytest.mark.parametrize(
    ("status", "text"),
    [(200, "3.0.0"), (200, "3.17.2\n"), (200, "10.0.0"), (404, "2.0.0"), (200, "<html>2.0.0")],
)
def test_a_server_that_is_new_or_does_not_say_is_taken(status: int, text: str) -> None:
    """A proxy may answer the page with anything."""
    check(status, text)


def test_columns_that_inference_could_not_read_are_refused() -> None:
    """By their names, or by their categories."""
    wide = [Column(f"gene_{number:05d}_expression", "double") for number in range(20_531)]
    mlflow_limits.check_columns(wide, "t.csv")
    texts = tuple(f"{number:0100d}" for number in range(100))
    for columns in (
        [Column("é" * (MAX_TEXT // 6), "double")],
        [Column(str(number), "string", categories=texts) for number in range(400)],
    ):
        with pytest.raises(DataError, match=r"t.csv: the names and categories .*--drop"):
            mlflow_limits.check_columns(columns, "t.csv")


def test_a_schema_that_mlflow_refuses_is_left_out_with_a_line(workshop: Workshop) -> None:
    """The run has its datasets, their sizes and the parameters all the same."""
    long = {f"{number:060000d}": np.arange(ROWS) % 7 * number for number in range(1, 20)}
    table = some_table(more=long)
    with run.opened(workshop.options, "logistic") as run_id:
        (line,) = run.log_inputs(run_id, table, {"target": "y" * 10_000})
    assert "schema" in line
    (found,) = workshop.runs()
    assert [each.dataset.schema for each in found.inputs.dataset_inputs] == [None, None]
    assert all("num_rows" in each.dataset.profile for each in found.inputs.dataset_inputs)
    assert found.data.params["target"].endswith("…")


def test_a_text_is_cut_to_what_a_column_holds() -> None:
    """And only then."""
    assert mlflow_limits.cut("abc", 3) == "abc"
    assert mlflow_limits.cut("abcd", 3) == "ab…"
