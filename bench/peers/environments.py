"""Virtual environments of the peers, with the requirements of the model version.

uv builds them once, and again when their requirements change.
"""

import asyncio
import hashlib
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from bench.errors import CannotRun

REQUIREMENTS = Path(__file__).with_name("requirements")
STAMP = ".stamp"


async def build_peer_environment(name: str, model_requirements: Path | None, folder: Path) -> Path:
    """Builds the virtual environment of a peer, unless it is current.

    Args:
        name: the name of the peer's file in `requirements/`.
        model_requirements: the `requirements.txt` of the model version; None if the peer does not
            load it with MLflow.
        folder: parent of all environments.

    Returns:
        The environment's folder.

    Raises:
        CannotRun: uv failed.
    """
    files = [REQUIREMENTS / f"{name}.in"]
    if model_requirements is not None:
        files.append(model_requirements)
    target, stamp = folder / name, _compute_stamp(*files)
    if not _is_current(target, stamp):
        shutil.rmtree(target, ignore_errors=True)
        await _run_uv("venv", "--python", sys.executable, "--no-project", str(target))
        python = str(target / "bin" / "python")
        requirements = [part for file in files for part in ("--requirement", str(file))]
        await _run_uv("pip", "install", "--python", python, "--compile-bytecode", *requirements)
        (target / STAMP).write_text(stamp, encoding="ascii")
    return target


async def install_alternatives(folder: Path) -> Path:
    """Installs alternatives to Baton's own libraries into a folder for PYTHONPATH.

    Raises:
        CannotRun: uv failed.
    """
    file = REQUIREMENTS / "alternatives.in"
    stamp = _compute_stamp(file)
    if not _is_current(folder, stamp):
        shutil.rmtree(folder, ignore_errors=True)
        options = ("--no-deps", "--python", sys.executable, "--target", str(folder))
        await _run_uv("pip", "install", *options, "--requirement", str(file))
        (folder / STAMP).write_text(stamp, encoding="ascii")
    return folder


def _compute_stamp(*files: Path) -> str:
    content = b"".join(file.read_bytes() for file in files)
    return hashlib.sha256(content + sys.version.encode()).hexdigest()


def _is_current(target: Path, stamp: str) -> bool:
    with suppress(OSError):
        return (target / STAMP).read_text(encoding="ascii") == stamp
    return False


async def _run_uv(*arguments: str) -> None:
    """Runs uv; its progress goes to standard error."""
    command = " ".join(arguments[:2])
    try:
        process = await asyncio.create_subprocess_exec(
            "uv", "--quiet", *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=sys.stderr
        )
    except FileNotFoundError as error:
        raise CannotRun("uv is not on PATH; run scripts/bench") from error
    try:
        code = await process.wait()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    if code:
        raise CannotRun(f"uv {command} failed for {arguments[-1]}; see above")
