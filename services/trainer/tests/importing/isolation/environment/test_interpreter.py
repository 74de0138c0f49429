"""The Python that opens a model."""

import os
import subprocess
import sys

import pytest

from baton_trainer.importing.isolation.environment.interpreter import choose_interpreter, get_own

OWN = f"3.{sys.version_info.minor}"


@pytest.mark.parametrize("wanted", [OWN, f"{OWN}.1", "", "2.7.18", "3.99.1", "3.", "$(id)", "-h"])
def test_baton_s_own_python_is_the_last_resort(wanted: str) -> None:
    """It is also the first choice for its own minor version."""
    assert choose_interpreter(wanted) == get_own()


def test_it_is_outside_of_a_virtual_environment() -> None:
    """Its packages are not the model's."""
    command = [
        os.fspath(get_own().executable),
        "-S",
        "-c",
        "import sys; print(sys.path, sys.prefix)",
    ]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert "site-packages" not in shown
    assert shown.split()[-1] == str(get_own().prefix)


@pytest.mark.parametrize("wanted", ["3.8.10", "3.10.2"])
def test_an_older_python_is_replaced_by_a_newer_one(wanted: str) -> None:
    """The next newer one on this machine: libraries of that time may have wheels for it."""
    chosen = choose_interpreter(wanted)

    assert max(9, int(wanted.split(".")[1])) <= chosen.minor <= sys.version_info.minor
