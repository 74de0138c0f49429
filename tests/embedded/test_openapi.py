"""The service keeps to its own OpenAPI document, whatever is sent to it."""

import subprocess
import sys
from pathlib import Path

from tests.support.rig.inference import Inference

CONFIG = Path(__file__).parent / "schemathesis.toml"
LIMIT_S = 280


def test_keeps_to_its_document(shared_inference: Inference, tmp_path: Path) -> None:
    """No 5xx; statuses, content types, headers and bodies are among those that are declared.

    What fits the schema of `/predict` is scored, and what does not is refused.
    """
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)]
    done = subprocess.run(
        [*command, "run", f"{shared_inference.url}/openapi.json", "--no-color"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout
