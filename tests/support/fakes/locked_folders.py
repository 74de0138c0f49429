"""Folders that this process may not open. The tests may run as root, whom no mode stops."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def lock_folders(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    """Makes the system refuse to list these folders, and to remove or create what is in them."""
    locked = {os.fspath(folder) for folder in folders}

    def refuse(path: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fspath(path))

    def guard(call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(path: Any, *args: Any, **options: Any) -> Any:
            if locked & {os.fspath(path), os.path.dirname(path)}:  # noqa: PTH120 - bytes, too
                refuse(path)
            return call(path, *args, **options)

        return guarded

    scandir = os.scandir

    def scan(path: Any = ".") -> Any:
        if not isinstance(path, int) and os.fspath(path) in locked:
            refuse(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", scan)
    for name in ("unlink", "mkdir", "open"):
        monkeypatch.setattr(os, name, guard(getattr(os, name)))
