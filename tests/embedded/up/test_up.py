"""What stops `baton up` is one line, and no process stays. test_install.py has its whole life."""

import socket
from pathlib import Path

import pytest

from tests.support.rig.process import LOCAL
from tests.support.rig.up import FIRST_START_S, Up


@pytest.mark.parametrize("which", ["port", "tracking_port"])
def test_taken_port_is_one_line(tmp_path: Path, which: str) -> None:
    """It exits with 1 and one line that names the port."""
    up = Up(tmp_path)
    with socket.socket() as taken:
        taken.bind((LOCAL, getattr(up, which)))
        taken.listen()
        with up:
            assert up.wait(30) == 1
            assert up.list_processes() == {}
    assert str(getattr(up, which)) in up.log_tail
    assert len(up.log_tail.strip().splitlines()) == 1


def test_unwritable_home_is_one_line(tmp_path: Path) -> None:
    """It exits with 1 and one line that names the home."""
    (tmp_path / "home").write_text("a file is in the way")
    with Up(tmp_path) as up:
        assert up.wait(30) == 1
        assert up.list_processes() == {}
    assert str(up.home) in up.log_tail
    assert len(up.log_tail.strip().splitlines()) == 1


def test_bad_data_stops_everything(tmp_path: Path) -> None:
    """The last line has the reason, and no process keeps running."""
    table = tmp_path / "tiny.csv"
    table.write_text("a,Churn\n1,Yes\n2,No\n")
    with Up(tmp_path, "--data", str(table)) as up:
        assert up.wait(FIRST_START_S) == 1
        assert up.list_processes() == {}
    assert "rows" in up.log_tail.strip().splitlines()[-1]
