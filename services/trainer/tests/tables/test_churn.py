import pandas as pd
import pytest

from baton_trainer.tables import churn


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return churn.generate()


def test_the_same_seed_gives_the_same_table(table: pd.DataFrame) -> None:
    """So a version trained on the built-in table can be reproduced."""
    pd.testing.assert_frame_equal(table, churn.generate())
    assert not table.equals(churn.generate(seed=churn.SEED + 1))


def test_it_has_the_shape_of_the_original(table: pd.DataFrame) -> None:
    """5,000 rows, 19 features and the target, about a quarter of whom leave."""
    assert table.shape == (5_000, 20)
    assert table.columns[-1] == churn.TARGET
    assert 0.22 < (table["Churn"] == "Yes").mean() < 0.31


def test_only_new_customers_have_no_total(table: pd.DataFrame) -> None:
    """The original table is the same."""
    assert table["TotalCharges"].isna().equals(table["tenure"] == 0)
    assert 0 < table["TotalCharges"].isna().sum() < 50


def test_add_ons_need_their_service(table: pd.DataFrame) -> None:
    """`No internet service` and `No phone service` appear exactly where the service is missing."""
    offline = table["InternetService"] == "No"
    for name in ("OnlineSecurity", "StreamingTV", "TechSupport"):
        assert ((table[name] == "No internet service") == offline).all()
    silent = table["PhoneService"] == "No"
    assert ((table["MultipleLines"] == "No phone service") == silent).all()


def test_columns_and_categories_are_those_of_the_real_table(
    table: pd.DataFrame, real_table: pd.DataFrame
) -> None:
    """A caller of one can call the other: same names, same order, same categories, same range."""
    real = real_table.drop(columns="customerID")
    assert table.columns.tolist() == real.columns.tolist()
    for name in table.columns.drop("TotalCharges"):
        if real[name].dtype.kind in "if":
            assert real[name].min() <= table[name].min()
            assert table[name].max() <= real[name].max()
        else:
            assert set(table[name]) == set(real[name])
