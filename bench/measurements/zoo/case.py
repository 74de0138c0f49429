"""A case of the zoo: a model, and what it is fitted on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from baton_export import InputColumn
from tests.support.export.table import COLUMNS, TEXTS, draw_sample

Target = Literal[
    "binary", "multiclass", "number", "codes", "three codes", "positive", "two numbers",
    "labels", "booleans", "floats", "none", "texts",
]  # fmt: skip
Variant = Literal["", "text gaps", "unseen texts", "categories"]

LEARNED = 2_000
COMPARED = 1_000
_WORDS = (
    "good", "bad", "fine", "awful", "product", "the", "a", "of", "delivery", "late", "Quick",
    "price", "don't", "it's", "e-mail", "naïve", "3.5", "USD", "A+", "C++", "re-order,", "thanks!",
    "I", "we",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A model of the zoo.

    Attributes:
        group: the heading under which it is shown.
        name: what is special about it.
        build: builds it, unfitted.
        target: what it learns.
        variant: how its rows differ from the plain table.
        rows: how many rows it learns from.
    """

    group: str
    name: str
    build: Callable[[], Any]
    target: Target
    variant: Variant = ""
    rows: int = LEARNED


@dataclass(frozen=True)
class Data:
    """Rows and the target of a case."""

    rows: pd.DataFrame
    target: Any
    columns: list[InputColumn]


def draw_data(case: Case, rows: int = LEARNED + COMPARED, seed: int = 0) -> Data:
    """Draws the rows of a case."""
    if case.target == "texts":
        return _draw_texts(rows, seed)
    sample = draw_sample(rows, seed, text_gaps=case.variant == "text gaps")
    table, target = sample.rows, draw_target(case.target, sample)
    if case.variant == "unseen texts":
        table.loc[table.index[LEARNED::7], "city"] = "Atlantis"
    if case.variant == "categories":
        table = table.astype(dict.fromkeys(TEXTS, "category"))
    return Data(table, target, COLUMNS)


def draw_target(name: Target, sample: Any) -> Any:
    """Returns the target of a sample by its name; None for a model without one."""
    is_yes = sample.binary == "yes"
    targets: dict[str, Any] = {
        "binary": sample.binary,
        "multiclass": sample.multiclass,
        "number": sample.number,
        "codes": is_yes.astype(int),
        "three codes": pd.factorize(sample.multiclass, sort=True)[0],
        "positive": np.round(np.exp((sample.number - 100) / 60) * 3) + 1,
        "two numbers": np.c_[sample.number, -sample.number / 3 + np.arange(len(is_yes)) % 7],
        "labels": np.c_[is_yes, sample.multiclass == "a"].astype(int),
        "booleans": is_yes,
        "floats": is_yes.astype(float),
    }
    return targets.get(name)


def _draw_texts(rows: int, seed: int) -> Data:
    rng = np.random.default_rng(seed + 1)
    texts = [" ".join(rng.choice(_WORDS, rng.integers(3, 15))) for _ in range(rows)]
    table = pd.DataFrame({"text": texts}).astype(object)
    is_good = table.text.str.contains("good|Quick|fine") ^ table.text.str.contains("late")
    return Data(table, np.where(is_good, "pos", "neg"), [InputColumn("text", "text")])
