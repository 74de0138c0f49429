"""`baton score` with versions of a real registry."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from baton_registry.versions.keys import generate_key_pair
from baton_trainer.tables import churn
from tests.support.bodies.customer import CUSTOMER
from tests.support.rig.desk import Desk
from tests.support.rig.process import wait_until

ROWS = 5000
TELCO_ROWS = 7043
CHUNK_BYTES = 500_000


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    """Rows of the training table, more than one chunk."""
    return churn.generate(ROWS, seed=7)[[*CUSTOMER]]


def predict(desk: Desk, table: pd.DataFrame) -> list[dict[str, Any]]:
    """Scores the rows with `/predict` of the promoted version."""
    rows = json.loads(table.to_json(orient="records"))
    with desk.serve() as inference:
        inference.wait_until_serving("1")
        answers: list[dict[str, Any]] = inference.predict(rows)["predictions"]
        return answers


def test_scores_equal_predict(stocked_desk: Desk, customers: pd.DataFrame) -> None:
    """CSV with any separator and Parquet, as input and output, have the answers of `/predict`."""
    stocked_desk.baton("promote", "1")
    expected = predict(stocked_desk, customers)
    customers.to_csv(stocked_desk.folder / "in.csv", index=False)
    customers.to_csv(stocked_desk.folder / "german.csv", index=False, sep=";", decimal=",")
    customers.to_parquet(stocked_desk.folder / "in.parquet")
    files: dict[str, list[str]] = {"in.csv": [], "german.csv": ["--decimal", ","], "in.parquet": []}
    for name, options in files.items():
        for output in ("out.csv", "out.parquet"):
            stocked_desk.baton("score", name, "--output", output, *options)
            scored = read(stocked_desk.folder / output)
            assert scored["label"].tolist() == [row["label"] for row in expected]
            for label in ("Yes", "No"):
                probabilities = [row["probabilities"][label] for row in expected]
                actual = scored[f"probability_{label}"].astype(np.float32)
                assert np.allclose(actual, probabilities, rtol=0, atol=1e-7)
            assert set(scored["model_version"].astype(str)) == {"1"}
            assert scored["tenure"].astype(int).tolist() == customers["tenure"].tolist()


def read(path: Path) -> pd.DataFrame:
    """Reads the output."""
    return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)


def test_training_table_is_scored_completely(desk: Desk, telco_csv: Path) -> None:
    """The 11 blank `TotalCharges` are missing values, as in training: no row is bad."""
    version = desk.train("--data", str(telco_csv))
    desk.baton("score", str(telco_csv), "--version", version, "--output", "out.parquet")
    assert len(read(desk.folder / "out.parquet")) == len(read(telco_csv)) == TELCO_ROWS


def test_version_option_selects_the_version(stocked_desk: Desk, customers: pd.DataFrame) -> None:
    """Without `--version` the alias selects it; without `--output` rows go to stdout."""
    stocked_desk.baton("promote", "1")
    customers.head(10).to_csv(stocked_desk.folder / "in.csv", index=False)
    by_alias = [*csv.DictReader(stocked_desk.baton("score", "in.csv").splitlines())]
    by_number = [
        *csv.DictReader(stocked_desk.baton("score", "in.csv", "--version", "2").splitlines())
    ]
    assert {row["model_version"] for row in by_alias} == {"1"}
    assert {row["model_version"] for row in by_number} == {"2"}
    assert by_alias[0]["probability_Yes"] != by_number[0]["probability_Yes"]


def test_scoring_error_is_one_line(stocked_desk: Desk, customers: pd.DataFrame) -> None:
    """A missing version, bad cell, wrong separator or missing file: exit 1, no partial output."""
    stocked_desk.baton("promote", "1")
    text = customers.head(5).to_csv(index=False)
    lines = text.splitlines()
    (stocked_desk.folder / "good.csv").write_text(text)
    (stocked_desk.folder / "bad.csv").write_text(text.replace(lines[3], f"{lines[3]}x"))
    (stocked_desk.folder / "colons.csv").write_text(text.replace(",", ":"))
    for arguments, why in [
        (["good.csv", "--version", "9"], "no version '9'"),
        (["bad.csv"], "bad.csv: line 4, column"),
        (["colons.csv"], "is the separator right? --separator CHAR"),
        (["absent.csv"], "absent.csv"),
    ]:
        result = stocked_desk.try_baton("score", *arguments, "--output", "out.csv")
        assert result.returncode == 1
        assert why in result.stderr.strip().splitlines()[-1]
        assert not [*stocked_desk.folder.glob("*out.csv*")]
        assert not [*stocked_desk.folder.glob(".out.csv*")]
    result = stocked_desk.try_baton("score", "bad.csv", "--on-error", "skip", "--output", "out.csv")
    assert result.returncode == 0
    assert "skipped line 4" in result.stderr
    assert "4 rows scored, 1 skipped" in result.stderr
    assert len(read(stocked_desk.folder / "out.csv")) == 4


def test_unsigned_version_is_rejected(stocked_desk: Desk, customers: pd.DataFrame) -> None:
    """With trusted keys, `baton score` rejects what inference rejects."""
    customers.head(5).to_csv(stocked_desk.folder / "in.csv", index=False)
    stocked_desk.more_env = {"BATON_TRUSTED_KEYS": generate_key_pair()[1]}
    result = stocked_desk.try_baton("score", "in.csv", "--version", "1", "--output", "out.csv")
    assert result.returncode == 1
    assert "version 1 is not signed by a trusted key" in result.stderr.splitlines()[-1]
    assert [each.name for each in stocked_desk.folder.iterdir()] == ["in.csv"]


def test_damaged_parquet_file_is_one_line(stocked_desk: Desk, customers: pd.DataFrame) -> None:
    """Altered bytes cause either rows or one line with the file's name, never a panic."""
    customers.head(500).to_parquet(stocked_desk.folder / "in.parquet")
    good = (stocked_desk.folder / "in.parquet").read_bytes()
    random_ = random.Random(5)
    footer = len(good) - int.from_bytes(good[-8:-4], "little")
    for first in (4, footer, footer, len(good) - 8):
        bad = bytearray(good)
        for _ in range(3):
            bad[random_.randrange(first, len(good) - 4)] = random_.randrange(256)
        (stocked_desk.folder / "bad.parquet").write_bytes(bad)
        result = stocked_desk.try_baton(
            "score", "bad.parquet", "--version", "1", "--output", "out.csv"
        )
        assert result.returncode in (0, 1), result.stderr
        assert "panicked" not in result.stderr
        assert "Traceback" not in result.stderr
        if result.returncode:
            assert "bad.parquet: " in result.stderr.splitlines()[-1]
            assert not (stocked_desk.folder / "out.csv").exists()
        (stocked_desk.folder / "out.csv").unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("number", "tries", "message"),
    [(signal.SIGINT, 4, "stopped"), (signal.SIGTERM, 1, "ended by SIGTERM")],
)
def test_signal_leaves_no_file(
    stocked_desk: Desk, customers: pd.DataFrame, number: int, tries: int, message: str
) -> None:
    """It prints one line and leaves no file, hidden or not."""
    header, *rows = customers.to_csv(index=False).splitlines(keepends=True)
    (stocked_desk.folder / "in.csv").write_text(header + "".join(rows) * 200)
    for chunks in range(tries):
        last = stop_scoring(stocked_desk, number, chunks)
        assert last == f"baton: {message}; nothing was written"
        assert [each.name for each in stocked_desk.folder.iterdir()] == ["in.csv"]


def stop_scoring(desk: Desk, number: int, chunks: int) -> str:
    """Sends a signal after a number of chunks; returns the last line of standard error."""
    program = [sys.executable, "-m", "baton_cli", "score", "in.csv", "--version", "1"]
    with subprocess.Popen(
        [*program, "--output", "out.csv"],
        cwd=desk.folder,
        env={**os.environ, **desk.env},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        wait_until(
            lambda: any(
                each.stat().st_size > chunks * CHUNK_BYTES
                for each in desk.folder.glob(".out.csv.*")
            ),
            60,
            "rows are being written",
        )
        process.send_signal(number)
        _, message = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    last: str = message.splitlines()[-1]
    return last
