"""docs/troubleshooting.md and docs/logs.md quote what the product writes."""

import ast
import re
from collections.abc import Iterator

from tests.support.documents.blocks import ROOT


def read_texts() -> Iterator[str]:
    """Reads every text in the code of the product."""
    folders = ("cli", "packages/*", "services/*")
    for file in (file for folder in folders for file in ROOT.glob(f"{folder}/src/**/*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    yield (ROOT / "scripts" / "env").read_text(encoding="utf-8")


def test_symptoms_are_messages_of_the_product() -> None:
    """Each message of docs/troubleshooting.md is one that the code can write, word for word."""
    text = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.*?`.*?`.*?) \|", text.split("## MLflow answers 403")[0], re.MULTILINE)
    messages = [code for row in rows for code in re.findall(r"`([^`]+)`", row)]
    assert len(messages) > 30
    texts = [*read_texts()]
    for message in messages:
        for part in filter(None, (part.strip() for part in message.split("…"))):
            assert any(part in each for each in texts), f"{message}: no code has {part!r}"


def test_log_events_are_events_of_the_product() -> None:
    """Each event that docs/logs.md shows is a text of the code."""
    text = (ROOT / "docs" / "logs.md").read_text(encoding="utf-8")
    events = re.findall(r'"event": "([^"]+)"', text) + re.findall(r"`([a-z]+(?: [a-z]+)+)`", text)
    assert len(events) > 10
    assert {*events} <= {*read_texts()}
