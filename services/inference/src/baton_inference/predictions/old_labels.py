"""Removes old labels from the folder of the log."""

import shutil
from datetime import date
from pathlib import Path

from baton_common.prediction_log import LABELS, parse_partition


def remove_old_labels(directory: Path, oldest: date) -> None:
    """Removes the labels that arrived before a day, from any source and of any model.

    Folders whose name is no day stay.
    """
    for folder in [*(directory / LABELS).glob("model=*/date=*")]:
        day = _find_day(folder)
        if day is not None and day < oldest:
            shutil.rmtree(folder, ignore_errors=True)  # another process may do the same


def _find_day(folder: Path) -> date | None:
    try:
        return date.fromisoformat(parse_partition(folder.name)[1])
    except ValueError:
        return None
