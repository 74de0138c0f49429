import socket
from pathlib import Path

import pytest

from baton_cli.embedded.home import Home
from baton_cli.main import run


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said: one line on stderr, nothing on stdout."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def test_two_at_one_home_do_not_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The home comes first: the ports of the other one would be taken too."""
    with Home(tmp_path).lock():
        assert run(["up", "--home", str(tmp_path)]) == 1
    assert one_line(capsys).startswith(f"baton: another baton up uses the home {tmp_path}")


def test_a_taken_port_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is started then."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        assert run(["up", "--home", str(tmp_path), "--port", port]) == 1
    assert f"port {port} of 127.0.0.1, for inference, is taken" in one_line(capsys)
    assert list((tmp_path / "logs").iterdir()) == []


def test_the_port_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`BATON_PORT` holds where `--port` does not say otherwise."""
    monkeypatch.setenv("BATON_PORT", "5000")
    assert run(["up", "--home", str(tmp_path)]) == 1
    assert "cannot share port 5000" in one_line(capsys)


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_is_a_number_that_can_be_one(port: str) -> None:
    """All else is a usage error."""
    assert run(["up", "--port", port]) == 2
    assert run(["up", "--tracking-port", port]) == 2
