import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from baton_trainer.tracking import environment


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a file that replaces the module's own file."""
    git(tmp_path, "init", "--quiet")
    file = tmp_path / "environment.py"
    file.write_text("one")
    monkeypatch.setattr(environment, "__file__", str(file))
    return file


def test_code_is_a_commit_if_git_tracks_the_file(source: Path) -> None:
    """The text says if files were changed; in an unrelated repository it is the version."""
    assert environment.describe_code() == f"baton-trainer {metadata.version('baton-trainer')}"
    git(source.parent, "add", ".")
    git(source.parent, "commit", "--quiet", "-m", "one")
    assert re.fullmatch("commit [0-9a-f]{40}", environment.describe_code())
    source.write_text("two")
    assert re.fullmatch("commit [0-9a-f]{40}, changed since", environment.describe_code())


def test_code_is_the_version_without_git(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An image has no git."""
    monkeypatch.setenv("PATH", str(source.parent))
    assert environment.describe_code().startswith("baton-trainer ")


def test_requirements_are_the_trainers_dependencies() -> None:
    """Indirect ones are listed; development tools and Baton's own packages are not."""
    versions = environment.list_requirements()
    assert versions["scikit-learn"] == metadata.version("scikit-learn")
    assert versions["joblib"] == metadata.version("joblib")  # required by scikit-learn
    assert "ruff" not in versions
    assert not any(name.startswith("baton") for name in versions)
    assert list(versions) == sorted(versions)


def test_requirements_file_has_names_and_versions_only() -> None:
    """No address of a package index, and no path."""
    text = environment.format_requirements(environment.list_requirements())
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.+!-]+", line) for line in text.splitlines())


def test_python_and_platform_do_not_name_the_machine() -> None:
    version = ".".join(map(str, sys.version_info[:3]))
    assert environment.describe_python().endswith(version)
    assert re.fullmatch(r"\w+ \w+", environment.describe_platform())
