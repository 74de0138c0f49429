"""The invariants of ARCHITECTURE.md that an import or a name gives away."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = [
    file
    for folder in ("cli", "packages/*", "services/*")
    for file in sorted(ROOT.glob(f"{folder}/src/**/*.py"))
]
CORE = ("watcher", "policy", "loader", "live_versions", "cache")
PURE = ("policy", "ledger")
HEAVY = ("mlflow", "mlflow-skinny", "onnx", "pandas", "pyarrow", "scikit-learn", "scipy")


def imported(path: Path) -> set[str]:
    """The top-level modules that a file imports, anywhere in it."""
    return {name.partition(".")[0] for name in dotted(path)}


def dotted(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def named(*stems: str) -> list[Path]:
    found = [path for path in SOURCES if path.stem in stems]
    assert len(found) >= len(stems), stems
    return found


def ids(path: Path) -> str:
    return path.stem


def test_only_trainer_and_tracking_import_mlflow() -> None:
    """MLflow costs a second and 70 MB: only the trainer and its own server pay for it."""
    guilty = [path for path in SOURCES if "mlflow" in imported(path)]

    assert guilty
    assert {path.relative_to(ROOT).parts[1] for path in guilty} == {"trainer", "tracking"}


@pytest.mark.parametrize(
    ("library", "package"), [("onnxruntime", "baton_engine"), ("matplotlib", "baton_trainer")]
)
def test_what_reports_or_writes_is_loaded_by_a_package_that_prevents_it(
    library: str, package: str
) -> None:
    """Its `__init__` sets what these libraries read while they are imported."""
    guilty = [path for path in SOURCES if library in imported(path)]

    assert guilty
    assert {path.relative_to(ROOT).parts[3] for path in guilty} == {package}


@pytest.mark.parametrize("package", HEAVY)
def test_inference_is_light(package: str) -> None:
    """The image of inference does without what takes tens of megabytes and half a second."""
    lock = (ROOT / "services/inference/requirements.lock").read_text(encoding="utf-8")

    assert "\nonnxruntime==" in lock
    assert f"\n{package}==" not in lock


def pins(lock: str) -> set[str]:
    """The versions that a lock names."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return {line for line in lines if "==" in line}


def test_the_extra_adds_to_the_image_and_changes_nothing_in_it() -> None:
    """The image with traces has what the other has, at the same versions, and OpenTelemetry."""
    plain = pins("services/inference/requirements.lock")
    traced = pins("services/inference/requirements-otel.lock")

    assert plain < traced <= pins("requirements.lock")
    assert any(pin.startswith("opentelemetry-sdk==") for pin in traced - plain)


def test_only_settings_read_the_environment() -> None:
    """What a process was told stands in one file of each package."""
    guilty = {path.name for path in SOURCES if "os.environ" in path.read_text(encoding="utf-8")}

    assert guilty <= {"settings.py"}


@pytest.mark.parametrize("path", named(*CORE), ids=ids)
def test_the_core_knows_no_web_framework(path: Path) -> None:
    """The swap path could stand under any server."""
    assert not imported(path) & {"fastapi", "starlette", "uvicorn"}


@pytest.mark.parametrize("path", named(*PURE), ids=ids)
def test_decisions_are_pure(path: Path) -> None:
    """Policy and ledger do no I/O and read no clock."""
    text = path.read_text(encoding="utf-8")

    assert not imported(path) & {"time", "httpx", "os", "pathlib", "threading", "asyncio"}
    assert ".now(" not in text
    assert "open(" not in text


def test_domain_errors_know_no_http() -> None:
    """An HTTP status belongs to the routes, not to what went wrong."""
    inference = [path for path in named("errors") if "inference" in path.parts]

    assert inference
    for path in inference:
        assert "http" not in path.read_text(encoding="utf-8").lower().replace("no http", "")


def taken_from_registry(path: Path) -> set[str]:
    """The names that a file takes from the package that fetches files."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    return {
        alias.name
        for node in froms
        if node.module in ("baton_registry", "baton_registry.rest", "baton_registry.rest.fetch")
        for alias in node.names
    }


def test_a_version_is_opened_in_one_way() -> None:
    """Whoever gets hold of a version's files has its signature checked first."""
    others = [path for path in SOURCES if "baton_registry" not in path.parts]
    guilty = {path.name for path in others if taken_from_registry(path) & {"fetch", "reopen"}}

    assert guilty == {"open_version.py", "loader.py"}
    for path in named(*(name.removesuffix(".py") for name in guilty)):
        assert "open_version(" in path.read_text(encoding="utf-8")


def test_older_tags_are_read_in_one_place() -> None:
    """Everything else reads the record, which knows the manifest as well."""
    older = ("DATA_CHECKSUM_TAG", "HELD_OUT_BY_TAG", "GATE_FIGURES_TAG", "CHECKSUM_TAG_PREFIX")
    texts = [(path.name, path.read_text(encoding="utf-8")) for path in SOURCES]
    guilty = {name for name, text in texts if any(word in text for word in older)}

    # The signature of an older version covers two of them; a run has the data's checksum as well.
    assert guilty == {"model_version.py", "record.py", "signing.py", "run.py"}
