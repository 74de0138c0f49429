"""Words of an older, translated English that must not come back."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXTS = ("*.py", "*.md", "*.toml", "*.yml", "*.js", "*.html", "*.css", "*.cfg", "*.jinja", "*.in")
PROGRAMS = ("scripts/*", "infra/secrets/secrets", ".ci/run", "*Dockerfile", ".env.example")
ARCHAIC = re.compile(
    r"\b(anew|whoever|nobody|somebody|meanwhile|hence|thereby|in vain|of no use|knobs?|told apart"
    r"|found out|comes along"
    r"|(is|are|be|was|were) (told|asked of|found out))\b",
    re.IGNORECASE,
)


def test_archaic_words_are_absent() -> None:
    """Name the component, and say what it does: reports, rejects, polls, retries, returns."""
    listed = subprocess.run(
        ["git", "ls-files", "--", *TEXTS, *PROGRAMS],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=30,
    ).stdout  # fmt: skip
    files = [ROOT / name for name in listed.splitlines() if ROOT / name != Path(__file__)]
    assert len(files) > 500

    archaic = [
        f"{file.relative_to(ROOT)}:{number}: {match[0]}"
        for file in files
        for number, line in enumerate(file.read_text().splitlines(), 1)
        for match in ARCHAIC.finditer(line)
    ]

    assert archaic == []
