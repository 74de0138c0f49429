import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from baton_cli.embedded import checks
from baton_cli.embedded.checks import check_ports, check_packages, check_settings, check_table
from baton_cli.errors import CommandFailed
from baton_cli.training.options import Order


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


def test_a_taken_port_is_named_with_its_option(taken: int, free: int) -> None:
    """Whichever of the two it is."""
    with pytest.raises(CommandFailed, match=f"port {taken} .* is taken .*: --port P"):
        check_ports("127.0.0.1", taken, free)
    with pytest.raises(CommandFailed, match=f"port {taken} .* is taken .*: --tracking-port P"):
        check_ports("127.0.0.1", free, taken)


def test_the_ports_are_two(free: int) -> None:
    """One port cannot be both."""
    with pytest.raises(CommandFailed, match=f"cannot share port {free}"):
        check_ports("127.0.0.1", free, free)


def test_free_ports_pass(free: int) -> None:
    """Also where inference listens on every address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        other = probe.getsockname()[1]
    check_ports("0.0.0.0", free, other)


def test_a_host_that_is_not_ours_is_one_line(free: int) -> None:
    """It cannot be listened on."""
    with pytest.raises(
        CommandFailed, match=f"port {free} of 192.0.2.1, for inference, .*BATON_HOST"
    ):
        check_ports("192.0.2.1", free, free + 1)


def order(**data: object) -> Order:
    return Order(given={"data": data})


def test_data_must_be_a_readable_file(tmp_path: Path) -> None:
    """Missing files and folders are told before anything starts."""
    check_table(Order())
    file = tmp_path / "table.csv"
    file.touch()
    check_table(order(file=file))
    with pytest.raises(CommandFailed, match="No such file"):
        check_table(order(file=tmp_path / "nix.csv"))
    with pytest.raises(CommandFailed, match="Is a directory"):
        check_table(order(file=tmp_path))


def test_a_wrong_option_or_file_of_options_is_told_before_anything_starts(tmp_path: Path) -> None:
    """The data file may be named by it too."""
    config = tmp_path / "b.toml"
    config.write_text('[data]\nfile = "nix.csv"')
    with pytest.raises(CommandFailed, match=r"nix\.csv cannot be read"):
        check_table(Order(config))
    config.write_text("[columns]\ntraget = 'y'")
    with pytest.raises(CommandFailed, match=r"b\.toml: \[columns\] traget is not known"):
        check_table(Order(config))


def test_all_rooms_must_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is named."""
    monkeypatch.setattr(checks, "PACKAGES", ("sys", "no_such_room"))
    with pytest.raises(CommandFailed, match="needs no_such_room, not installed here"):
        check_packages()


def test_the_childrens_settings_must_be_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would end a child at once is told before it is started."""
    check_settings()
    monkeypatch.setenv("BATON_MAX_ROWS", "many")
    with pytest.raises(CommandFailed, match="BATON_MAX_ROWS='many'"):
        check_settings()
