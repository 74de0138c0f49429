import shlex
import sys
from pathlib import Path

import pytest

from baton_cli.embedded.hints import environment, find_program_name, summary
from baton_cli.embedded.home import Home
from baton_cli.embedded.programs import Plan
from baton_cli.settings import CliSettings, load


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a program `bin/baton`, which runs, and is not on PATH."""
    program = tmp_path / "bin" / "baton"
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(program), "up"])
    return tmp_path


def plan(here: Path, port: int = 8000, tracking_port: int = 5000, *training: str) -> Plan:
    return Plan(Home(here / ".baton"), "127.0.0.1", port, tracking_port, training)


def commands(text: str) -> list[str]:
    lines = text.split("another terminal:\n")[1].split("\n\n", maxsplit=1)[0].splitlines()
    return [line.strip() for line in lines]


def test_three_commands_that_need_nothing_set(here: Path) -> None:
    """With the usual ports there is nothing to add."""
    text = summary(plan(here), load(CliSettings), has_example=True, is_ready=True)
    request = "-H 'Content-Type: application/json' -d @.baton/example.json"
    assert commands(text) == [
        f"curl -s http://127.0.0.1:8000/predict {request}",
        "bin/baton train",
        "bin/baton promote challenger --wait",
    ]
    assert "http://127.0.0.1:5000" in text
    assert "http://127.0.0.1:8000/docs" in text


def test_other_ports_are_named_where_a_command_needs_them(here: Path) -> None:
    """`train` needs no inference."""
    text = summary(plan(here, 8001, 5001), load(CliSettings), has_example=True, is_ready=True)
    tracking = "MLFLOW_TRACKING_URI=http://127.0.0.1:5001"
    inference = "BATON_INFERENCE_URL=http://127.0.0.1:8001"
    assert commands(text)[1:] == [
        f"{tracking} bin/baton train",
        f"{tracking} {inference} bin/baton promote challenger --wait",
    ]


def test_what_the_shell_sets_otherwise_is_named(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal that has another registry set would ask that one."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://elsewhere")
    monkeypatch.setenv("BATON_MODEL_NAME", "other")
    tracking, everything = environment(plan(here), load(CliSettings))
    assert tracking == {
        "MLFLOW_TRACKING_URI": "http://127.0.0.1:5000",
        "BATON_MODEL_NAME": "other",
    }
    assert everything == tracking


def test_own_data_and_odd_names_can_be_pasted(here: Path) -> None:
    """Shells split at blanks."""
    own = plan(here, 8000, 5000, "--data", "my table.csv")
    text = summary(own, load(CliSettings), has_example=True, is_ready=True)
    assert shlex.split(commands(text)[1]) == ["bin/baton", "train", "--data", "my table.csv"]


def test_without_a_version_it_says_where_to_look(here: Path) -> None:
    """The alias may have been removed: then there is nothing to ask for a prediction."""
    text = summary(plan(here), load(CliSettings), has_example=False, is_ready=False)
    assert "No version is served yet: http://127.0.0.1:8000/status says why." in text
    assert commands(text)[0] == "curl -s http://127.0.0.1:8000/status"


def test_the_program_is_called_as_it_can_be_called(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its name where PATH finds it, else by its file, else as a module."""
    program = str(here / "bin" / "baton")
    assert find_program_name(program) == "bin/baton"
    monkeypatch.setenv("PATH", str(here / "bin"))
    assert find_program_name(program) == "baton"
    assert find_program_name("/x/baton_cli/__main__.py") == f"{sys.executable} -m baton_cli"
