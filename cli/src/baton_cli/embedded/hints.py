"""What `baton up` prints once everything runs: where things are, and what to try next."""

import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from baton_cli.embedded.programs import Plan
from baton_cli.processes.supervisor import shown
from baton_cli.settings import DEFAULTS, CliSettings


def summary(plan: Plan, settings: CliSettings, *, has_example: bool, is_ready: bool) -> str:
    """The text. Its commands work as they stand in another terminal in the same folder."""
    url = plan.inference_url
    program = find_program_name(sys.argv[0])
    tracking, everything = environment(plan, settings)
    commands = [
        _curl(url, plan.home.example if has_example else None),
        _command(tracking, program, "train", *plan.training),
        _command(everything, program, "promote", "challenger", "--wait"),
    ]
    lines = [
        "",
        f"  Operations   {url}",
        f"  Predictions  {url}/docs",
        f"  MLflow       {plan.tracking_uri}",
        f"  Logs         {shown(plan.home.logs)}",
        "",
        "Try next, in another terminal:",
        *(f"  {command}" for command in commands),
        "",
        "`baton rollback` goes back to the version before. Ctrl-C stops everything.",
    ]
    if not is_ready:
        lines.insert(1, f"No version is served yet: {url}/status says why.")
    return "\n".join(lines)


def _curl(url: str, example: Path | None) -> str:
    if example is None:
        return f"curl -s {url}/status"
    header = shlex.quote("Content-Type: application/json")
    return f"curl -s {url}/predict -H {header} -d {shlex.quote(f'@{shown(example)}')}"


def _command(environment: Mapping[str, str], program: str, *arguments: str) -> str:
    variables = [f"{name}={shlex.quote(value)}" for name, value in environment.items()]
    return " ".join([*variables, program, *map(shlex.quote, arguments)])


def environment(plan: Plan, settings: CliSettings) -> tuple[dict[str, str], dict[str, str]]:
    """The variables that a command needs to find the registry, and inference as well.

    Left out is what a terminal that sets nothing has right, if this one does not set it otherwise.
    """
    tracking = _unusual(
        {
            "MLFLOW_TRACKING_URI": (plan.tracking_uri, settings.tracking_uri),
            "BATON_MODEL_NAME": (settings.model_name, settings.model_name),
            "BATON_ALIAS": (settings.alias, settings.alias),
        }
    )
    set_here = ",".join(settings.inference_urls)
    inference = _unusual({"BATON_INFERENCE_URL": (plan.inference_url, set_here)})
    return tracking, {**tracking, **inference}


def _unusual(variables: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Of variables to (needed, set here), those whose default would not do in every terminal."""
    return {
        name: needed
        for name, (needed, set_here) in variables.items()
        if not needed == set_here == DEFAULTS[name]
    }


def find_program_name(argv0: str) -> str:
    """How this program is called from here: `baton` where PATH finds it, else its file."""
    program = Path(argv0).absolute()
    if program.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m baton_cli"
    found = shutil.which("baton")
    if found is not None and Path(found).resolve() == program.resolve():
        return "baton"
    return shlex.quote(shown(program))
