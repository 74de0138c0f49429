import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from baton_cli.embedded.hints import find_program_name, format_summary, list_variables
from baton_cli.embedded.home import Home
from baton_cli.embedded.programs import Plan
from baton_cli.settings import CliSettings, load


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the running program `bin/baton`, which is not on PATH."""
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


def test_default_ports_need_no_variables(here: Path) -> None:
    """The three commands can be pasted unchanged."""
    text = format_summary(plan(here), load(CliSettings), has_example=True, is_ready=True)
    request = "-H 'Content-Type: application/json' -d @.baton/example.json"
    assert commands(text) == [
        f"curl -s http://127.0.0.1:8000/predict {request}",
        "bin/baton train",
        "bin/baton promote challenger --wait",
    ]
    assert "http://127.0.0.1:5000" in text
    assert "http://127.0.0.1:8000/docs" in text
    assert "gRPC" not in text


def test_address_of_grpc_is_shown(here: Path) -> None:
    """If it is on."""
    with_grpc = replace(plan(here), grpc_port=8001)
    text = format_summary(with_grpc, load(CliSettings), has_example=True, is_ready=True)
    assert "  gRPC         127.0.0.1:8001\n" in text


def test_other_ports_add_variables_to_the_commands(here: Path) -> None:
    """`train` does not need the URL of inference."""
    text = format_summary(
        plan(here, 8001, 5001), load(CliSettings), has_example=True, is_ready=True
    )
    tracking = "MLFLOW_TRACKING_URI=http://127.0.0.1:5001"
    inference = "BATON_INFERENCE_URL=http://127.0.0.1:8001"
    assert commands(text)[1:] == [
        f"{tracking} bin/baton train",
        f"{tracking} {inference} bin/baton promote challenger --wait",
    ]


def test_variables_of_the_shell_are_overridden(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell's registry is another one."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://elsewhere")
    monkeypatch.setenv("BATON_MODEL_NAME", "other")
    for_train, for_promote = list_variables(plan(here), load(CliSettings))
    assert for_train == {
        "MLFLOW_TRACKING_URI": "http://127.0.0.1:5000",
        "BATON_MODEL_NAME": "other",
    }
    assert for_promote == for_train


def test_file_names_are_quoted(here: Path) -> None:
    """A shell splits at blanks."""
    own = plan(here, 8000, 5000, "--data", "my table.csv")
    text = format_summary(own, load(CliSettings), has_example=True, is_ready=True)
    assert shlex.split(commands(text)[1]) == ["bin/baton", "train", "--data", "my table.csv"]


def test_without_a_version_the_summary_points_to_status(here: Path) -> None:
    """A prediction would fail."""
    text = format_summary(plan(here), load(CliSettings), has_example=False, is_ready=False)
    assert "No version is served yet; http://127.0.0.1:8000/status shows why." in text
    assert commands(text)[0] == "curl -s http://127.0.0.1:8000/status"


def test_program_name_depends_on_path(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name if PATH has it, else the file, or the module."""
    program = str(here / "bin" / "baton")
    assert find_program_name(program) == "bin/baton"
    monkeypatch.setenv("PATH", str(here / "bin"))
    assert find_program_name(program) == "baton"
    assert find_program_name("/x/baton_cli/__main__.py") == f"{sys.executable} -m baton_cli"
