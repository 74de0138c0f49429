"""Tables from a query: SQLite by SQLAlchemy, and DuckDB."""

import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from baton_trainer.errors import DataError
from baton_trainer.tables.files.data_file import DataFile
from baton_trainer.tables.queries import database
from baton_trainer.tables.queries.query import read_query

ROWS = [(1, 1.5, "x", "2020-01-31", b"1"), (None, None, None, None, None), (3, 2.0, "", "", b"2")]


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """The URL of a database with one table."""
    with sqlite3.connect(tmp_path / "t.db") as connection:
        connection.execute("CREATE TABLE t (a INTEGER, b REAL, c TEXT, d DATE, e BLOB)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", ROWS)
    connection.close()
    return f"sqlite:///{tmp_path}/t.db"


def read(url: str, query: str) -> tuple[dict[Any, list[Any]], DataFile]:
    """The cells of each column, and the table."""
    file = read_query(url, query)
    cells = {name: list(file.cells[name]) for name in file.cells}
    return cells, file


def test_cells_have_the_types_of_the_database(sqlite: str) -> None:
    cells, file = read(sqlite, "SELECT a, b, c, d FROM t")
    assert cells["c"] == ["x", None, None]
    assert cells["d"] == ["2020-01-31", None, None]
    np.testing.assert_equal(cells["a"], [1, np.nan, 3])
    np.testing.assert_equal(cells["b"], [1.5, np.nan, 2])
    assert file.is_typed
    assert file.name == sqlite
    assert file.texts is not None
    assert list(file.texts("a")) == ["1", None, "3"]


def test_parts_of_a_result_are_one_column(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Although the first has only whole numbers, or none."""
    monkeypatch.setattr(database, "_PART_ROWS", 1)
    cells, _ = read(sqlite, "SELECT 7 AS n, NULL AS m UNION ALL SELECT 0.5, 'x'")
    assert cells == {"n": [7.0, 0.5], "m": [None, "x"]}


def test_special_characters_of_drivers_mean_nothing(sqlite: str) -> None:
    cells, _ = read(sqlite, "SELECT c || ' %s :name 12:30 ?' AS c FROM t WHERE c LIKE 'x%'")
    assert cells == {"c": ["x %s :name 12:30 ?"]}


def test_a_column_that_cannot_be_read_says_why(sqlite: str) -> None:
    _, file = read(sqlite, "SELECT a, e, CASE a WHEN 1 THEN 'x' ELSE 2 END AS f FROM t")
    assert file.unreadable == {
        "e": "its cells are of the type bytes; cast them to text or numbers in the query",
        "f": (
            "its cells are of several types (text and whole number); cast them to one in the query"
        ),
    }


def test_the_checksum_is_that_of_the_rows_in_their_order(sqlite: str) -> None:
    queries = ["SELECT a, c FROM t ORDER BY a", "SELECT a, c FROM t ORDER BY a, c"]
    one, same = [read(sqlite, query)[1].sha256 for query in queries]
    assert one == same
    changed = ["SELECT a, c FROM t ORDER BY a DESC", "SELECT a, c AS d FROM t ORDER BY a"]
    assert one not in [read(sqlite, query)[1].sha256 for query in changed]


def test_duckdb_reads_its_own_file_and_parquet(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "t.duckdb") as connection:
        connection.sql("CREATE TABLE t AS SELECT 1 AS a, DATE '2020-01-31' AS d, SUM(5) AS h")
        connection.sql(f"COPY t TO '{tmp_path}/t.parquet'")
    expected = {"a": [1], "d": ["2020-01-31"], "h": [5.0]}
    own, _ = read(f"duckdb:///{tmp_path}/t.duckdb", "SELECT * FROM t")
    parquet, _ = read("duckdb://", f"SELECT * FROM '{tmp_path}/t.parquet'")
    assert own == parquet == expected


@pytest.mark.parametrize(
    ("url", "query", "reason"),
    [
        ("sqlite:////nowhere/t.db", "SELECT 1", "unable to open database file"),
        ("nope://host/db", "SELECT 1", "no database that SQLAlchemy knows"),
        ("oracle://me@host/db", "SELECT 1", "the driver \\w+ of this database is not"),
        ("duckdb:////nowhere/t.db", "SELECT 1", "does not exist"),
        ("duckdb://", "SELEC 1", "syntax error"),
        ("duckdb://", "SET threads = 1", "returns no rows"),
    ],
)
def test_what_fails_is_one_line(url: str, query: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason) as caught:
        read_query(url, query)
    assert "\n" not in str(caught.value)


def test_a_query_changes_nothing(sqlite: str) -> None:
    """And a database that is not there is not created."""
    with pytest.raises(DataError, match="readonly"):
        read_query(sqlite, "DELETE FROM t")
    with pytest.raises(DataError, match="unable to open"):
        read_query(sqlite.replace("t.db", "other.db"), "SELECT 1")
    assert not Path(sqlite.removeprefix("sqlite:///")).with_name("other.db").exists()
