"""Damaged tables through the command line: one line each, and nothing is registered."""

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


def arguments(folder: Path, damage: str) -> list[str]:
    """`baton train` on the damaged table, with what is asked for in a baton.toml beside it."""
    content, wanted, _ = REFUSED[damage]
    (folder / "t.csv").write_bytes(content)
    data: dict[str, Any] = {"file": "t.csv", **wanted.get("data", {})}
    columns = {"target": TARGET, **{key: wanted[key] for key in wanted if key != "data"}}
    roles = columns.pop("roles", {})
    sections = {"data": data, "columns": columns, "columns.roles": roles}
    lines = [
        line
        for name, keys in sections.items()
        for line in (f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in keys.items()))
    ]
    (folder / "b.toml").write_text("\n".join(lines))
    return ["train", "--config", str(folder / "b.toml"), "--promote"]


@pytest.mark.parametrize("damage", REFUSED)
def test_it_is_refused_in_one_line(
    damage: str,
    tracking: TrackingServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The last one on standard error, with exit code 1; no version, no run is there then."""
    desk = Desk(tracking.uri, MODEL, tmp_path)
    monkeypatch.setattr(os, "environ", {**os.environ, **desk.env})
    assert run(arguments(tmp_path, damage)) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert_one_line(err, damage)
    assert_nothing_is_registered(desk)


@pytest.mark.parametrize("damage", END_TO_END)
def test_it_is_the_same_for_a_program_that_calls_the_command(desk: Desk, damage: str) -> None:
    """A process of its own ends with 1, and without a word that is not about the table."""
    done = desk.try_baton(*arguments(desk.folder, damage))
    assert (done.returncode, done.stdout) == (1, "")
    assert_one_line(done.stderr, damage)
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
