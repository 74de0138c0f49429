"""The invariants of ARCHITECTURE.md that imports and names reveal."""

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
ROLLOUT = [path for path in SOURCES if "baton_rollout" in path.parts]
HEAVY = ("mlflow", "mlflow-skinny", "onnx", "pandas", "pyarrow", "scikit-learn", "scipy")


def list_imports(path: Path) -> set[str]:
    """Lists the top-level modules that a file imports."""
    return {name.partition(".")[0] for name in list_modules(path)}


def list_modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def find_sources(*stems: str) -> list[Path]:
    paths = [path for path in SOURCES if path.stem in stems]
    assert len(paths) >= len(stems), stems
    return paths


def get_stem(path: Path) -> str:
    return path.stem


def test_only_trainer_and_tracking_import_mlflow() -> None:
    """MLflow costs a second and 70 MB, so only the trainer and its server import it."""
    offenders = [path for path in SOURCES if "mlflow" in list_imports(path)]

    assert offenders
    assert {path.relative_to(ROOT).parts[1] for path in offenders} == {"trainer", "tracking"}


@pytest.mark.parametrize(
    ("library", "package"), [("onnxruntime", "baton_engine"), ("matplotlib", "baton_trainer")]
)
def test_library_is_imported_only_by_the_package_that_configures_it(
    library: str, package: str
) -> None:
    """Its `__init__` sets the environment that the library reads during import."""
    offenders = [path for path in SOURCES if library in list_imports(path)]

    assert offenders
    assert {path.relative_to(ROOT).parts[3] for path in offenders} == {package}


@pytest.mark.parametrize("package", HEAVY)
def test_inference_has_no_heavy_package(package: str) -> None:
    """Its image lacks packages that cost tens of megabytes and half a second."""
    lock = (ROOT / "services/inference/requirements.lock").read_text(encoding="utf-8")

    assert "\nonnxruntime==" in lock
    assert f"\n{package}==" not in lock


def read_pins(lock: str) -> set[str]:
    """Reads the pinned versions of a lock."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return {line for line in lines if "==" in line}


def test_extra_only_adds_packages() -> None:
    """The image with traces has the packages of the other one, and OpenTelemetry."""
    plain = read_pins("services/inference/requirements.lock")
    traced = read_pins("services/inference/requirements-otel.lock")

    assert plain < traced <= read_pins("requirements.lock")
    assert any(pin.startswith("opentelemetry-sdk==") for pin in traced - plain)


def test_only_settings_read_the_environment() -> None:
    """Each package reads its environment in one file."""
    offenders = {path.name for path in SOURCES if "os.environ" in path.read_text(encoding="utf-8")}

    assert offenders <= {"settings.py"}


@pytest.mark.parametrize("path", find_sources(*CORE), ids=get_stem)
def test_core_imports_no_web_framework(path: Path) -> None:
    """The swap path works with any server."""
    assert not list_imports(path) & {"fastapi", "starlette", "uvicorn"}


@pytest.mark.parametrize("path", [*find_sources(*PURE), *ROLLOUT], ids=get_stem)
def test_decisions_are_pure(path: Path) -> None:
    """Policy, ledger and rollout do no I/O and read no clock."""
    text = path.read_text(encoding="utf-8")

    assert not list_imports(path) & {
        "time",
        "httpx",
        "os",
        "pathlib",
        "threading",
        "asyncio",
        "random",
    }
    assert ".now(" not in text
    assert "open(" not in text


def test_domain_errors_are_independent_of_http() -> None:
    """Only the routes choose an HTTP status."""
    inference = [path for path in find_sources("errors") if "baton_inference" in path.parts]

    assert inference
    for path in inference:
        assert "http" not in path.read_text(encoding="utf-8").lower().replace("no http", "")


def list_registry_imports(path: Path) -> set[str]:
    """Lists the names that a file imports from the package that fetches files."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    return {
        alias.name
        for node in froms
        if node.module in ("baton_registry", "baton_registry.rest", "baton_registry.rest.fetch")
        for alias in node.names
    }


def test_version_is_opened_by_one_function() -> None:
    """Every reader of a version's files checks its signature first."""
    others = [path for path in SOURCES if "baton_registry" not in path.parts]
    offenders = {path.name for path in others if list_registry_imports(path) & {"fetch", "reopen"}}

    assert offenders == {"open_version.py", "loader.py", "registering.py"}
    for path in find_sources(*(name.removesuffix(".py") for name in offenders)):
        assert "open_version(" in path.read_text(encoding="utf-8")


def test_older_tags_are_read_in_one_place() -> None:
    """Other code reads the manifest."""
    older = ("DATA_CHECKSUM_TAG", "HELD_OUT_BY_TAG", "GATE_FIGURES_TAG", "CHECKSUM_TAG_PREFIX")
    texts = [(path.name, path.read_text(encoding="utf-8")) for path in SOURCES]
    offenders = {name for name, text in texts if any(word in text for word in older)}

    # The signature of an older version covers two of them; a run has the data's checksum, too.
    assert offenders == {"model_version.py", "manifest_from_tags.py", "signing.py", "run.py"}
