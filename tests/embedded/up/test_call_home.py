"""Baton contacts only configured hosts and writes only to documented folders."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from baton_cli.main import HIDDEN_VERBS, VERBS
from tests.support.network.isolation import Network, isolate_network, require_isolation
from tests.support.rig.process import Process, wait_until

START_S = 300.0
LIMIT_S = 180.0
BATON = (sys.executable, "-m", "baton_cli")
DOCUMENTED = (".baton", ".cache/baton")
INSTALLERS = {"import"}
"""Verbs that install a model's own libraries from the package index, as SECURITY.md says."""
SECOND = "http://127.0.0.1:8001"
REQUEST = """
import sys, urllib.request
kind, url, *body = sys.argv[1:]
data = open(body[0], "rb").read() if body else None
urllib.request.urlopen(urllib.request.Request(url, data, {"Content-Type": kind})).read()
"""


class Terminal:
    """A user's terminal in a fresh home, without inherited environment variables."""

    def __init__(self, network: Network, home: Path) -> None:
        self.network = network
        self.home = home
        self.verbs: set[str] = set()

    def command(self, *arguments: str, **env: str) -> list[str]:
        """Returns the command line of `baton …`, without variables such as CI."""
        self.verbs.add(arguments[0])
        return self._wrap((*BATON, *arguments), env)

    def baton(self, *arguments: str, **env: str) -> None:
        _run(self.command(*arguments, **env))

    def request(self, kind: str, url: str, *body: str) -> None:
        _run(self._wrap((sys.executable, "-c", REQUEST, kind, url, *body), {}))

    def _wrap(self, command: tuple[str, ...], env: dict[str, str]) -> list[str]:
        own = {"HOME": str(self.home), "PATH": f"{sys.prefix}/bin:/usr/bin:/bin", **env}
        return self.network.wrap(self.home, own, *command)

    def list_files(self) -> list[str]:
        """Lists every file in the home by its relative path."""
        files = (path for path in self.home.rglob("*") if not path.is_dir())
        return sorted(str(path.relative_to(self.home)) for path in files)


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    require_isolation()
    home = tmp_path / "home"
    home.mkdir()
    with isolate_network(tmp_path / "names") as network:
        yield Terminal(network, home)


def write_csv(home: Path) -> str:
    """Writes the example of `baton up` as a table to score."""
    rows = json.loads((home / ".baton/example.json").read_text(encoding="utf-8"))["instances"]
    with (home / ".baton/rows.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return ".baton/rows.csv"


def use_every_verb(terminal: Terminal) -> None:
    """Runs every verb beside `baton up`, with a second inference process."""
    terminal.baton("train", "--estimator", "lightgbm", "--search", "1")
    log = {"BATON_PREDICTIONS_DIR": ".baton/predictions"}
    serve = terminal.command("serve", BATON_PORT="8001", **log)
    second = Process(serve, {}, terminal.home / ".baton/serve.log")
    second.start()
    try:
        both = {"BATON_INFERENCE_URL": f"http://127.0.0.1:8000,{SECOND}"}
        wait_until(lambda: "listening" in second.log_tail, START_S, f"serves: {second.log_tail}")
        terminal.baton("promote", "2", "--force", "--wait", **both)
        terminal.baton("status", **both)
        terminal.request("application/json", f"{SECOND}/predict", ".baton/example.json")
    finally:
        assert second.stop() == 0
    rows = write_csv(terminal.home)
    terminal.request("text/csv", "http://127.0.0.1:8000/invocations", rows)
    terminal.request("", "http://127.0.0.1:8000/docs")
    terminal.request("", "http://127.0.0.1:5000/")
    terminal.baton("score", rows, "--output", ".baton/scored.csv")
    (terminal.home / ".baton/labels.csv").write_text("request,left\na-1,Yes\n")
    columns = ("--id", "request", "--label", "left")
    terminal.baton("feedback", ".baton/labels.csv", *columns, "--to", ".baton/predictions")
    for verb in ("quality", "drift"):
        terminal.baton(verb, "--from", ".baton/predictions", "--log")
    terminal.baton("predictions", "push", "--from", ".baton/predictions", "--to", ".baton/moved")
    terminal.baton("compare", "1", "2")
    terminal.baton("reproduce", "1")
    terminal.baton("rollback", "--wait")
    for words in (("start", "2", "--force"), ("pause",), ("resume",), ("abort",)):
        terminal.baton("rollout", *words)
    terminal.baton("history")
    terminal.baton("webhook", "ensure", BATON_WEBHOOK_SECRET="s" * 32)
    terminal.baton("keys", "signing", ".baton/signing.key")
    terminal.baton("keys", "api", "someone")
    terminal.baton("bootstrap")


@pytest.mark.timeout(900)
def test_no_verb_calls_home(terminal: Terminal) -> None:
    """No verb resolves a name or leaves an undocumented file, and neither does `baton up`.

    The network has no other host; its resolver records every name.
    """
    up = Process(terminal.command("up"), {}, terminal.home.parent / "up.log")
    up.start()
    try:
        wait_until(lambda: "Ctrl-C stops everything" in up.log_tail, START_S, "baton up is up")
        use_every_verb(terminal)
    finally:
        assert up.stop(limit_s=60) == 0

    assert terminal.verbs == {*VERBS, *HIDDEN_VERBS} - INSTALLERS
    assert terminal.network.read_names() == []
    assert [path for path in terminal.list_files() if not path.startswith(DOCUMENTED)] == []
