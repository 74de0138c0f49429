"""One environment with scikit-learn 1.4.2 for all tests, and models that it pickled."""

import json
import subprocess
from pathlib import Path

import pytest
from arro3.core import Array, Table
from arro3.io import write_parquet

from baton_trainer.importing.isolation.conversion import convert_isolated
from baton_trainer.importing.isolation.environment.installation import prepare_environment
from baton_trainer.importing.isolation.environment.interpreter import get_own
from baton_trainer.importing.isolation.environment.requirement_lines import read_requirements
from baton_trainer.importing.isolation.environment.selection import select_packages
from baton_trainer.importing.isolation.job import Conversion, ConversionJob, Limits
from baton_trainer.progress import NoProgress
from tests.support.trainer.pickles import (
    COLUMNS,
    FIT,
    FLAVOR,
    LIMITS,
    REQUIREMENTS,
    ROWS,
    TYPES,
    Convert,
    OldLibraries,
)


@pytest.fixture(scope="session")
def old_libraries(tmp_path_factory: pytest.TempPathFactory) -> OldLibraries:
    """Installs the environment, and fits models in it."""
    folder = tmp_path_factory.mktemp("old")
    (folder / "requirements.txt").write_text(REQUIREMENTS, encoding="utf-8")
    lines = select_packages(read_requirements(folder), FLAVOR)
    environment = prepare_environment(lines, get_own(), folder, NoProgress())
    command = [str(get_own().executable), "-S", "-c", FIT, str(folder), json.dumps(ROWS)]
    variables = {"PYTHONPATH": str(environment.folder), "OMP_NUM_THREADS": "1"}
    printed = subprocess.run(command, env=variables, capture_output=True, check=True).stdout
    forest, line = ((folder / f"{name}.pkl").read_bytes() for name in ("forest", "line"))
    return OldLibraries(folder, forest, line, json.loads(printed))


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """The rows as a Parquet file."""
    path = tmp_path / "rows.parquet"
    arrays = [Array(values, TYPES[name]) for name, values in ROWS.items()]
    write_parquet(Table.from_arrays(arrays, names=list(ROWS)), path)
    return path


@pytest.fixture
def convert(old_libraries: OldLibraries, tmp_path: Path, rows: Path) -> Convert:
    """Converts a pickle, as the trainer does, in the shared environment."""

    def run(content: bytes, limits: Limits = LIMITS, *, trust: bool = False) -> Conversion:
        model = tmp_path / "model"
        model.mkdir()
        (model / "model.pkl").write_bytes(content)
        (model / "requirements.txt").write_text(REQUIREMENTS, encoding="utf-8")
        job = ConversionJob(
            model=model,
            flavor=FLAVOR,
            columns=COLUMNS,
            rows=rows,
            row_count=len(ROWS["age"]),
            cache=old_libraries.cache,
            limits=limits,
        )
        return convert_isolated(job, trust_model=trust)

    return run
