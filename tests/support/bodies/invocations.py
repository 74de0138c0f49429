"""Common and uncommon bodies of `/invocations`, by name."""

import json

from tests.support.bodies.invocations_csv import TABLES
from tests.support.bodies.invocations_json import DOCUMENTS, ROWS, TEXTS
from tests.support.bodies.rows import CSV, JSON


def build_bodies() -> dict[str, tuple[str | bytes, str]]:
    """Returns every body and its content type, by name."""
    forms = ("dataframe_records", "instances", "inputs")
    named: dict[str, tuple[str | bytes, str]] = {
        f"{form}: {name}": (json.dumps({form: rows}), JSON)
        for form in forms
        for name, rows in ROWS.items()
    }
    named |= {name: (json.dumps(document), JSON) for name, document in DOCUMENTS.items()}
    named |= {f"JSON: {name}": (text, JSON) for name, text in TEXTS.items()}
    named |= {f"CSV: {name}": (text, CSV) for name, text in TABLES.items()}
    return named
