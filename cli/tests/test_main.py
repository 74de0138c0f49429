import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from baton_cli.main import HIDDEN_VERBS, VERBS, cli, run
from baton_cli.stopping import Terminated
from tests.support.cli.fakes import listening

BATON = (sys.executable, "-m", "baton_cli")
NOWHERE = "http://127.0.0.1:9"


def test_help_lists_every_verb_and_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    """The list comes without importing a verb, in the order of a life cycle."""
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    assert [
        line.split()[0] for line in text.split("Commands:")[1].splitlines()[1 : len(VERBS) + 1]
    ] == list(VERBS)
    assert not any(verb in text for verb in HIDDEN_VERBS)


@pytest.mark.parametrize("verb", [*VERBS, *HIDDEN_VERBS])
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each verb explains itself, the hidden ones too."""
    assert run([verb, "--help"]) == 0
    assert f"Usage: baton {verb}" in capsys.readouterr().out


def test_help_imports_nothing_slow() -> None:
    """`baton --help` is read while one waits: it loads neither the packages nor what they need."""
    program = (
        "import sys; from baton_cli.main import run; run(['--help']); "
        "print([name for name in sys.modules if name in "
        "('mlflow', 'httpx', 'pydantic', 'rich', 'sklearn', 'baton_registry')], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stderr == b"[]\n"


def test_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    """`baton --version` names program and version."""
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("baton 0.")


@pytest.mark.parametrize("arguments", [["deploy"], ["promote"], ["status", "--nix"]])
def test_a_usage_error_is_told_with_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What the command line does not offer is no failure of ours."""
    assert run(arguments) == 2
    assert "Usage: baton" in capsys.readouterr().err


def test_a_failure_is_one_line_with_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What could not be done is one line on stderr; nothing is on stdout."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", NOWHERE)
    assert run(["history"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("baton: no answer from the registry at http://127.0.0.1:9")
    assert err.count("\n") == 1


def test_a_bad_setting_is_one_line_with_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line names the variable and the value."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "here")
    assert run(["history"]) == 1
    assert capsys.readouterr().err.startswith("baton: MLFLOW_TRACKING_URI='here': ")


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is raised on purpose becomes a line."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "main", broken)
    with pytest.raises(ZeroDivisionError):
        run(["history"])


def test_the_last_line_of_what_was_stopped_is_the_verbs_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a library notes on the exception that passes through it is nothing for users."""

    def stopped(*_: object, **__: object) -> None:
        error = Terminated("nothing was written")
        error.add_note("while processing 'file'")
        raise error

    monkeypatch.setattr(cli, "main", stopped)
    assert run(["history"]) == 143
    assert capsys.readouterr().err == "baton: ended by SIGTERM; nothing was written\n"


class Unavailable(httpx.BaseTransport):
    """A registry that says so, and lets the test know that it was asked."""

    def __init__(self) -> None:
        self.was_asked = threading.Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.was_asked.set()
        return httpx.Response(503)


def test_ctrl_c_ends_without_a_traceback() -> None:
    """Exit code 130, and one line on stderr."""
    registry = Unavailable()
    with listening(registry) as url:
        environment = os.environ | {"MLFLOW_TRACKING_URI": url}
        with subprocess.Popen(
            [*BATON, "bootstrap"], stderr=subprocess.PIPE, env=environment
        ) as process:
            assert registry.was_asked.wait(timeout=30)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == b"baton: stopped\n"


def test_a_reader_that_has_left_is_no_news() -> None:
    """`baton … | head` ends quietly."""
    with subprocess.Popen(
        [*BATON, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_result_that_cannot_be_written_is_one_line() -> None:
    """A full disk is told, not passed over."""
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run([*BATON, "--help"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr == b"baton: No space left on device: standard output\n"
