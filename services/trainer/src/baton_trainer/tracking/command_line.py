"""The command line of a training run."""

import shlex
from collections.abc import Iterator, Mapping

from baton_trainer.request import TrainRequest

_SECTIONS = ("data", "columns", "train")
"""The sections that decide what is trained."""
_OPTIONS = {"file": "data", "params": "param"}
"""Keys whose option has another name."""


def format_command(request: TrainRequest) -> str:
    """Formats `baton train …` for a POSIX shell, with everything that differs from the defaults."""
    return shlex.join(["baton", "train", *_list_arguments(request)])


def _list_arguments(request: TrainRequest) -> Iterator[str]:
    for name in _SECTIONS:
        section = getattr(request, name)
        for key, field in type(section).model_fields.items():
            value = getattr(section, key)
            if value == field.default:
                continue
            option = "--" + _OPTIONS.get(key, key).replace("_", "-")
            for text in _format_values(value):
                yield from (option, text)


def _format_values(value: object) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{name}={text}" for name, text in value.items()]
    values = value if isinstance(value, tuple) else (value,)
    return [f"{each:g}" if isinstance(each, float) else str(each) for each in values]
