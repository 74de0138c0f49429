"""`baton score`: a file through a version that the real registry holds."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rig import CUSTOMER, Desk

from baton_trainer import churn

ROWS = 5000


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    """Rows of the table that the versions were trained on, more than one chunk of them."""
    return churn.generate(ROWS, seed=7)[[*CUSTOMER]]


def predicted(desk: Desk, table: pd.DataFrame) -> list[dict[str, Any]]:
    """What a service of the promoted version answers on `/predict`."""
    rows = json.loads(table.to_json(orient="records"))
    with desk.serve() as inference:
        inference.wait_serves("1")
        answers: list[dict[str, Any]] = inference.predict(rows)["predictions"]
        return answers


def test_scores_as_the_service_does(stocked: Desk, customers: pd.DataFrame) -> None:
    """CSV and Parquet, in and out, hold what `/predict` of the same version answers."""
    stocked.baton("promote", "1")
    expected = predicted(stocked, customers)
    files = {"in.csv": customers.to_csv(index=False).encode(), "in.parquet": None}
    (stocked.folder / "in.csv").write_bytes(files["in.csv"] or b"")
    customers.to_parquet(stocked.folder / "in.parquet")
    for name in files:
        for output in ("out.csv", "out.parquet"):
            stocked.baton("score", name, "--output", output)
            scored = read(stocked.folder / output)
            assert scored["label"].tolist() == [row["label"] for row in expected]
            for label in ("Yes", "No"):
                probabilities = [row["probabilities"][label] for row in expected]
                found = scored[f"probability_{label}"].astype(np.float32)
                assert np.allclose(found, probabilities, rtol=0, atol=1e-7)
            assert set(scored["model_version"].astype(str)) == {"1"}
            assert scored["tenure"].astype(int).tolist() == customers["tenure"].tolist()


def read(path: Path) -> pd.DataFrame:
    """The output."""
    return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)


def test_the_version_is_the_one_that_is_named(stocked: Desk, customers: pd.DataFrame) -> None:
    """`--version` names any version; without it the alias does, and stdout is the output."""
    stocked.baton("promote", "1")
    customers.head(10).to_csv(stocked.folder / "in.csv", index=False)
    by_alias = [*csv.DictReader(stocked.baton("score", "in.csv").splitlines())]
    by_number = [*csv.DictReader(stocked.baton("score", "in.csv", "--version", "2").splitlines())]
    assert {row["model_version"] for row in by_alias} == {"1"}
    assert {row["model_version"] for row in by_number} == {"2"}
    assert by_alias[0]["probability_Yes"] != by_number[0]["probability_Yes"]


def test_what_cannot_be_scored_is_one_line(stocked: Desk, customers: pd.DataFrame) -> None:
    """No such version, no alias, a bad cell, a column missing: exit 1, nothing half-written."""
    stocked.baton("promote", "1")
    text = customers.head(5).to_csv(index=False)
    lines = text.splitlines()
    (stocked.folder / "good.csv").write_text(text)
    (stocked.folder / "bad.csv").write_text(text.replace(lines[3], f"{lines[3]}x"))
    (stocked.folder / "semicolons.csv").write_text(text.replace(",", ";"))
    for arguments, why in [
        (["good.csv", "--version", "9"], "no version '9'"),
        (["bad.csv"], "bad.csv: line 4, column"),
        (["semicolons.csv"], "is the separator a comma?"),
        (["absent.csv"], "absent.csv"),
    ]:
        done = stocked.try_baton("score", *arguments, "--output", "out.csv")
        assert done.returncode == 1
        assert why in done.stderr.strip().splitlines()[-1]
        assert not [*stocked.folder.glob("*out.csv*")]
        assert not [*stocked.folder.glob(".out.csv*")]
    done = stocked.try_baton("score", "bad.csv", "--on-error", "skip", "--output", "out.csv")
    assert done.returncode == 0
    assert "left out: line 4" in done.stderr
    assert "4 rows scored, 1 left out" in done.stderr
    assert len(read(stocked.folder / "out.csv")) == 4
