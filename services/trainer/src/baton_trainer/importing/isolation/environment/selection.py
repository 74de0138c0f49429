"""Selects the packages of an environment: what the model needs, and what exports it."""

from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from baton_registry.versions.mlmodel import MLMODEL_FILE
from baton_trainer.importing.isolation.environment.requirement_lines import parse_lines
from baton_trainer.importing.isolation.flavor import Flavor

EXPORT = "baton-export"

# What serves and stores models does not open them. A wrapper's class is mlflow's, but without its
# server, in the package `mlflow-skinny`.
_SERVING = frozenset({"mlflow", "mlflow-skinny", "mlflow-tracing", "baton-trainer"})
_SKINNY = "mlflow-skinny"

_CARRIERS = ("arro3-core", "arro3-io")  # they read the rows: a tenth of pyarrow's size
# onnxmltools imports packaging without requiring it. skl2onnx 1.20 fails with protobuf 7.
_FORGOTTEN = ("packaging", "protobuf<7")
_PANDAS = "pandas<3"  # a model that names none is of the time when mlflow<3 brought it

# The first built for numpy 2. Older wheels do not load with it; their metadata does not say so.
_FIRST_FOR_NUMPY_2 = Version("1.4.2")

OVERRIDES = ("nvidia-nccl-cu12; sys_platform == 'none'",)
"""Packages that are left out: 300 MB that XGBoost needs only for several GPUs."""


def select_packages(requirements: Sequence[Requirement], flavor: Flavor) -> tuple[str, ...]:
    """Returns the requirement lines of the environment, in the syntax of a requirements.txt.

    Args:
        requirements: the model's own.
        flavor: how the model is stored.

    Raises:
        ImportFailed: the version of the library in the MLmodel file is none.
    """
    chosen = list(_choose_own(requirements, flavor))
    names = {canonicalize_name(each.name) for each in chosen}
    recorded = [f"{name}=={version}" for name, version in flavor.libraries.items()]
    chosen += [each for each in parse_lines(recorded, MLMODEL_FILE) if each.name not in names]
    lines = [*map(str, chosen), *_CARRIERS, *_FORGOTTEN]
    if "pandas" not in names:
        lines.append(_PANDAS)
    if "numpy" not in names and _needs_numpy_1(lines):
        lines.append("numpy<2")
    return (*lines, *list_exporters())


def list_exporters() -> tuple[str, ...]:
    """Lists what `baton_export` requires."""
    return tuple(text for text in metadata.requires(EXPORT) or () if "extra ==" not in text)


def _choose_own(requirements: Iterable[Requirement], flavor: Flavor) -> Iterator[Requirement]:
    for each in requirements:
        if canonicalize_name(each.name) not in _SERVING:
            yield each
        elif flavor.is_wrapper and canonicalize_name(each.name) in ("mlflow", _SKINNY):
            yield Requirement(f"{_SKINNY}{each.specifier}")


def _needs_numpy_1(lines: Iterable[str]) -> bool:
    for requirement in map(Requirement, lines):
        if canonicalize_name(requirement.name) == "scikit-learn":
            pins = [each.version for each in requirement.specifier if each.operator == "=="]
            return any(Version(pin.removesuffix(".*")) < _FIRST_FOR_NUMPY_2 for pin in pins)
    return False
