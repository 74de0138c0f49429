"""A table of generated houses with their prices: a regression that is like a real one."""

import numpy as np
import pandas as pd

TARGET = "price"
_FACTORS = {"inland": 0.7, "near bay": 1.4, "coast": 1.1, "island": 1.9}


def generate(rows: int = 1_500, seed: int = 0) -> pd.DataFrame:
    """Generates `[rows, 8]`: skewed incomes, gaps, a category that matters, and a price."""
    rng = np.random.default_rng(seed)
    income = rng.lognormal(1.25, 0.45, rows)
    age = rng.integers(1, 53, rows)
    rooms = np.round(rng.normal(5.4, 1.1, rows).clip(1.5), 2)
    place = rng.choice([*_FACTORS], rows, p=[0.55, 0.2, 0.23, 0.02])
    north, east = rng.uniform(32.5, 42, rows), rng.uniform(-124, -114, rows)
    distance = np.hypot(north - 37.8, east + 122.4)
    price = 45_000 * income**1.1 * pd.Series(place).map(_FACTORS).to_numpy()
    price *= (0.7 + np.exp(-distance / 3)) * (1 + 0.1 * (rooms > 5.5)) * (1 - 0.002 * age)
    price = (price * rng.lognormal(0, 0.15, rows)).clip(15_000, 500_000).round(-2)
    has_age = rng.random(rows) > 0.05
    return pd.DataFrame(
        {
            "median_income": income.round(4),
            "house_age": np.where(has_age, age, np.nan),
            "rooms": rooms,
            "latitude": north.round(2),
            "longitude": east.round(2),
            "ocean": place,
            "has_garden": rng.random(rows) < 0.4,
            TARGET: price,
        }
    )
