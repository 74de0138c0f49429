"""The programs of a cluster are built once, completely or not at all. Here, a file is copied."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.kubernetes.commands import ClusterError
from tests.support.kubernetes.programs import CACHE_VARIABLE, find_programs
from tests.support.stack.docker import require_docker


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sources of one program; the cache is empty."""
    require_docker()
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY program /\n")
    (folder / "program").write_text("1")
    return folder


def test_built_once_for_the_same_sources(sources: Path) -> None:
    """Two processes at the same time build once; other sources are another folder."""
    reports: list[str] = []
    with ThreadPoolExecutor() as pool:
        [one, other] = pool.map(lambda _: find_programs(reports.append, sources), range(2))
    assert one == other
    assert sum("compiling" in report for report in reports) == 1

    (sources / "program").write_text("2")
    assert (find_programs(reports.append, sources) / "program").read_text() == "2"
    assert (one / "program").read_text() == "1"


def test_failed_build_leaves_nothing(sources: Path) -> None:
    """The error shows the output; the next run builds again."""
    (sources / "program").unlink()
    with pytest.raises(ClusterError, match="program"):
        find_programs(lambda _: None, sources)

    (sources / "program").write_text("1")
    assert (find_programs(lambda _: None, sources) / "program").read_text() == "1"
