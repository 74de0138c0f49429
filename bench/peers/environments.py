"""Environments for the peers: each in one of its own, with what the model version asks for.

Made once by uv, and again when what they are made of changes.
"""

import asyncio
import hashlib
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from bench.errors import CannotRun

REQUIREMENTS = Path(__file__).with_name("requirements")
STAMP = ".made-of"


async def peer_environment(name: str, model_requirements: Path, folder: Path) -> Path:
    """A virtual environment with a peer in it.

    Args:
        name: of the peer's file in `requirements/`.
        model_requirements: the `requirements.txt` of the model version: it has to load there.
        folder: holds all of them.

    Returns:
        The environment's folder.

    Raises:
        CannotRun: it could not be made.
    """
    files = (REQUIREMENTS / f"{name}.in", model_requirements)
    target, stamp = folder / name, _stamp(*files)
    if not _is_made_of(target, stamp):
        shutil.rmtree(target, ignore_errors=True)
        await _uv("venv", "--python", sys.executable, "--no-project", str(target))
        python = str(target / "bin" / "python")
        wanted = [part for file in files for part in ("--requirement", str(file))]
        await _uv("pip", "install", "--python", python, "--compile-bytecode", *wanted)
        (target / STAMP).write_text(stamp, encoding="ascii")
    return target


async def tried_libraries(folder: Path) -> Path:
    """A folder for PYTHONPATH with what is tried in place of the product's own libraries.

    Raises:
        CannotRun: it could not be made.
    """
    file = REQUIREMENTS / "tried.in"
    stamp = _stamp(file)
    if not _is_made_of(folder, stamp):
        shutil.rmtree(folder, ignore_errors=True)
        options = ("--no-deps", "--python", sys.executable, "--target", str(folder))
        await _uv("pip", "install", *options, "--requirement", str(file))
        (folder / STAMP).write_text(stamp, encoding="ascii")
    return folder


def _stamp(*files: Path) -> str:
    content = b"".join(file.read_bytes() for file in files)
    return hashlib.sha256(content + sys.version.encode()).hexdigest()


def _is_made_of(target: Path, stamp: str) -> bool:
    with suppress(OSError):
        return (target / STAMP).read_text(encoding="ascii") == stamp
    return False


async def _uv(*arguments: str) -> None:
    """Runs uv, whose own progress goes to our standard error."""
    command = " ".join(arguments[:2])
    try:
        process = await asyncio.create_subprocess_exec(
            "uv", "--quiet", *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=sys.stderr
        )
    except FileNotFoundError as error:
        raise CannotRun("uv is not on PATH; start it with scripts/bench") from error
    try:
        code = await process.wait()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    if code:
        raise CannotRun(f"uv {command} failed for {arguments[-1]}; see above")
