"""`baton score`: a file through a version that the real registry holds."""

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
    """Rows of the table that the versions were trained on, more than one chunk of them."""
    return churn.generate(ROWS, seed=7)[[*CUSTOMER]]


def predicted(desk: Desk, table: pd.DataFrame) -> list[dict[str, Any]]:
    """What a service of the promoted version answers on `/predict`."""
    rows = json.loads(table.to_json(orient="records"))
    with desk.serve() as inference:
        inference.wait_until_serving("1")
        answers: list[dict[str, Any]] = inference.predict(rows)["predictions"]
        return answers


def test_scores_as_the_service_does(stocked_desk: Desk, customers: pd.DataFrame) -> None:
    """CSV of any separator and Parquet, in and out, hold what `/predict` answers."""
    stocked_desk.baton("promote", "1")
    expected = predicted(stocked_desk, customers)
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
                found = scored[f"probability_{label}"].astype(np.float32)
                assert np.allclose(found, probabilities, rtol=0, atol=1e-7)
            assert set(scored["model_version"].astype(str)) == {"1"}
            assert scored["tenure"].astype(int).tolist() == customers["tenure"].tolist()


def read(path: Path) -> pd.DataFrame:
    """The output."""
    return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)


def test_the_table_of_training_is_scored_whole(desk: Desk, telco_csv: Path) -> None:
    """What training reads as missing, 11 blank `TotalCharges`, is missing here: no row is bad."""
    version = desk.train("--data", str(telco_csv))
    desk.baton("score", str(telco_csv), "--version", version, "--output", "out.parquet")
    assert len(read(desk.folder / "out.parquet")) == len(read(telco_csv)) == TELCO_ROWS


def test_the_version_is_the_one_that_is_named(stocked_desk: Desk, customers: pd.DataFrame) -> None:
    """`--version` names any version; without it the alias does, and stdout is the output."""
    stocked_desk.baton("promote", "1")
    customers.head(10).to_csv(stocked_desk.folder / "in.csv", index=False)
    by_alias = [*csv.DictReader(stocked_desk.baton("score", "in.csv").splitlines())]
    by_number = [
        *csv.DictReader(stocked_desk.baton("score", "in.csv", "--version", "2").splitlines())
    ]
    assert {row["model_version"] for row in by_alias} == {"1"}
    assert {row["model_version"] for row in by_number} == {"2"}
    assert by_alias[0]["probability_Yes"] != by_number[0]["probability_Yes"]


def test_what_cannot_be_scored_is_one_line(stocked_desk: Desk, customers: pd.DataFrame) -> None:
    """No such version, no alias, a bad cell, a column missing: exit 1, nothing half-written."""
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
        done = stocked_desk.try_baton("score", *arguments, "--output", "out.csv")
        assert done.returncode == 1
        assert why in done.stderr.strip().splitlines()[-1]
        assert not [*stocked_desk.folder.glob("*out.csv*")]
        assert not [*stocked_desk.folder.glob(".out.csv*")]
    done = stocked_desk.try_baton("score", "bad.csv", "--on-error", "skip", "--output", "out.csv")
    assert done.returncode == 0
    assert "skipped line 4" in done.stderr
    assert "4 rows scored, 1 skipped" in done.stderr
    assert len(read(stocked_desk.folder / "out.csv")) == 4


def test_a_version_that_no_trusted_key_signed_is_refused(
    stocked_desk: Desk, customers: pd.DataFrame
) -> None:
    """Where keys are trusted, a file is scored by nothing that inference would refuse."""
    customers.head(5).to_csv(stocked_desk.folder / "in.csv", index=False)
    stocked_desk.more_env = {"BATON_TRUSTED_KEYS": generate_key_pair()[1]}
    done = stocked_desk.try_baton("score", "in.csv", "--version", "1", "--output", "out.csv")
    assert done.returncode == 1
    assert "version 1 is not signed by a trusted key" in done.stderr.splitlines()[-1]
    assert [each.name for each in stocked_desk.folder.iterdir()] == ["in.csv"]


def test_a_damaged_parquet_file_is_one_line(stocked_desk: Desk, customers: pd.DataFrame) -> None:
    """Bytes altered anywhere: either the rows, or one line that names the file; never a panic."""
    customers.head(500).to_parquet(stocked_desk.folder / "in.parquet")
    good = (stocked_desk.folder / "in.parquet").read_bytes()
    random_ = random.Random(5)
    footer = len(good) - int.from_bytes(good[-8:-4], "little")
    for first in (4, footer, footer, len(good) - 8):
        bad = bytearray(good)
        for _ in range(3):
            bad[random_.randrange(first, len(good) - 4)] = random_.randrange(256)
        (stocked_desk.folder / "bad.parquet").write_bytes(bad)
        done = stocked_desk.try_baton(
            "score", "bad.parquet", "--version", "1", "--output", "out.csv"
        )
        assert done.returncode in (0, 1), done.stderr
        assert "panicked" not in done.stderr
        assert "Traceback" not in done.stderr
        if done.returncode:
            assert "bad.parquet: " in done.stderr.splitlines()[-1]
            assert not (stocked_desk.folder / "out.csv").exists()
        (stocked_desk.folder / "out.csv").unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("number", "tries", "told"),
    [(signal.SIGINT, 4, "stopped"), (signal.SIGTERM, 1, "ended by SIGTERM")],
)
def test_a_signal_leaves_nothing(
    stocked_desk: Desk, customers: pd.DataFrame, number: int, tries: int, told: str
) -> None:
    """Ended at any moment, it says so in one line and leaves no file, hidden or not."""
    header, *rows = customers.to_csv(index=False).splitlines(keepends=True)
    (stocked_desk.folder / "in.csv").write_text(header + "".join(rows) * 60)
    for chunks in range(tries):
        last = stopped(stocked_desk, number, chunks)
        assert last == f"baton: {told}; nothing was written"
        assert [each.name for each in stocked_desk.folder.iterdir()] == ["in.csv"]


def stopped(desk: Desk, number: int, chunks: int) -> str:
    """The last line of a command that gets a signal once so many chunks or more are written."""
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
        _, told = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    last: str = told.splitlines()[-1]
    return last
