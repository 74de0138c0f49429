"""docs/troubleshooting.md quotes what the product writes."""

import ast
import re
from collections.abc import Iterator

from tests.support.documents.blocks import ROOT


def said() -> Iterator[str]:
    """Every text in the code of the product."""
    folders = ("cli", "packages/*", "services/*")
    for file in (file for folder in folders for file in ROOT.glob(f"{folder}/src/**/*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    yield (ROOT / "scripts" / "env").read_text(encoding="utf-8")


def test_symptoms_are_what_the_product_says() -> None:
    """Each message of docs/troubleshooting.md is one that the code can write, word for word."""
    text = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.*?`.*?`.*?) \|", text.split("## MLflow answers 403")[0], re.MULTILINE)
    messages = [code for row in rows for code in re.findall(r"`([^`]+)`", row)]
    assert len(messages) > 30
    texts = [*said()]
    for message in messages:
        for part in filter(None, (part.strip() for part in message.split("…"))):
            assert any(part in each for each in texts), f"{message}: nobody says {part!r}"
