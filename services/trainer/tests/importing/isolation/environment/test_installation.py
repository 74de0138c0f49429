"""Installing packages runs none of their code, and takes wheels only."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.environment.installation import prepare_environment
from baton_trainer.importing.isolation.environment.interpreter import get_own
from baton_trainer.progress import NoProgress

METADATA = "Metadata-Version: 2.1\nName: {}\nVersion: 1.0\n"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the only package index, as a user may configure it for uv."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    return folder


def write_wheel(folder: Path, marker: Path) -> None:
    """Writes a wheel whose files run at each start of a Python that has it installed."""
    code = f"import pathlib; pathlib.Path({str(marker)!r}).touch()\n"
    with zipfile.ZipFile(folder / "evil-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("evil.pth", code)
        wheel.writestr("sitecustomize.py", code)
        wheel.writestr("evil.py", code)
        info = "evil-1.0.dist-info/"
        wheel.writestr(info + "METADATA", METADATA.format("evil"))
        wheel.writestr(
            info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any"
        )
        wheel.writestr(info + "RECORD", "")


def write_sdist(folder: Path, marker: Path) -> None:
    """Writes a source distribution whose build runs code."""
    with tarfile.open(folder / "source-1.0.tar.gz", "w:gz") as archive:
        for name, text in {
            "setup.py": f"import pathlib; pathlib.Path({str(marker)!r}).touch()\n",
            "PKG-INFO": METADATA.format("source"),
        }.items():
            entry = tarfile.TarInfo(f"source-1.0/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))


def test_an_installed_package_does_not_run(tmp_path: Path, index: Path) -> None:
    """Neither during the installation nor when the environment is found again."""
    marker = tmp_path / "marker"
    write_wheel(index, marker)

    first = prepare_environment(["evil"], get_own(), tmp_path, NoProgress())
    again = prepare_environment(["evil"], get_own(), tmp_path, NoProgress())

    assert first == again
    assert first.versions == {"evil": "1.0"}
    assert (first.folder / "evil.pth").is_file()
    assert not marker.exists()


def test_nothing_is_built(tmp_path: Path, index: Path) -> None:
    """A package without a wheel ends the import with one line."""
    marker = tmp_path / "marker"
    write_sdist(index, marker)

    with pytest.raises(ImportFailed, match="source") as caught:
        prepare_environment(["source==1.0"], get_own(), tmp_path, NoProgress())

    assert "\n" not in str(caught.value)
    assert not marker.exists()


@pytest.mark.usefixtures("index")
def test_an_unknown_package_is_one_line(tmp_path: Path) -> None:
    """So are versions that do not fit together."""
    with pytest.raises(ImportFailed, match="cannot be resolved") as caught:
        prepare_environment(["no-such-package==1.0"], get_own(), tmp_path, NoProgress())

    assert "\n" not in str(caught.value)
    assert "no-such-package" in str(caught.value)
