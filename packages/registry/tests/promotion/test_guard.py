"""The checks before an alias moves."""

import json

import pytest

from baton_registry.errors import PromotionRefused
from baton_registry.versions.keys import generate_key_pair, parse_signing_key
from tests.support.fakes.operator import AGE, CITY, Operator
from tests.support.fakes.registry import ALIAS, MODEL, build_mlmodel, build_older_tags


@pytest.mark.parametrize(
    ("tags", "word"),
    [({}, "no gate verdict"), ({"baton.gate": "failed: AUC 0.6"}, "AUC 0.6")],
)
def test_version_without_a_passed_gate_is_refused(
    operator: Operator, tags: dict[str, str], word: str
) -> None:
    """`--force` promotes it."""
    operator.server.add("9", tags, MLmodel=build_mlmodel(AGE))

    with pytest.raises(PromotionRefused, match=word):
        operator.promote("9")
    assert operator.server.aliases == {}
    assert operator.promote("9", force=True) == "9"


def test_aborted_version_is_refused(operator: Operator) -> None:
    """`--force` promotes it. Other verdicts of a rollout do not matter."""
    operator.server.add(
        "9", {"baton.gate": "passed", "baton.rollout": "aborted: 1 % of its rows fail"}
    )
    operator.server.add(
        "10", {"baton.gate": "passed", "baton.rollout": "passed"}, MLmodel=build_mlmodel(AGE)
    )

    with pytest.raises(PromotionRefused, match="1 % of its rows fail"):
        operator.promote("9")
    assert operator.promote("9", force=True) == "9"
    assert operator.promote("10") == "10"


@pytest.mark.parametrize(
    ("status", "hint"), [("PENDING_REGISTRATION", "wait"), ("FAILED_REGISTRATION", "again")]
)
def test_version_that_is_not_ready_is_refused(operator: Operator, status: str, hint: str) -> None:
    """The hint is to wait only if the registration is pending."""
    operator.server.versions["2"]["status"] = status

    with pytest.raises(PromotionRefused, match=f"{status}.*{hint}"):
        operator.promote("2")


@pytest.mark.parametrize(
    ("file", "word"),
    [
        (build_mlmodel(CITY), "'age' is gone"),
        (build_mlmodel(("age", "long", True), CITY), "was double and is long"),
        (build_mlmodel(AGE, ("city", "string", True)), "was optional and is required"),
        (build_mlmodel(AGE, CITY, ("plan", "string", True)), "'plan' is new and required"),
        (build_mlmodel(AGE, CITY, classes=("No", "Maybe", "Yes")), "classes"),
        ("flavors: {sklearn: {}}", "no ONNX model"),
    ],
)
def test_version_that_breaks_callers_is_refused(operator: Operator, file: str, word: str) -> None:
    operator.promote("1")
    operator.server.add("9", MLmodel=file)

    with pytest.raises(PromotionRefused, match=word):
        operator.promote("9")
    assert operator.server.aliases[ALIAS] == "1"


def test_compatible_schema_changes_are_allowed(operator: Operator) -> None:
    """A new optional column, or a required column that becomes optional."""
    operator.promote("1")
    operator.server.add(
        "9", MLmodel=build_mlmodel(("age", "double", False), CITY, ("plan", "string", False))
    )

    assert operator.promote("9") == "9"


def test_trusted_keys_require_a_signature(operator: Operator) -> None:
    """An unsigned version and one with an altered gate are refused."""
    key = parse_signing_key(generate_key_pair()[0])
    files = {"MLmodel": build_mlmodel(AGE, CITY)}
    tags = {"baton.gate": "failed: worse"} | build_older_tags(files)
    tag, signature = key.sign(MODEL, tags)
    operator.server.add("5", {**tags, tag: signature, "baton.gate": "passed"}, **files)
    tags["baton.gate"] = "passed"
    tag, signature = key.sign(MODEL, tags)
    operator.server.add("6", {**tags, tag: signature}, **files)
    operator.trusted = (key.public,)

    for version in ("1", "5"):
        with pytest.raises(PromotionRefused, match="inference with these keys"):
            operator.promote(version)
    assert operator.promote("6") == "6"


def test_callers_of_an_unsigned_production_version_are_protected(operator: Operator) -> None:
    """Inference without trusted keys may serve it."""
    key = parse_signing_key(generate_key_pair()[0])
    files = {"MLmodel": build_mlmodel(AGE)}
    tags = {"baton.gate": "passed"} | build_older_tags(files)
    tag, signature = key.sign(MODEL, tags)
    operator.server.add("5", {**tags, tag: signature}, **files)
    operator.server.aliases[ALIAS] = "1"
    operator.trusted = (key.public,)

    with pytest.raises(PromotionRefused, match="city"):
        operator.promote("5")


def test_a_regressor_does_not_follow_a_classifier(operator: Operator) -> None:
    """Also if MLflow's signature alone shows that it is one."""
    operator.promote("1")
    document = json.loads(build_mlmodel(AGE, CITY))
    document["metadata"] = {"baton": {"task": "regression"}}
    operator.server.add("8", MLmodel=json.dumps(document))
    with pytest.raises(PromotionRefused, match="the task binary became regression"):
        operator.promote("8")

    del document["metadata"]
    tensor = {"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}
    document["signature"]["outputs"] = json.dumps([tensor])
    operator.server.add("9", MLmodel=json.dumps(document))
    with pytest.raises(PromotionRefused, match="task binary and are 1 numbers"):
        operator.promote("9")
    assert operator.promote("9", force=True) == "9"
