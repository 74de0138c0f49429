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
    """A repository with a file in it that takes the place of the module's own."""
    git(tmp_path, "init", "--quiet")
    file = tmp_path / "environment.py"
    file.write_text("one")
    monkeypatch.setattr(environment, "__file__", str(file))
    return file


def test_the_code_is_a_commit_where_git_knows_the_file(source: Path) -> None:
    """With a word where it was changed since; in somebody else's repository, our own version."""
    assert environment.code_version() == f"baton-trainer {metadata.version('baton-trainer')}"
    git(source.parent, "add", ".")
    git(source.parent, "commit", "--quiet", "-m", "one")
    assert re.fullmatch("commit [0-9a-f]{40}", environment.code_version())
    source.write_text("two")
    assert re.fullmatch("commit [0-9a-f]{40}, changed since", environment.code_version())


def test_without_git_the_code_is_our_version(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An image has no git."""
    monkeypatch.setenv("PATH", str(source.parent))
    assert environment.code_version().startswith("baton-trainer ")


def test_requirements_are_what_the_trainer_rests_on() -> None:
    """Those of its requirements too, but neither development tools nor our own packages."""
    found = environment.requirements()
    assert found["scikit-learn"] == metadata.version("scikit-learn")
    assert found["joblib"] == metadata.version("joblib")  # required by scikit-learn
    assert "ruff" not in found
    assert not any(name.startswith("baton") for name in found)
    assert list(found) == sorted(found)


def test_a_requirements_file_holds_names_and_versions_only() -> None:
    """No address of a registry, and no path."""
    text = environment.requirements_text(environment.requirements())
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.+!-]+", line) for line in text.splitlines())


def test_python_and_platform_name_no_machine() -> None:
    """What they are, not where."""
    version = ".".join(map(str, sys.version_info[:3]))
    assert environment.python_version().endswith(version)
    assert re.fullmatch(r"\w+ \w+", environment.platform_name())
