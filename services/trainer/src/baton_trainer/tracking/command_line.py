"""The command line that asks for a training."""

import shlex
from collections.abc import Iterator, Mapping

from baton_trainer.request import TrainRequest

_SECTIONS = ("data", "columns", "train")
"""Those that decide what is trained."""
_OPTIONS = {"file": "data", "params": "param"}
"""Keys whose option has another name."""


def command(request: TrainRequest) -> str:
    """`baton train …` for a POSIX shell, with what differs from the defaults."""
    return shlex.join(["baton", "train", *_arguments(request)])


def _arguments(request: TrainRequest) -> Iterator[str]:
    for section in _SECTIONS:
        wanted = getattr(request, section)
        for key in type(wanted).model_fields:
            value = getattr(wanted, key)
            if value == type(wanted).model_fields[key].default:
                continue
            option = "--" + _OPTIONS.get(key, key).replace("_", "-")
            for each in _values(value):
                yield from (option, each)


def _values(value: object) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{name}={text}" for name, text in value.items()]
    values = value if isinstance(value, tuple) else (value,)
    return [f"{each:g}" if isinstance(each, float) else str(each) for each in values]
