"""The built-in table: generated customers of a telephone company, some of whom leave.

It has the columns and categories of IBM's "Telco customer churn" sample and imitates its
proportions and charges. No row describes a real person.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

TARGET = "Churn"
ROWS = 5_000
SEED = 42

_Texts = NDArray[np.str_]
_Floats = NDArray[np.float64]
_NO_INTERNET = "No internet service"
_ADD_ONS = {  # column: (share among internet customers, monthly price, effect on leaving)
    "OnlineSecurity": (0.37, 5.0, -0.45),
    "OnlineBackup": (0.44, 5.0, -0.15),
    "DeviceProtection": (0.44, 5.0, -0.10),
    "TechSupport": (0.37, 5.0, -0.40),
    "StreamingTV": (0.49, 10.0, 0.20),
    "StreamingMovies": (0.49, 10.0, 0.20),
}
_BASE_CHARGE = {"DSL": 25.0, "Fiber optic": 50.0, "No": 0.0}
_MIN_CHARGE = 18.25
_INTERNET_EFFECT = {"DSL": 0.0, "Fiber optic": 1.05, "No": -1.05}
_CONTRACT_EFFECT = {"Month-to-month": 0.0, "One year": -1.10, "Two year": -2.30}
_MEAN_TENURE = {"Month-to-month": 18.0, "One year": 42.0, "Two year": 57.0}
_TENURE_SPREAD, _MAX_TENURE = 19.0, 72  # months
_NEW_SHARE = 0.002  # customers without a first bill
_SENIOR_SHARE = 0.16
_PAYMENTS = {
    "Electronic check": 0.34,
    "Mailed check": 0.23,
    "Bank transfer (automatic)": 0.22,
    "Credit card (automatic)": 0.21,
}


def generate(rows: int = ROWS, seed: int = SEED) -> pd.DataFrame:
    """Generates a table of shape `[rows, 20]`: 19 features and the target `Churn`, `Yes` or `No`.

    New customers (`tenure` 0) have no `TotalCharges`, as in the original. The same `rows` and
    `seed` give the same table.
    """
    rng = np.random.default_rng(seed)
    table = _draw_people(rng, rows)
    table |= _draw_services(rng, rows)
    table |= _draw_contracts(rng, rows)
    table["MonthlyCharges"] = _compute_monthly_charges(rng, table)
    table["TotalCharges"] = _compute_total_charges(rng, table)
    leaves = rng.random(rows) < _compute_churn_probability(table)
    return pd.DataFrame(table | {TARGET: np.where(leaves, "Yes", "No")})


def _draw_people(rng: np.random.Generator, rows: int) -> dict[str, NDArray[np.generic]]:
    partner = _draw_yes_no(rng, np.full(rows, 0.48))
    return {
        "gender": rng.choice(["Female", "Male"], rows),
        "SeniorCitizen": (rng.random(rows) < _SENIOR_SHARE).astype(np.int64),
        "Partner": partner,
        "Dependents": _draw_yes_no(rng, np.where(partner == "Yes", 0.51, 0.09)),
    }


def _draw_services(rng: np.random.Generator, rows: int) -> dict[str, NDArray[np.generic]]:
    internet = rng.choice(["DSL", "Fiber optic", "No"], rows, p=[0.34, 0.44, 0.22])
    # Only DSL customers may lack telephony: every customer buys at least one service.
    phone = np.where(internet == "DSL", _draw_yes_no(rng, np.full(rows, 0.72)), "Yes")
    lines = _draw_yes_no(rng, np.where(internet == "Fiber optic", 0.62, 0.32))
    services: dict[str, NDArray[np.generic]] = {
        "tenure": np.zeros(rows, np.int64),  # keeps the order; `_draw_contracts` fills it
        "PhoneService": phone,
        "MultipleLines": np.where(phone == "Yes", lines, "No phone service"),
        "InternetService": internet,
    }
    for name, (share, *_) in _ADD_ONS.items():
        has = _draw_yes_no(rng, np.full(rows, share))
        services[name] = np.where(internet == "No", _NO_INTERNET, has)
    return services


def _draw_contracts(rng: np.random.Generator, rows: int) -> dict[str, NDArray[np.generic]]:
    contract = rng.choice(list(_MEAN_TENURE), rows, p=[0.55, 0.21, 0.24])
    mean = _look_up(_MEAN_TENURE, contract)
    is_short = contract == "Month-to-month"
    months = np.where(is_short, rng.exponential(mean), rng.normal(mean, _TENURE_SPREAD))
    months = np.clip(np.ceil(months), 1, _MAX_TENURE)
    is_new = rng.random(rows) < _NEW_SHARE
    return {
        "tenure": np.where(is_new, 0, months).astype(np.int64),
        "Contract": contract,
        "PaperlessBilling": _draw_yes_no(rng, np.full(rows, 0.59)),
        "PaymentMethod": rng.choice(list(_PAYMENTS), rows, p=list(_PAYMENTS.values())),
    }


def _compute_monthly_charges(
    rng: np.random.Generator, table: dict[str, NDArray[np.generic]]
) -> _Floats:
    """Computes dollars per month."""
    charge = _look_up(_BASE_CHARGE, table["InternetService"])
    charge += np.where(table["PhoneService"] == "Yes", 20.0, 0.0)
    charge += np.where(table["MultipleLines"] == "Yes", 5.0, 0.0)
    for name, (_, price, _effect) in _ADD_ONS.items():
        charge += np.where(table[name] == "Yes", price, 0.0)
    noisy = np.maximum(charge + rng.normal(0.0, 0.8, charge.size), _MIN_CHARGE)
    return np.round(noisy * 20) / 20


def _compute_total_charges(
    rng: np.random.Generator, table: dict[str, NDArray[np.generic]]
) -> _Floats:
    """Computes dollars so far; missing before the first bill."""
    months = table["tenure"].astype(np.float64)
    total = months * table["MonthlyCharges"].astype(np.float64) * rng.normal(1.0, 0.03, months.size)
    return np.where(months == 0, np.nan, np.round(total, 2))


def _compute_churn_probability(table: dict[str, NDArray[np.generic]]) -> _Floats:
    """Applies a logistic model whose weights are near those fitted on the original table."""
    months = table["tenure"].astype(np.float64)
    logit = 0.90 - 0.80 * np.log1p(months) + 0.006 * months
    logit += _look_up(_CONTRACT_EFFECT, table["Contract"])
    logit += _look_up(_INTERNET_EFFECT, table["InternetService"])
    logit += 0.25 * table["SeniorCitizen"].astype(np.float64)
    logit += 0.45 * (table["PaymentMethod"] == "Electronic check")
    logit += 0.40 * (table["PaperlessBilling"] == "Yes")
    logit += 0.30 * (table["MultipleLines"] == "Yes")
    for name, (*_, effect) in _ADD_ONS.items():
        logit += effect * (table[name] == "Yes")
    return 1.0 / (1.0 + np.exp(-logit))


def _draw_yes_no(rng: np.random.Generator, share: _Floats) -> _Texts:
    return np.where(rng.random(share.size) < share, "Yes", "No")


def _look_up(values: dict[str, float], keys: Sequence[str] | NDArray[np.generic]) -> _Floats:
    return np.array([values[str(key)] for key in keys])
