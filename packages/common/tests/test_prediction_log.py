"""The layout of the prediction log."""

from datetime import date
from pathlib import Path

import pytest

from baton_common.prediction_log import (
    MAX_FOLDER_BYTES,
    build_labels_folder,
    build_predictions_folder,
    measure_model_folder,
    parse_partition,
)

DAY = date(2026, 11, 29)


@pytest.mark.parametrize("name", ["churn_model", "a/b", "..", "a=b", "100 %", "é"])
def test_names_survive_the_folder(name: str) -> None:
    """A model's name is one folder, whatever it contains, and is read back as it was."""
    folder = build_predictions_folder(name, "3", DAY)

    assert len(folder.parts) == 3
    assert [parse_partition(part) for part in folder.parts] == [
        ("model", name),
        ("version", "3"),
        ("date", "2026-11-29"),
    ]


def test_labels_are_no_predictions() -> None:
    """Labels are in a folder of their own."""
    assert str(build_labels_folder("m", DAY)) == "labels/model=m/date=2026-11-29"


def test_long_names_do_not_fit(tmp_path: Path) -> None:
    """The limit is that of the file system: 249 letters, or 41 that are not Latin."""
    for name, fits in (("m" * 249, True), ("m" * 250, False), ("д" * 41, True), ("д" * 42, False)):
        assert (measure_model_folder(name) <= MAX_FOLDER_BYTES) is fits
        folder = tmp_path / build_predictions_folder(name, "1", DAY)
        if fits:
            folder.mkdir(parents=True)
        else:
            with pytest.raises(OSError, match="too long"):
                folder.mkdir(parents=True)


@pytest.mark.parametrize("part", ["", "labels", "=x"])
def test_other_folders_are_no_partitions(part: str) -> None:
    """Any other name is an error."""
    with pytest.raises(ValueError, match="not a partition"):
        parse_partition(part)
