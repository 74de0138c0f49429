"""The options that name a cluster."""

import subprocess
import sys

import pytest

from baton_cli.main import run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--scheduler", "tcp://127.0.0.1:8786"], "has no TLS"),
        (["--scheduler", "127.0.0.1:8786"], "has no TLS"),
        (["--scheduler", "ucx://127.0.0.1:8786"], "is not an address"),
        (["--scheduler", "tls://127.0.0.1"], "is not an address"),
        (["--scheduler", "tls://127.0.0.1:1", "--workers", "2"], "either --workers or"),
        (["--workers", "2", "--insecure"], "--insecure needs --scheduler"),
        (["--workers", "0"], "0 is not in the range"),
        (["--workers", "2", "--output", "-"], "need --output FOLDER"),
        (["--workers", "2", "--output-format", "csv"], "write Parquet only"),
        (["--output", "s3://bucket/out"], "s3://bucket/out needs --workers N"),
    ],
)
def test_wrong_options_are_usage_errors(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is contacted: a scheduler without TLS needs `--insecure`."""
    assert run(["score", "in", "--output", "out", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_dask_is_imported_only_when_it_is_used() -> None:
    """It takes most of a second, and may not be installed."""
    code = (
        "import sys, baton_cli.verbs.score, baton_cli.verbs.train, baton_cli.bulk.file_scoring;"
        "print({'dask', 'distributed', 'fsspec', 'pyarrow'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
