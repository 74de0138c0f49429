"""A table with secret values in private columns."""

import numpy as np
import pandas as pd

from tests.support.trainer.tables import TARGET, make_features

SECRETS = ("zqxwvkjh", "918273", "918,273", "1931-07")
"""In every value of every private column but the boolean one, in lower case."""
PRIVATE = (
    *("income", "account", "street", "code", "mixed", "amount", "born", "memo", "who", "rich"),
)


def make_secrets(rows: int) -> pd.DataFrame:
    """Columns that every warning, table and figure would like to quote."""
    rng = np.random.default_rng(0)
    row = np.arange(rows)
    return pd.DataFrame(
        {
            "income": np.where(row % 9, 918273 + rng.random(rows).round(3), np.nan),
            "account": 918273000 + row % 50,  # a number that is rounded
            "street": rng.choice(
                ["Zqxwvkjhö One", "zqxwvkjhö one", "Zqxwvkjh Two", ""], rows
            ),  # look alike
            "code": rng.choice(["0918273", "01918273"], rows),  # codes of digits
            "mixed": np.where(row % 50, "918273.5", "Zqxwvkjh?"),  # a text among numbers
            "amount": np.where(row % 2, "$918,273", "$918,273.5"),  # numbers with a sign
            "born": [f"1931-07-{day:02}" for day in 1 + row % 28],  # a date
            "memo": [f"Zqxwvkjh says the number {each}" for each in row],  # free text
            "who": [f"Zqxwvkjh{each % 97}" for each in row],  # an id that repeats
            "rich": rng.random(rows) < 0.5,
        }
    )


def make_secret_table() -> pd.DataFrame:
    """Some of the private columns predict the target."""
    frame = make_features(1_500)
    secrets = make_secrets(len(frame))
    signal = frame["prix (€)"] + (secrets["street"] == "Zqxwvkjh Two") + 0.5 * secrets["rich"]
    noise = np.random.default_rng(3).logistic(size=len(frame))
    target = pd.Series(np.where(signal + noise > 1.0, "yes", "no"))
    return pd.concat([frame, secrets, target.rename(TARGET)], axis=1)
