import numpy as np
import pandas as pd
import pytest

from baton_trainer.errors import DataError
from baton_trainer.evaluation import folds
from baton_trainer.evaluation.folds import Folds
from baton_trainer.tables.split import Hashes

TARGET = pd.Series(["no", "no", "yes"] * 40)
GROUPS = np.repeat(np.arange(30, dtype=np.uint64), 4)


@pytest.mark.parametrize("groups", [None, GROUPS])
def test_every_row_is_tested_once_and_classes_keep_their_shares(
    groups: Hashes | None,
) -> None:
    """Groups do not change this."""
    parts = list(Folds(0, groups).split(TARGET))
    assert len(parts) == folds.MAX_FOLDS
    assert sorted(np.concatenate([test for _, test in parts])) == list(range(len(TARGET)))
    for train, test in parts:
        assert not {*train} & {*test}
        assert 0.2 < (TARGET.iloc[test] == "yes").mean() < 0.5


def test_rows_of_one_group_are_in_one_fold() -> None:
    """Without groups, they are not."""

    def are_apart(groups: Hashes | None) -> bool:
        parts = Folds(0, groups).split(TARGET)
        return all(not {*GROUPS[train]} & {*GROUPS[test]} for train, test in parts)

    assert are_apart(GROUPS)
    assert not are_apart(None)


def test_a_class_of_one_group_is_rejected_by_name() -> None:
    """However many rows the group has."""
    target = pd.Series(np.where(GROUPS == 3, "rare", "usual"))
    with pytest.raises(DataError, match="class 'rare' of the target has too few ids"):
        list(Folds(0, GROUPS).split(target))


def test_groups_that_cannot_be_split_are_rejected() -> None:
    """Each of three groups lacks a class, so a fold with a single group does, too."""
    groups = np.repeat(np.array([0, 0, 1, 1, 2, 2], np.uint64), 10)
    target = pd.Series(np.repeat(list("acabbc"), 10))
    with pytest.raises(DataError, match="too few ids to train on; add more ids of this class"):
        list(Folds(0, groups).split(target))
