"""Reads what a model requires: names and versions of packages, nothing else that pip allows."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from baton_common.texts import truncate
from baton_registry.errors import InvalidModel
from baton_registry.versions.mlmodel import load_document
from baton_trainer.errors import ImportFailed

REQUIREMENTS, CONDA, PYTHON_ENV = "requirements.txt", "conda.yaml", "python_env.yaml"
MAX_BYTES = 2**18
MAX_LINES = 500

# No ":", "/", "\\" or "@", which URLs and paths need; no "$", because installers expand variables.
_PLAIN = re.compile(r"[A-Za-z0-9 ._,;<>=!~+*()\[\]'\"-]+")
_COMMENT = re.compile(r"(^|\s)#.*$")
_ARCHIVES = (".whl", ".zip", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".egg")
_HINT = "log the model again with pip_requirements that have only lines such as name==1.2"


def read_requirements(model: Path) -> tuple[Requirement, ...]:
    """Reads the requirements of a logged model.

    They are in `requirements.txt`; of an older MLflow in the pip section of `conda.yaml`, or in
    `python_env.yaml`. Without these files there are none.

    Raises:
        ImportFailed: a file cannot be read, or a line is an option, a URL, a path or not a
            requirement. The message has no part of the line that may be secret.
    """
    for name, list_lines in (
        (REQUIREMENTS, str.splitlines),
        (CONDA, _list_conda_lines),
        (PYTHON_ENV, _list_python_env_lines),
    ):
        path = model / name
        if path.is_file():
            lines = list_lines(_read(path))
            if len(lines) > MAX_LINES:
                raise ImportFailed(f"the model's {name} has over {MAX_LINES} lines; {_HINT}")
            return tuple(parse_lines(lines, name))
    return ()


def parse_lines(lines: Sequence[str], file: str) -> Iterator[Requirement]:
    """Parses the lines of a requirements file. Empty lines and comments count as no requirement.

    Raises:
        ImportFailed: as `read_requirements`.
    """
    for number, line in enumerate(lines, 1):
        text = _COMMENT.sub("", line).strip()
        if text:
            yield _parse(text, f"line {number} of the model's {file}")


def _parse(text: str, where: str) -> Requirement:
    if text.startswith("-"):
        option = re.split(r"[\s=]", text, maxsplit=1)[0]
        raise ImportFailed(f"{where} is an option ({truncate(option, 40)!r}); {_HINT}")
    if not _PLAIN.fullmatch(text):
        raise ImportFailed(f"{where} is a URL, a path or not a requirement; {_HINT}")
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise ImportFailed(f"{where} is not a requirement; {_HINT}") from error
    if requirement.name.lower().endswith(_ARCHIVES):
        raise ImportFailed(f"{where} is the path of an archive; {_HINT}")
    return requirement


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ImportFailed(f"the model's {path.name} is over {MAX_BYTES} bytes; {_HINT}")
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportFailed(f"the model's {path.name} cannot be read as UTF-8; {_HINT}") from error


def _list_conda_lines(text: str) -> list[str]:
    sections = _read_dependencies(text, CONDA)
    pip = [each["pip"] for each in sections if isinstance(each, dict) and "pip" in each]
    return [line for each in pip for line in _check_texts(each, CONDA)]


def _list_python_env_lines(text: str) -> list[str]:
    return _check_texts(_read_dependencies(text, PYTHON_ENV), PYTHON_ENV)


def _read_dependencies(text: str, name: str) -> list[Any]:
    try:
        found = load_document(text).get("dependencies", [])
    except InvalidModel as error:
        raise ImportFailed(f"the model's {name} is not a YAML mapping; {_HINT}") from error
    return found if isinstance(found, list) else []


def _check_texts(values: object, name: str) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise ImportFailed(f"the dependencies in the model's {name} are not texts; {_HINT}")
    return [line for each in values for line in each.splitlines()]
