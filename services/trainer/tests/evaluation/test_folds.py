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
def test_every_row_judges_once_and_the_classes_keep_their_shares(
    groups: Hashes | None,
) -> None:
    """Rows that belong together or not."""
    dealt = list(Folds(0, groups).of(TARGET))
    assert len(dealt) == folds.MOST
    assert sorted(np.concatenate([judge for _, judge in dealt])) == list(range(len(TARGET)))
    for learn, judge in dealt:
        assert not {*learn} & {*judge}
        assert 0.2 < (TARGET.iloc[judge] == "yes").mean() < 0.5


def test_rows_of_one_group_are_in_one_fold() -> None:
    """Without being told, they are not."""

    def apart(groups: Hashes | None) -> bool:
        dealt = Folds(0, groups).of(TARGET)
        return all(not {*GROUPS[learn]} & {*GROUPS[judge]} for learn, judge in dealt)

    assert apart(GROUPS)
    assert not apart(None)


def test_a_class_of_one_group_is_named() -> None:
    """However many rows the group has."""
    target = pd.Series(np.where(GROUPS == 3, "rare", "usual"))
    with pytest.raises(DataError, match="class 'rare' of the target has too few ids"):
        list(Folds(0, GROUPS).of(target))


def test_groups_that_cannot_be_dealt_out_are_refused() -> None:
    """Three of them, each without one of three classes: one alone in a fold lacks a class."""
    groups = np.repeat(np.array([0, 0, 1, 1, 2, 2], np.uint64), 10)
    target = pd.Series(np.repeat(list("acabbc"), 10))
    with pytest.raises(DataError, match="too few ids to learn from; give more ids of it"):
        list(Folds(0, groups).of(target))
