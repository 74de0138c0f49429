"""A mixed table: numbers with ties and gaps, texts, and targets of each task."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_export import InputColumn

NUMBERS = ["age", "income", "balance", "tenure", "rate", "big"]
TEXTS = ["city", "plan", "flag"]
COLUMNS = [InputColumn(name, "number") for name in NUMBERS] + [
    InputColumn(name, "text") for name in TEXTS
]
_GAPS = 0.07


@dataclass(frozen=True)
class Sample:
    """Rows with a target for each kind of model, shape `[rows]`."""

    rows: pd.DataFrame
    binary: NDArray[np.str_]
    multiclass: NDArray[np.str_]
    number: NDArray[np.float64]


def draw_sample(rows: int = 3_000, seed: int = 0, *, text_gaps: bool = False) -> Sample:
    """Draws rows; cents, tenths and nine digits round differently in float32."""
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 90, rows).astype("float64")
    income = np.round(rng.lognormal(10, 0.7, rows), 2)
    balance = np.round(rng.normal(0, 5_000, rows), 2)
    tenure = rng.integers(0, 72, rows)
    rate = np.round(rng.uniform(0, 1, rows), 1)
    big = rng.integers(10**8, 10**9, rows)
    cities = ["Rome", "Oslo", "Paris", "Lima", "Kyiv"]
    city = rng.choice(cities, rows, p=[0.4, 0.3, 0.15, 0.1, 0.05])
    plan, flag = rng.choice(["basic", "plus", "pro"], rows), rng.choice(["yes", "no"], rows)
    risk = 0.03 * (age - 50) + 0.4 * (np.log(income) - 10) + balance / 5_000 - tenure / 40
    risk += 2 * (rate - 0.5) + (city == "Oslo") * 1.2 - (plan == "pro") * 0.8
    risk += (flag == "yes") * 0.5 + (big / 1e9 - 0.5)
    binary = np.where(rng.uniform(size=rows) < 1 / (1 + np.exp(-risk)), "yes", "no")
    classes = np.array(["a", "b", "c"])
    multiclass = classes[np.digitize(risk + rng.normal(0, 0.7, rows), [-0.6, 0.8])]
    number = 100 + 30 * risk + rng.normal(0, 5, rows)
    values = [age, income, balance, tenure, rate, big, city, plan, flag]
    table = pd.DataFrame(dict(zip([*NUMBERS, *TEXTS], values, strict=True)))
    table = table.astype(dict.fromkeys(TEXTS, object))
    for name in ("age", "income", *(["city"] if text_gaps else [])):
        table.loc[rng.uniform(size=rows) < _GAPS, name] = np.nan
    return Sample(table, binary, multiclass, number)
