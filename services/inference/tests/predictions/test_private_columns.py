"""A private column is in no file of the log."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from baton_registry.versions.schema import Column, Schema, TypeName
from tests.support.fakes.predictions import ManualLog, list_files, make_logged_version, read_rows

SECRET = "top secret"
NUMBER = 2**26
TYPES: list[TypeName] = ["boolean", "integer", "long", "float", "double", "string", "datetime"]
VALUES: dict[TypeName, Any] = {
    "boolean": True,
    "integer": NUMBER,
    "long": NUMBER,
    "float": float(NUMBER),
    "double": float(NUMBER),
    "string": SECRET,
    "datetime": SECRET,
}
PLAIN: dict[TypeName, Any] = {
    **dict.fromkeys(TYPES, 1),
    "boolean": False,
    "string": "a",
    "datetime": "2026-01-01T00:00:00",
}
names = st.lists(
    st.text("aAäf_ .,/=%\"'\U0001f600", min_size=1, max_size=6), min_size=1, max_size=8, unique=True
)


@settings(deadline=None, max_examples=100)
@given(data=st.data(), columns=names)
def test_a_private_column_is_in_no_file(data: st.DataObject, columns: list[str]) -> None:
    """Whatever columns there are, however a request is decoded, and whatever the settings say."""
    types = [data.draw(st.sampled_from(TYPES)) for _ in columns]
    pairs = [*zip(columns, types, strict=True)]
    private = frozenset(data.draw(st.sets(st.sampled_from(columns))))
    has_manifest = data.draw(st.booleans())
    chosen = data.draw(st.none() | st.sets(st.sampled_from(columns)))
    schema = Schema(tuple(Column(*pair, required=False) for pair in pairs), classes=("no", "yes"))
    version = make_logged_version(schema=schema, private=private if has_manifest else None)
    row = [VALUES[kind] if name in private else PLAIN[kind] for name, kind in pairs]
    with tempfile.TemporaryDirectory() as folder:
        log = ManualLog(
            Path(folder), version, columns=None if chosen is None else frozenset(chosen)
        )
        log.answer(tuple(row), tuple(row))
        dtypes = {"boolean": np.bool_, "string": object, "datetime": object}
        log.answer(
            columns={
                name: np.array([value] * 3, dtypes.get(kind, np.float64))
                for (name, kind), value in zip(pairs, row, strict=True)
            }
        )
        rows = log.finish()
        assert len(rows) == 5
        assert log.log.counts.unusable == 0
        allowed = {*columns} - private if has_manifest else set()
        if chosen is not None:
            allowed &= chosen
        logged = {name.removeprefix("f_") for name in rows[0] if name.startswith("f_")}
        assert logged == allowed
        cells = {value for each in read_rows(Path(folder)) for value in each.values()}
        assert not cells & {SECRET, NUMBER}
        assert all(SECRET.encode() not in each.read_bytes() for each in list_files(Path(folder)))
