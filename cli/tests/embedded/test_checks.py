import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from baton_cli.embedded import checks
from baton_cli.embedded.checks import check_packages, check_ports, check_settings, check_table
from baton_cli.errors import CommandFailed
from baton_cli.training.options import TrainOptions
from tests.support.rig.process import find_free_port


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


@pytest.fixture
def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_port_in_use_is_rejected_with_its_option(taken: int, free: int) -> None:
    """The message names the option of that port."""
    with pytest.raises(CommandFailed, match=f"port {taken} .* is in use.*: --port PORT"):
        check_ports("127.0.0.1", taken, free)
    with pytest.raises(CommandFailed, match=f"port {taken} .* is in use.*: --tracking-port PORT"):
        check_ports("127.0.0.1", free, taken)


def test_equal_ports_are_rejected(free: int) -> None:
    """Inference and the tracking server need one each."""
    with pytest.raises(CommandFailed, match=f"cannot share port {free}"):
        check_ports("127.0.0.1", free, free)


def test_free_ports_are_accepted(free: int) -> None:
    """Inference may listen on every address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        other = probe.getsockname()[1]
    check_ports("0.0.0.0", free, other)


def test_port_of_grpc_is_checked(taken: int, free: int) -> None:
    """It must be free, and not that of another program."""
    tracking, grpc = find_free_port(), find_free_port()  # the next number may be taken
    check_ports("127.0.0.1", free, tracking, grpc)
    with pytest.raises(CommandFailed, match=f"port {taken}: .*BATON_GRPC_PORT"):
        check_ports("127.0.0.1", free, tracking, taken)
    with pytest.raises(CommandFailed, match=f"port {free} for gRPC is also .*BATON_GRPC_PORT"):
        check_ports("127.0.0.1", free, tracking, free)


def test_foreign_host_is_one_line(free: int) -> None:
    """The hint is BATON_HOST."""
    with pytest.raises(CommandFailed, match=f"port {free} on 192.0.2.1 for inference .*BATON_HOST"):
        check_ports("192.0.2.1", free, free + 1)


def options(**data: object) -> TrainOptions:
    return TrainOptions(values={"data": data})


def test_unreadable_data_file_is_rejected(tmp_path: Path) -> None:
    """Missing files and folders are rejected before anything starts."""
    check_table(TrainOptions())
    file = tmp_path / "table.csv"
    file.touch()
    check_table(options(file=file))
    with pytest.raises(CommandFailed, match="No such file"):
        check_table(options(file=tmp_path / "nix.csv"))
    with pytest.raises(CommandFailed, match="Is a directory"):
        check_table(options(file=tmp_path))


def test_invalid_baton_toml_is_rejected(tmp_path: Path) -> None:
    """Nothing has started yet; its data file is checked, too."""
    config = tmp_path / "b.toml"
    config.write_text('[data]\nfile = "nix.csv"')
    with pytest.raises(CommandFailed, match=r"cannot read .*nix\.csv"):
        check_table(TrainOptions(config))
    config.write_text("[columns]\ntraget = 'y'")
    with pytest.raises(CommandFailed, match=r"b\.toml: \[columns\] traget"):
        check_table(TrainOptions(config))


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names the extra to install."""
    monkeypatch.setattr(checks, "PACKAGES", ("sys", "no_such_package"))
    with pytest.raises(CommandFailed, match="not installed: no_such_package; install"):
        check_packages()


def test_invalid_setting_of_a_child_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The child has not started yet."""
    check_settings()
    monkeypatch.setenv("BATON_MAX_ROWS", "many")
    with pytest.raises(CommandFailed, match="BATON_MAX_ROWS='many'"):
        check_settings()
