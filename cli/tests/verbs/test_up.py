import socket
from pathlib import Path

import pytest

from baton_cli.embedded.home import Home
from baton_cli.main import run


def read_single_line(capsys: pytest.CaptureFixture[str]) -> str:
    """Checks that stderr has one line and stdout nothing; returns the line."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def test_second_up_with_the_same_home_is_rejected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The home is checked first, because the ports are in use as well."""
    with Home(tmp_path).lock():
        assert run(["up", "--home", str(tmp_path)]) == 1
    assert read_single_line(capsys).startswith(f"baton: another baton up uses the home {tmp_path}")


def test_port_in_use_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is started."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        assert run(["up", "--home", str(tmp_path), "--port", port]) == 1
    assert f"port {port} on 127.0.0.1 for inference is in use" in read_single_line(capsys)
    assert list((tmp_path / "logs").iterdir()) == []


def test_baton_port_is_the_default_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--port` overrides it."""
    monkeypatch.setenv("BATON_PORT", "5000")
    assert run(["up", "--home", str(tmp_path)]) == 1
    assert "cannot share port 5000" in read_single_line(capsys)


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_invalid_port_is_a_usage_error(port: str) -> None:
    """A port is a number from 1 to 65535."""
    assert run(["up", "--port", port]) == 2
    assert run(["up", "--tracking-port", port]) == 2
