import builtins
from typing import Any

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

from baton_trainer.errors import ParameterError
from baton_trainer.models import boosters


@pytest.mark.parametrize("labels", [["no", "yes"], [False, True], [7, 3], ["a", "c", "b"]])
def test_the_wrapped_classifier_predicts_the_same_with_any_labels(
    labels: list[Any],
) -> None:
    """Classes are sorted, probabilities unchanged, and labels keep their type."""
    rows = np.random.default_rng(0).normal(size=(60, 2))
    truth = np.array(labels)[np.arange(60) % len(labels)]
    alone, wrapped = GaussianNB(), boosters.accept_any_labels(GaussianNB())
    alone.fit(rows, truth)
    wrapped.fit(rows, truth)
    assert wrapped.classes_.tolist() == sorted(labels)
    assert (wrapped.predict_proba(rows) == alone.predict_proba(rows)).all()
    assert wrapped.predict(rows).tolist() == alone.predict(rows).tolist()


def test_missing_openmp_names_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's wheel does not contain it."""
    imported = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name == "lightgbm":
            raise OSError("libgomp.so.1: cannot open shared object file")
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ParameterError, match=r"libgomp\.so\.1.*apt install libgomp1"):
        boosters.build_lightgbm()
