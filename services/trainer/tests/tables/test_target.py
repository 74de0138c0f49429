import pytest

from baton_trainer.errors import DataError
from tests.support.trainer.tables import ROWS, some_table


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        (["No", "Yes"], ("No", "Yes")),
        (["0", "1"], (0, 1)),
        (["3.0", "7.0"], (3, 7)),
        (["False", "true"], (False, True)),
        (["a", "b", "c"], ("a", "b", "c")),
        (["10", "9"], (9, 10)),
    ],
)
def test_classes_are_sorted_and_have_the_type_of_the_target(
    values: list[str], classes: tuple[object, ...]
) -> None:
    """Texts, whole numbers and booleans, two or more classes."""
    target = [values[row % len(values)] for row in range(ROWS)]
    result = some_table(target).classes
    assert result == classes
    assert [type(label) for label in result] == [type(label) for label in classes]


@pytest.mark.parametrize(
    ("target", "requested", "positive"),
    [
        (["No", "Yes"], None, "Yes"),
        (["No", "Yes"], "No", "No"),
        ([0, 1], None, 1),
        ([0, 1], "0", 0),
        ([False, True], "false", False),
        (["a", "b", "c", "d"], None, None),
    ],
)
def test_the_positive_class_is_the_requested_one_or_the_second(
    target: list[object], requested: str | None, positive: object
) -> None:
    """The order of the classes stays; with more than two, none is positive."""
    result = some_table(target * (ROWS // len(target)), positive=requested)
    assert (result.positive, type(result.positive)) == (positive, type(positive))
    assert result.classes == tuple(target)


@pytest.mark.parametrize(
    ("target", "requested", "line"),
    [
        (["No", "Yes"], "yes", "--positive 'yes' is not a class; the classes are 'No' and 'Yes'"),
        (["a", "b", "c", "d"], "a", "--positive a needs a target with two classes.* has 4"),
    ],
)
def test_an_impossible_positive_class_is_rejected(
    target: list[str], requested: str, line: str
) -> None:
    """It must be one of two classes, spelt as in the table."""
    with pytest.raises(DataError, match=line):
        some_table(target * (ROWS // len(target)), positive=requested)
