"""The commands of docs/kubernetes.md, in order, in one shell, on a cluster."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.documents.blocks import ROOT, read_blocks
from tests.support.kubernetes.commands import enter
from tests.support.kubernetes.release.installation import Installation, list_settings
from tests.support.kubernetes.release.release import NAME, NAMESPACE

PAGE = ROOT / "docs" / "kubernetes.md"
THIS = "tests/kubernetes/test_document.py runs it"
FOLDERS = ("deploy", "docs")
LIMIT_S = 600
# The forwarded ports end with the shell. An HTTP error must fail the test.
PRELUDE = """
set -euo pipefail
trap 'code=$?; kill $(jobs -p) 2>/dev/null; exit $code' EXIT
trap 'echo "$at: exit code $?" >&2' ERR
curl() { command curl --fail-with-body "$@"; }
"""
CALL_GRPC = """
at="gRPC through the forwarded port"
python - <<'END'
import grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest
from grpc_health.v1.health_pb2_grpc import HealthStub
with grpc.insecure_channel("127.0.0.1:8001") as channel:
    answer = HealthStub(channel).Check(HealthCheckRequest(), wait_for_ready=True, timeout=20)
assert answer.status == answer.SERVING
END
"""


def build_script() -> str:
    """Builds a shell script that saves the files of the page and runs its commands."""
    lines = [PRELUDE]
    for block in read_blocks(PAGE):
        if block.file:
            lines.append(f"cat >{block.file} <<'END'\n{block.text}END")
        elif THIS in (block.not_run or ""):
            lines += [f"at={each.where}\n{each.text}" for each in block.list_commands()]
    return adapt("\n".join([*lines, CALL_GRPC]))


def adapt(script: str) -> str:
    """Replaces the names of the release and the images; it is installed already."""
    settings = " ".join(list_settings())
    changes = {
        r"helm install ": "helm upgrade --install ",
        r"--set image\.registry=registry\.example\.com/team": settings,
        r"--namespace churn\b": f"--namespace {NAMESPACE}",
        r"\bchurn\b(?=[- ])": NAME,
    }
    for found, replacement in changes.items():
        script, count = re.subn(found, replacement, script)
        assert count, found
    return script


def test_commands_succeed(installation: Installation, tmp_path: Path) -> None:
    """Install, ask, train, promote, go back, roll out, and render: each command succeeds."""
    cluster = installation.release.cluster
    shutil.copy(cluster.layout.state / "admin.conf", tmp_path / "kubeconfig")
    for folder in FOLDERS:
        (tmp_path / folder).symlink_to(ROOT / folder)
    environment = {
        "KUBECONFIG": str(tmp_path / "kubeconfig"),
        "HOME": str(tmp_path),
        "USER": "reader",
        "PATH": f"{cluster.programs}:{sys.prefix}/bin:/usr/bin:/bin:/usr/sbin:/sbin",
    }
    assignments = [f"{name}={value}" for name, value in environment.items()]
    done = subprocess.run(
        enter(
            cluster.layout.name,
            "env",
            *assignments,
            "timeout",
            f"{LIMIT_S}",
            "bash",
            "-c",
            build_script(),
        ),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    assert '"model_version":"1"' in done.stdout
    assert "reader" in done.stdout, "history names who moved the alias"
