"""The summary that `baton up` prints when everything runs: addresses, and commands to try."""

import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from baton_cli.embedded.programs import Plan
from baton_cli.settings import DEFAULTS, CliSettings
from baton_cli.terminal import shorten_path


def format_summary(plan: Plan, settings: CliSettings, *, has_example: bool, is_ready: bool) -> str:
    """Formats the text. Its commands can be pasted into another terminal in the same folder."""
    url = plan.inference_url
    program = find_program_name(sys.argv[0])
    for_train, for_promote = list_variables(plan, settings)
    commands = [
        _format_curl(url, plan.home.example if has_example else None),
        _format_command(for_train, program, "train", *plan.training),
        _format_command(for_promote, program, "promote", "challenger", "--wait"),
    ]
    lines = [
        "",
        f"  Operations   {url}",
        f"  Predictions  {url}/docs",
        *([f"  gRPC         {plan.grpc_address}"] if plan.grpc_address else []),
        f"  MLflow       {plan.tracking_uri}",
        f"  Logs         {shorten_path(plan.home.logs)}",
        "",
        "Try next, in another terminal:",
        *(f"  {command}" for command in commands),
        "",
        "`baton rollback` restores the previous version. Ctrl-C stops everything.",
    ]
    if not is_ready:
        lines.insert(1, f"No version is served yet; {url}/status shows why.")
    return "\n".join(lines)


def _format_curl(url: str, example: Path | None) -> str:
    if example is None:
        return f"curl -s {url}/status"
    header = shlex.quote("Content-Type: application/json")
    return f"curl -s {url}/predict -H {header} -d {shlex.quote(f'@{shorten_path(example)}')}"


def _format_command(environment: Mapping[str, str], program: str, *arguments: str) -> str:
    variables = [f"{name}={shlex.quote(value)}" for name, value in environment.items()]
    return " ".join([*variables, program, *map(shlex.quote, arguments)])


def list_variables(plan: Plan, settings: CliSettings) -> tuple[dict[str, str], dict[str, str]]:
    """Lists the variables that a command needs: for the registry, and for inference as well.

    A variable is omitted if its default is right and this terminal does not override it.
    """
    tracking = _select_needed(
        {
            "MLFLOW_TRACKING_URI": (plan.tracking_uri, settings.tracking_uri),
            "BATON_MODEL_NAME": (settings.model_name, settings.model_name),
            "BATON_ALIAS": (settings.alias, settings.alias),
        }
    )
    set_here = ",".join(settings.inference_urls)
    inference = _select_needed({"BATON_INFERENCE_URL": (plan.inference_url, set_here)})
    return tracking, {**tracking, **inference}


def _select_needed(variables: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Selects from name → (needed, set here) the variables whose default is not enough."""
    return {
        name: needed
        for name, (needed, set_here) in variables.items()
        if not needed == set_here == DEFAULTS[name]
    }


def find_program_name(argv0: str) -> str:
    """Returns how to call this program from here: `baton` if PATH has it, else its path."""
    program = Path(argv0).absolute()
    if program.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m baton_cli"
    on_path = shutil.which("baton")
    if on_path is not None and Path(on_path).resolve() == program.resolve():
        return "baton"
    return shlex.quote(shorten_path(program))
