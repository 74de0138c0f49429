"""The measured tables in the project's documents, between marks that name them."""

from pathlib import Path

from bench.errors import CannotRun
from bench.settings import ROOT

README = ROOT / "README.md"
DETAILS = ROOT / "docs" / "benchmarks.md"


def put(document: Path, name: str, text: str) -> None:
    """Replaces what stands between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`.

    Raises:
        CannotRun: the document has no such marks.
    """
    begin, end = f"<!-- bench:{name} -->\n", f"<!-- /bench:{name} -->"
    before, found, rest = document.read_text(encoding="utf-8").partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found and found_end):
        raise CannotRun(f"{document.name} has no place for the tables: {begin.strip()} … {end}")
    document.write_text(f"{before}{begin}\n{text}\n\n{end}{after}", encoding="utf-8")
