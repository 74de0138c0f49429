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
from tests.support.cli.fakes import serve

BATON = (sys.executable, "-m", "baton_cli")
NO_SERVER = "http://127.0.0.1:9"


def test_help_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    """The list has the order of a life cycle, without hidden verbs."""
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    assert [
        line.split()[0] for line in text.split("Commands:")[1].splitlines()[1 : len(VERBS) + 1]
    ] == list(VERBS)
    assert not any(verb in text for verb in HIDDEN_VERBS)


@pytest.mark.parametrize("verb", [*VERBS, *HIDDEN_VERBS])
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Hidden verbs have help, too."""
    assert run([verb, "--help"]) == 0
    assert f"Usage: baton {verb}" in capsys.readouterr().out


def test_help_imports_no_slow_module() -> None:
    """`baton --help` imports neither the packages nor their libraries."""
    program = (
        "import sys; from baton_cli.main import run; run(['--help']); "
        "print([name for name in sys.modules if name in "
        "('mlflow', 'httpx', 'pydantic', 'rich', 'sklearn', 'baton_registry')], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stderr == b"[]\n"


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """`baton --version` prints program and version."""
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("baton 0.")


@pytest.mark.parametrize("arguments", [["deploy"], ["promote"], ["status", "--nix"]])
def test_usage_error_has_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown verb or option, or a missing argument."""
    assert run(arguments) == 2
    assert "Usage: baton" in capsys.readouterr().err


def test_failure_is_one_line_with_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line is on stderr; stdout is empty."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", NO_SERVER)
    assert run(["history"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("baton: no answer from the registry at http://127.0.0.1:9")
    assert err.count("\n") == 1


def test_invalid_setting_is_one_line_with_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line names the variable and the value."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "here")
    assert run(["history"]) == 1
    assert capsys.readouterr().err.startswith("baton: MLFLOW_TRACKING_URI='here': ")


def test_unexpected_error_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only expected errors become one line."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "main", fail)
    with pytest.raises(ZeroDivisionError):
        run(["history"])


def test_last_line_after_a_signal_ignores_notes_of_libraries(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has only the explanation of the verb."""

    def interrupt(*_: object, **__: object) -> None:
        error = Terminated("nothing was written")
        error.add_note("while processing 'file'")
        raise error

    monkeypatch.setattr(cli, "main", interrupt)
    assert run(["history"]) == 143
    assert capsys.readouterr().err == "baton: ended by SIGTERM; nothing was written\n"


class Unavailable(httpx.BaseTransport):
    """A registry that answers 503 and signals the first request."""

    def __init__(self) -> None:
        self.was_called = threading.Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.was_called.set()
        return httpx.Response(503)


def test_ctrl_c_prints_one_line() -> None:
    """Exit code 130, no traceback."""
    registry = Unavailable()
    with serve(registry) as url:
        environment = os.environ | {"MLFLOW_TRACKING_URI": url}
        with subprocess.Popen(
            [*BATON, "bootstrap"], stderr=subprocess.PIPE, env=environment
        ) as process:
            assert registry.was_called.wait(timeout=30)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == b"baton: stopped\n"


def test_closed_stdout_prints_nothing() -> None:
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
def test_failed_write_to_stdout_is_one_line() -> None:
    """E.g. a full disk."""
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run([*BATON, "--help"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr == b"baton: No space left on device: standard output\n"
