"""`baton up`: the whole life cycle with one command, and nothing left of it afterwards."""

import os
import signal
import socket
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

import httpx
import pytest
from rig import CUSTOMER, LOCAL, Desk, Process, answers, free_port, wait_until

FIRST_START_S = 120.0
MARK = "BATON_TEST_MARK"


class Up(Process):
    """`baton up` in a home of its own; every process that it starts carries a mark."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.port, self.tracking_port = free_port(), free_port()
        self.mark = uuid.uuid4().hex
        self.url = f"http://{LOCAL}:{self.port}"
        self.home = folder / "home"
        command = [sys.executable, "-m", "baton_cli", "up", "--home", str(self.home)]
        command += ["--port", str(self.port), "--tracking-port", str(self.tracking_port)]
        env = {MARK: self.mark, "BATON_POLL_INTERVAL_S": "0.2"}
        super().__init__([*command, *arguments], env, folder / "up.log")

    def desk(self) -> Desk:
        return Desk(f"http://{LOCAL}:{self.tracking_port}", "churn_model", self.home.parent)

    def wait_ready(self, limit_s: float = FIRST_START_S) -> None:
        wait_until(lambda: answers(f"{self.url}/readyz"), limit_s, f"ready: {self.told()}")

    def predict(self) -> str:
        body = {"instances": [CUSTOMER]}
        answer = httpx.post(f"{self.url}/predict", json=body, timeout=10).raise_for_status()
        return str(answer.json()["model_version"])

    def family(self) -> dict[int, str]:
        """Every living process that carries the mark: its id and its command line."""
        return dict(marked(self.mark))

    def ends(self, limit_s: float) -> int:
        """Waits for its end and gives its exit code."""
        assert self.popen is not None
        return self.popen.wait(limit_s)

    def kill(self, word: str) -> None:
        """Kills the innermost process with this word in its command line; waits for the next."""
        before = {pid for pid, line in self.family().items() if word in line}
        os.kill(max(before), signal.SIGKILL)

        def restarted() -> bool:
            return any(word in line for pid, line in self.family().items() if pid not in before)

        wait_until(restarted, 30, f"{word} again: {self.told()}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        for pid in self.family():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.popen is not None:
            self.popen.wait()


def marked(mark: str) -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                yield int(folder.name), line
        except OSError:
            continue  # gone meanwhile


def test_a_day_with_baton_up(tmp_path: Path) -> None:
    """It serves, survives the death of its children, ends clean, and finds its versions again."""
    with Up(tmp_path) as up:
        up.wait_ready()
        assert up.predict() == "1"
        wait_until(lambda: "curl" in up.told(), 60, "what to try next is printed")

        up.kill("baton_cli serve")
        up.wait_ready()
        up.kill("mlflow server")
        assert up.predict() == "1"
        health = f"http://{LOCAL}:{up.tracking_port}/health"
        wait_until(lambda: answers(health), 60, up.told())

        assert up.stop(signal.SIGINT, limit_s=40) == 0
        assert up.family() == {}

        up.start()
        up.wait_ready()
        wait_until(lambda: answers(health), 60, up.told())
        with up.desk().registry as registry:
            assert [each.version for each in registry.list_versions("churn_model")] == ["1"]
        os.kill(up.pid, signal.SIGKILL)
        wait_until(lambda: not up.family(), 15, "nothing is left after SIGKILL")


def test_own_table(tmp_path: Path, telco_csv: Path) -> None:
    """`--data` and `--target` train the first version on the user's own table."""
    with Up(tmp_path, "--data", str(telco_csv), "--target", "Churn") as up:
        up.wait_ready()
        assert up.predict() == "1"
        assert up.stop(signal.SIGTERM, limit_s=40) == 0
        assert up.family() == {}


@pytest.mark.parametrize("which", ["port", "tracking_port"])
def test_a_taken_port_is_one_line(tmp_path: Path, which: str) -> None:
    """A taken port: one line that names it, exit 1, nothing started."""
    up = Up(tmp_path)
    with socket.socket() as taken:
        taken.bind((LOCAL, getattr(up, which)))
        taken.listen()
        with up:
            assert up.ends(30) == 1
            assert up.family() == {}
    assert str(getattr(up, which)) in up.told()
    assert len(up.told().strip().splitlines()) == 1


def test_a_home_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    """A home that cannot be written: one line that names it, exit 1, nothing started."""
    (tmp_path / "home").write_text("a file is in the way")
    with Up(tmp_path) as up:
        assert up.ends(30) == 1
        assert up.family() == {}
    assert str(up.home) in up.told()
    assert len(up.told().strip().splitlines()) == 1


def test_bad_data_stops_everything(tmp_path: Path) -> None:
    """A table that cannot be trained on: one line says why, and nothing stays running."""
    table = tmp_path / "tiny.csv"
    table.write_text("a,Churn\n1,Yes\n2,No\n")
    with Up(tmp_path, "--data", str(table)) as up:
        assert up.ends(FIRST_START_S) == 1
        assert up.family() == {}
    assert "rows" in up.told().strip().splitlines()[-1]
