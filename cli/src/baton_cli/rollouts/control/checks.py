"""The check that a user may run before each step is left: any program of theirs.

The command comes from the user's own command line or environment, never from the registry. It runs
without a shell. Exit code 0 lets the rollout go on; another one aborts it.
"""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import IO

from baton_cli.settings import build_check_environment
from baton_rollout.progress.facts import Check
from baton_rollout.progress.record import Record


class CheckRunner:
    """Runs a check once for each step. Never waits for it."""

    def __init__(self, command: Sequence[str], log: IO[bytes] | int | None = None) -> None:
        """Runs nothing yet.

        Args:
            command: the program and its arguments; empty: no check.
            log: receives the output of the check; None: stderr of this process.
        """
        self._command = [*command]
        self._log = 2 if log is None else log
        self._step: tuple[str, int, datetime] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_broken = False

    def read(self, record: Record, *, is_own: bool) -> tuple[Check, str]:
        """Returns the state of the check of this step, and why it failed; empty if it did not.

        Args:
            record: the rollout.
            is_own: whether this process started the rollout and so runs the check it was given.
        """
        if record.plan.has_own_check and not is_own:
            return "elsewhere", ""
        if not self._command:
            return "none", ""
        if self._step != _identify(record):
            self.stop()
        if self._process is None:
            return ("broken" if self._is_broken else "due"), ""
        return self._read_exit(self._process.poll())

    def _read_exit(self, code: int | None) -> tuple[Check, str]:
        if code is None:
            return "running", ""
        if code < 0:  # it was killed, which says nothing about the version
            self._process = None
            return "due", ""
        return "passed", f"the check exited with code {code}" if code else ""

    def start(self, record: Record) -> None:
        """Starts the check of this step."""
        self._step = _identify(record)
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                env=build_check_environment(record.plan.version, record.weight),
                start_new_session=True,
            )
        except OSError:
            self._is_broken = True

    def stop(self) -> None:
        """Kills a check that still runs, with its children."""
        process, self._process, self._is_broken = self._process, None, False
        if process is not None and process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _identify(record: Record) -> tuple[str, int, datetime]:
    """Identifies a step. One that begins again after a pause is another one."""
    return record.plan.token, record.step, record.step_since
