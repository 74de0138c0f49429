"""The benchmark tables in the project's documents, between marks with their names."""

from pathlib import Path

from bench.errors import CannotRun
from bench.settings import ROOT

README = ROOT / "README.md"
DETAILS = ROOT / "docs" / "benchmarks.md"
KUBERNETES = ROOT / "docs" / "kubernetes.md"
MODELS = ROOT / "docs" / "models.md"


def replace_section(document: Path, name: str, text: str) -> None:
    """Replaces the text between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`.

    Raises:
        CannotRun: the document has no such marks.
    """
    begin, end = f"<!-- bench:{name} -->\n", f"<!-- /bench:{name} -->"
    before, mark, rest = document.read_text(encoding="utf-8").partition(begin)
    _, end_mark, after = rest.partition(end)
    if not (mark and end_mark):
        raise CannotRun(f"{document.name} lacks the marks {begin.strip()} … {end}")
    document.write_text(f"{before}{begin}\n{text}\n\n{end}{after}", encoding="utf-8")
