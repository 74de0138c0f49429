"""`baton up` runs the life cycle with one command and leaves no process."""

import os
import signal
import socket
from pathlib import Path

import pytest

from tests.support.rig.process import LOCAL, is_ok, wait_until
from tests.support.rig.up import FIRST_START_S, Up


def test_life_of_baton_up(tmp_path: Path) -> None:
    """It serves, restarts killed children, exits cleanly, and keeps its versions."""
    with Up(tmp_path) as up:
        up.wait_until_ready()
        assert up.predict() == "1"
        wait_until(lambda: "curl" in up.log_tail, 60, "what to try next is printed")

        up.kill("baton_cli serve")
        up.wait_until_ready()
        up.kill("mlflow server")
        assert up.predict() == "1"
        health = f"http://{LOCAL}:{up.tracking_port}/health"
        wait_until(lambda: is_ok(health), 60, up.log_tail)

        assert up.stop(signal.SIGINT, limit_s=40) == 0
        assert up.list_processes() == {}

        up.start()
        up.wait_until_ready()
        wait_until(lambda: is_ok(health), 60, up.log_tail)
        with up.desk().registry as registry:
            assert [each.version for each in registry.list_versions("churn_model")] == ["1"]
        os.kill(up.pid, signal.SIGKILL)
        wait_until(lambda: not up.list_processes(), 15, "nothing is left after SIGKILL")


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
