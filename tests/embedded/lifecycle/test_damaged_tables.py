"""Damaged tables: the command line prints one line and registers nothing."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from baton_cli.main import run
from tests.support.rig.desk import Desk
from tests.support.rig.tracking_server import TrackingServer
from tests.support.trainer.damage import REFUSED
from tests.support.trainer.tables import TARGET

MODEL = "never_registered"
END_TO_END = ("an Excel workbook", "one class")


def write_arguments(folder: Path, damage: str) -> list[str]:
    """Writes the table and its baton.toml; returns the arguments of `baton train`."""
    content, options, _ = REFUSED[damage]
    (folder / "t.csv").write_bytes(content)
    data: dict[str, Any] = {"file": "t.csv", **options.get("data", {})}
    columns = {"target": TARGET, **options}
    columns.pop("data", None)
    train = columns.pop("train", {})
    roles = columns.pop("roles", {})
    sections = {"data": data, "columns": columns, "columns.roles": roles, "train": train}
    lines = [
        line
        for name, keys in sections.items()
        for line in (f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in keys.items()))
    ]
    (folder / "b.toml").write_text("\n".join(lines))
    return ["train", "--config", str(folder / "b.toml"), "--promote"]


@pytest.mark.parametrize("damage", REFUSED)
def test_damaged_table_is_one_line(
    damage: str,
    tracking: TrackingServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The last line of standard error has the reason; no version exists."""
    desk = Desk(tracking.uri, MODEL, tmp_path)
    monkeypatch.setattr(os, "environ", {**os.environ, **desk.env})
    assert run(write_arguments(tmp_path, damage)) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert_one_line(err, damage)
    assert_nothing_is_registered(desk)


@pytest.mark.parametrize("damage", END_TO_END)
def test_damaged_table_is_one_line_in_a_process(desk: Desk, damage: str) -> None:
    """The process exits with 1 and prints nothing else."""
    result = desk.try_baton(*write_arguments(desk.folder, damage))
    assert (result.returncode, result.stdout) == (1, "")
    assert_one_line(result.stderr, damage)
    assert_nothing_is_registered(desk)


def assert_one_line(err: str, damage: str) -> None:
    *before, last = err.splitlines()
    assert before == ["reading the table"]
    assert last.startswith("baton: ")
    assert "t.csv: " in last
    assert re.search(REFUSED[damage][2], last), last


def assert_nothing_is_registered(desk: Desk) -> None:
    with desk.registry as registry:
        assert registry.list_versions(desk.model) == []
