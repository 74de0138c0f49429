"""The service conforms to its OpenAPI document."""

import subprocess
import sys
from pathlib import Path

from tests.support.rig.inference import Inference

CONFIG = Path(__file__).parent / "schemathesis.toml"
LIMIT_S = 280


def test_service_conforms_to_its_document(shared_inference: Inference, tmp_path: Path) -> None:
    """There is no 5xx; statuses, content types, headers and bodies are declared.

    `/predict` scores bodies that match its schema and rejects others.
    """
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)]
    result = subprocess.run(
        [*command, "run", f"{shared_inference.url}/openapi.json", "--no-color"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "No issues found" in result.stdout
