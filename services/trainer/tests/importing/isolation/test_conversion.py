"""A model pickled by older libraries: opened by them, answered by them, exported."""

from typing import Any

import numpy as np
import onnxruntime
import pytest

from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.sandbox import choice
from tests.support.trainer.pickles import ROWS, Convert, OldLibraries, pickle_attack


def run_onnx(onnx: bytes) -> dict[str, Any]:
    """Runs an exported model on the rows."""
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    kinds = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int64)": np.int64}
    feed = {}
    for each in session.get_inputs():
        missing: Any = "" if each.type == "tensor(string)" else np.nan
        values = [missing if value is None else value for value in ROWS[each.name]]
        feed[each.name] = np.array(values, dtype=kinds.get(each.type, object)).reshape(-1, 1)
    names = [each.name for each in session.get_outputs()]
    return dict(zip(names, session.run(names, feed), strict=True))


def test_a_classifier(convert: Convert, old_libraries: OldLibraries) -> None:
    """The answers are those of the old library, and so is the first candidate that is the same."""
    conversion = convert(old_libraries.forest)

    assert conversion.task == "binary"
    assert conversion.classes == ("leave", "stay")
    labels = [conversion.classes[int(each)] for each in conversion.answers["label"][:, 0]]
    assert labels == old_libraries.answers["labels"]
    assert np.array_equal(
        conversion.answers["probabilities"], old_libraries.answers["probabilities"]
    )
    assert conversion.versions["scikit-learn"] == "1.4.2"
    assert any(run_onnx(each.onnx)["label"].tolist() == labels for each in conversion.candidates)


def test_a_regressor(convert: Convert, old_libraries: OldLibraries) -> None:
    """It answers one value a row."""
    conversion = convert(old_libraries.line)

    assert conversion.task == "regression"
    assert conversion.classes == ()
    assert conversion.answers["value"][:, 0].tolist() == old_libraries.answers["values"]


def test_without_a_sandbox_nothing_is_opened(
    convert: Convert, old_libraries: OldLibraries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no sandbox works, the message says what to do."""
    monkeypatch.setattr(choice, "WRAPPERS", {"broken": lambda *_: ["false"]})

    with pytest.raises(ImportFailed, match="--trust-model") as caught:
        convert(old_libraries.forest)

    assert "\n" not in str(caught.value)
    assert "bubblewrap" in str(caught.value)


def test_a_trusted_model_is_opened_without_a_sandbox(
    convert: Convert, old_libraries: OldLibraries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only if no sandbox works; still in its own libraries, and with a clean environment."""
    monkeypatch.setattr(choice, "WRAPPERS", {"broken": lambda *_: ["false"]})

    assert convert(old_libraries.line, trust=True).task == "regression"


def test_trust_does_not_replace_a_sandbox_that_works(convert: Convert) -> None:
    """The option matters only where there is none."""
    code = "import os; raise RuntimeError(sorted(os.listdir('/proc'))[0:2])"
    with pytest.raises(ImportFailed, match=r"\['1', '2'\]|\['1', 'acpi'\]"):
        convert(pickle_attack(code), trust=True)
