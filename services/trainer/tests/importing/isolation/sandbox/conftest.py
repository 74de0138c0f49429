"""Runs hostile code in each sandbox of this machine."""

import json
import os
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from baton_trainer.importing.isolation.environment.interpreter import get_own
from baton_trainer.importing.isolation.job import Limits
from baton_trainer.importing.isolation.sandbox.choice import WRAPPERS, Sandbox, mount_interpreter
from baton_trainer.importing.isolation.sandbox.program import Program
from baton_trainer.importing.isolation.sandbox.running import ProgramExit

RunCode = Callable[..., ProgramExit]
LIMITS = Limits(time_s=20.0)

_TOOLS = {"bubblewrap": "bwrap", "unshare": "unshare"}


@pytest.fixture(params=sorted(WRAPPERS))
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Each sandbox. CI has both."""
    name = request.param
    if shutil.which(_TOOLS[name]) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed; .ci/run installs it")
        pytest.skip(f"{name} is not installed")
    return Sandbox(name, WRAPPERS[name])


@pytest.fixture
def run_code(sandbox: Sandbox) -> RunCode:
    """Runs Python code in the sandbox, with exactly one environment variable."""
    own = get_own()

    def run(code: str, limits: Limits = LIMITS) -> ProgramExit:
        command = (str(own.executable), "-I", "-S", "-c", code)
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        program = Program(command, "/", mount_interpreter(own), environment)
        return sandbox.run(program, limits)

    return run


@pytest.fixture
def evaluate(run_code: RunCode) -> Callable[[str], Any]:
    """Evaluates an expression in the sandbox, after a prelude; an `OSError` is its error's name."""

    def run(expression: str, prelude: str = "") -> Any:
        code = (
            "import ctypes, errno, json, os, pathlib, socket, sys\n"
            f"{prelude}\n"
            f"try: found = {expression}\n"
            "except OSError as error: found = errno.errorcode.get(error.errno, str(error))\n"
            "print(json.dumps(found, default=repr))"
        )
        outcome = run_code(code)
        assert outcome.code == 0, outcome
        return json.loads(outcome.output)

    return run
