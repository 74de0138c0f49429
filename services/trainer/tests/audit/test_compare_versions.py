import io
import json
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pytest
from rich.console import Console

from baton_registry.errors import VersionNotFound
from baton_trainer.audit.compare_versions import compare
from baton_trainer.audit.comparison_tables import render_comparison
from baton_trainer.audit.version_comparison import VersionComparison
from baton_trainer.errors import DataError
from baton_trainer.request import Data
from tests.support.trainer.tables import Notes
from tests.support.trainer.workshop import Workshop


def compare_versions(
    workshop: Workshop, first: str, second: str, file: Path | None = None
) -> VersionComparison:
    return compare(first, second, Data(file=file), workshop.options, Notes())


def render(versions: VersionComparison) -> str:
    console = Console(file=io.StringIO(), width=300)
    console.print(render_comparison(versions))
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


@pytest.fixture(scope="module")
def pair(shared_workshop: Workshop) -> Workshop:
    """A workshop with a good version 1, the challenger, and a worse version 2."""
    good = shared_workshop.train()
    shared_workshop.registry.set_alias(shared_workshop.name, "production", good.version)
    worse = {"n_estimators": "1", "max_depth": "1"}
    shared_workshop.train(estimator="random_forest", params=worse)
    return shared_workshop


def test_versions_are_compared_on_the_same_rows(pair: Workshop) -> None:
    """The difference is the second version's figure minus the first's."""
    versions = compare_versions(pair, "production", "2", pair.file)
    document: dict[str, Any] = json.loads(json.dumps(versions.to_json()))
    assert document["versions"] == ["1", "2"]
    assert document["held_out"]["difference"] < -0.05
    assert document["held_out"]["interval_95"][1] < 0
    assert document["facts"]["gate"][0] == "passed"
    assert document["facts"]["gate"][1].startswith("failed: ROC AUC")
    assert document["params"]["estimator"] == ["logistic", "random_forest"]
    assert document["schema"] == []
    one, two = document["metrics"]["test_roc_auc"]
    assert document["held_out"]["roc_auc"] == pytest.approx([one, two], abs=1e-3)
    assert not any(name.startswith("gate_") for name in document["metrics"])
    text = render(versions)
    assert "schema: the same" in text
    assert "rows that both held out" in text
    assert "_ci_low" not in text


def test_facts_are_shown_without_a_table(pair: Workshop) -> None:
    """The text says what is missing for a comparison."""
    versions = compare_versions(pair, "1", "2")
    assert versions.to_json()["held_out"] is None
    assert versions.to_json()["not_compared"] == "name a table that both can score: --data FILE"
    assert "not compared on the same rows: name a table" in render(versions)


def test_query_returns_the_rows_to_compare_on(pair: Workshop, tmp_path: Path) -> None:
    """Typed, unlike the file, so the rows that each version held out are others."""
    pd.read_csv(pair.file).to_sql("t", f"sqlite:///{tmp_path}/t.db", index=False)
    data = Data(file=f"sqlite:///{tmp_path}/t.db", query="SELECT * FROM t ORDER BY rowid LIMIT 500")
    versions = compare("1", "2", data, pair.options, Notes())
    assert versions.reason == ""
    assert versions.comparison is not None
    assert 50 < versions.comparison.rows <= 500


def test_query_without_a_database_says_what_it_needs(pair: Workshop) -> None:
    with pytest.raises(DataError, match="--query needs the URL of a database"):
        compare("1", "2", Data(query="SELECT 1"), pair.options, Notes())


def test_version_does_not_differ_from_itself(pair: Workshop) -> None:
    versions = compare_versions(pair, "1", "challenger", pair.file)
    assert versions.params == {}
    assert versions.comparison is not None
    assert versions.comparison.difference.interval == (0, 0)


def test_missing_version_is_an_error(pair: Workshop) -> None:
    with pytest.raises(VersionNotFound, match="no version '99'"):
        compare_versions(pair, "1", "99")


def test_version_registered_by_plain_mlflow_is_shown(pair: Workshop) -> None:
    """Its run has no metrics and no run record."""
    known_run = pair.registry.get_version(pair.name, "1").run_id
    client = mlflow.MlflowClient(pair.options.tracking_uri)
    run = client.create_run(client.get_run(known_run).info.experiment_id)
    source = pair.registry.get_version(pair.name, "1").source
    pair.registry.create_version(pair.name, source=source, run_id=run.info.run_id, tags={})
    versions = compare_versions(pair, "3", "3", pair.file)
    assert versions.metrics == {}
    assert versions.facts["gate"] == (None, None)
    assert versions.reason.startswith("neither run records a target")
    known = compare_versions(pair, "1", "3", pair.file).comparison
    assert known is not None
    assert known.warnings[0].startswith("version 3 was not trained by Baton")
