"""One version for every distribution, what they require of each other, images and chart."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECTS = sorted(ROOT.glob("cli/pyproject.toml")) + sorted(ROOT.glob("*/*/pyproject.toml"))
CHART = ROOT / "deploy" / "helm" / "baton" / "Chart.yaml"
DOCKERFILES = sorted((*ROOT.glob("services/*/Dockerfile"), *ROOT.glob("infra/*/Dockerfile")))
OWN = re.compile(r"baton-[a-z]+")
LABEL = re.compile(r'org\.opencontainers\.image\.version="(.+)"')


def version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


@pytest.mark.parametrize("file", PROJECTS, ids=lambda file: file.parent.name)
def test_distribution_has_the_version(file: Path) -> None:
    """It requires the others of exactly its own version: two releases are never mixed."""
    project = tomllib.loads(file.read_text())["project"]
    extras = project.get("optional-dependencies", {}).values()
    required = [*project["dependencies"], *(each for extra in extras for each in extra)]

    assert project["version"] == version()
    for requirement in required:
        if OWN.match(requirement):
            assert requirement.endswith(f"=={version()}"), requirement


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.parent.name)
def test_image_has_the_version(file: Path) -> None:
    """`docker inspect` says which release an image is."""
    assert LABEL.findall(file.read_text()) == [version()]


def test_chart_has_the_version() -> None:
    """Its images have the tag of the release, unless a value names another."""
    assert yaml.safe_load(CHART.read_text())["appVersion"] == version()


def test_script_writes_the_version_everywhere(tmp_path: Path) -> None:
    """`scripts/version VERSION` leaves the old one nowhere, and refuses what is not a version."""
    files = [ROOT / "pyproject.toml", *PROJECTS, *DOCKERFILES, CHART]
    files += [ROOT / "scripts" / name for name in ("env", "version")]
    for file in files:
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
        copy.chmod(0o755)
    script = tmp_path / "scripts" / "version"

    subprocess.run([script, "9.8.7"], check=True, timeout=30)
    refused = subprocess.run(
        [script, "9.8"], capture_output=True, text=True, check=False, timeout=30
    )

    told = subprocess.run([script], check=True, timeout=30, capture_output=True, text=True).stdout
    assert told == "9.8.7\n"
    assert refused.returncode == 1
    assert "9.8 " in refused.stderr
    for file in files[:-2]:
        assert version() not in (tmp_path / file.relative_to(ROOT)).read_text(), file
