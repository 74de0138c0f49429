import re
from typing import Any

import pandas as pd
import pytest

from baton_trainer.errors import DataError
from baton_trainer.request import Columns
from baton_trainer.tables.table import Table
from baton_trainer.tables.table_builder import build_table
from tests.support.trainer.tables import (
    ROWS,
    TARGET,
    as_file,
    make_features,
    make_text_target,
    some_table,
)

SECRET = re.compile("zqx|9[.,]?182", re.IGNORECASE)


def build(cells: list[Any], **options: Any) -> Table:
    """Builds a table with these cells, repeated, in the column `secret`."""
    repeated = pd.Series(cells * ROWS, dtype=object)[:ROWS]
    frame = make_features().assign(secret=repeated)
    frame[TARGET] = make_text_target(make_features())
    return build_table(as_file(frame), Columns(target=TARGET, **options))


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        (["9182.5", "9182.5", "9183", "Zqx"], "are not numbers"),
        (["9182.5", "9183", "9184", "(9182.5)"], "with a hyphen"),
        (["$9182", "$9183"], "looks like numbers with a sign"),
        (["$9,182", "$9,183", "5"], "looks like numbers with"),
        (["Zqx", "zqx", "b"], "differ only in white space or case"),
        ([f"Zqx{row}" for row in range(ROWS)], "an id"),
        ([f"Zqx is row {row} of this" for row in range(ROWS)], "free text"),
        ([918_200_000 + row * row for row in range(ROWS)], "whole numbers above"),
        ([f"Zqx{row % 120}" for row in range(ROWS)], "are categories"),
        (["Zqx"], "one value in all rows"),
    ],
)
def test_warnings_do_not_quote_a_private_cell(cells: list[Any], word: str) -> None:
    """They are shown in the terminal, and stored in the run."""
    table = build(cells, private=("secret",))
    lines = [*table.warnings, *table.notes, *(role.usage for role in table.roles)]
    assert any(word in line and "'secret'" in line for line in lines)
    assert not any(map(SECRET.search, lines))


@pytest.mark.parametrize(
    ("cells", "options", "word"),
    [
        (["9.182e39", "1"], {}, "has a number, too large for a model, in row 1"),
        (["Zqx", "1"], {"roles": {"secret": "number"}}, "cannot be a number: the cell in row 1"),
        (["9,182", "1"], {}, "has a number, which may be thousands"),
    ],
)
def test_errors_do_not_quote_a_private_cell(
    cells: list[Any], options: dict[str, Any], word: str
) -> None:
    with pytest.raises(DataError, match=word) as caught:
        build(cells, private=("secret",), **options)
    assert not SECRET.search(str(caught.value))
    with pytest.raises(DataError, match=SECRET):
        build(cells, **options)


def test_categories_of_a_private_column_are_not_those_of_the_table() -> None:
    table = some_table(private=("label", "whole"))
    assert table.private_columns == ("label", "whole")
    columns = {each.name: each for each in table.columns}
    assert columns["label"].categories == ()
    assert columns["gappy text"].categories == ("x", "y")
    assert (table.features["label"] == some_table().features["label"]).all()


def test_private_columns_may_be_ids_or_left_out() -> None:
    table = build(
        [f"Zqx{number}" for number in range(150)], id=("secret",), private=("secret", "secret")
    )
    assert table.private_columns == ("secret",)
    assert table.held_out_by == "secret"
    assert build(["a"], drop=("secret",), private=("secret",)).private_columns == ("secret",)
