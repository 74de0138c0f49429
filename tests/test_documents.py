"""Names and values in the documents are those of the code."""

import re
from pathlib import Path

import pytest

from baton_cli.main import VERBS
from baton_cli.rollouts.display.view import build_table
from baton_cli.verbs.train import train
from baton_engine.onnx.engine import OnnxEngine
from baton_inference.errors import FailureKind
from baton_inference.feedback.label_store import LabelStore
from baton_inference.feedback.receiver import ACCEPTED, OUTCOMES, FeedbackReceiver
from baton_inference.protocols.catalog import list_protocols
from baton_inference.scoring.workers import Workers
from baton_inference.settings import InferenceSettings
from baton_inference.telemetry.metrics import MAX_VERSIONS
from baton_inference.telemetry.request_log import CLIENT_DISCONNECTED
from baton_inference.web.metrics.exposition import MetricsCollector
from baton_inference.web.metrics.feedback import FeedbackCollector
from baton_inference.web.metrics.pairs import PairCollector
from baton_inference.web.metrics.predictions import PredictionCollector
from baton_trainer.models.estimators import parse_value
from baton_trainer.models.families import FAMILIES
from baton_trainer.request import TrainRequest
from bench.cli import DEFAULT, bench
from tests.support.documents.kubernetes import EVENTS
from tests.support.documents.marked_table import MarkedTable
from tests.support.documents.reliability import FAULTS
from tests.support.fakes.application import make_app
from tests.support.fakes.fleet import Stage
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.shadow import ManualShadow, NumberModel, make_rows

ROOT = Path(__file__).parent.parent
METRICS = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
BATON_TOML = (ROOT / "docs" / "baton-toml.md").read_text(encoding="utf-8")


def find_row(key: str) -> str:
    """Finds the row of docs/metrics.md that begins with this word."""
    [line] = re.findall(rf"^\| `{key}`.*$", METRICS, re.MULTILINE)
    return str(line)


def test_metrics_and_their_labels(tmp_path: Path) -> None:
    """docs/metrics.md names every family with its labels, and no other."""
    _, core = make_app(tmp_path / "cache", BATON_PREDICTIONS_DIR=str(tmp_path / "predictions"))
    assert core.predictions is not None
    collector = MetricsCollector(
        core.metrics,
        status=core.read_status,
        canary=lambda: core.live.canary,
        queue_depth=int,
        rollout=lambda: core.tags.known.rollout,
    )
    production, canary = (make_live_version(NumberModel(), version=each) for each in "12")
    pair = ManualShadow(production, canary)
    pair.answer(*make_rows(1, x=lambda _: 0.5))
    pair.run()
    pairs = PairCollector(pair.shadow, lambda: None)
    families = {}
    predictions = PredictionCollector(core.predictions)
    labels = FeedbackCollector(
        FeedbackReceiver(core.live, LabelStore(print, Workers()), Workers(), core.clock)
    )
    collectors = (collector, pairs, predictions, labels)
    for family in (family for each in collectors for family in each.collect()):
        name = family.name + ("_total" if family.type == "counter" else "")
        families[name] = set(getattr(family, "_labelnames", ()))
    table = METRICS.split("| label | values |")[0]
    documented = {
        name: {*re.findall(r"`(\w+)`", labels)}
        for name, labels in re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|", table, re.MULTILINE)
    }
    assert documented == families


def test_label_values() -> None:
    """docs/metrics.md lists every value of a closed label."""
    documented = {*re.findall(r"`(\w+)`:", find_row("reason"))}
    assert documented == {kind.value for kind in FailureKind}
    protocols = {protocol.name for protocol in list_protocols(has_grpc=True)}
    assert {*re.findall(r"`(\w+)`", find_row("protocol"))} - {"protocol"} == protocols
    assert re.findall(r"`(\w+)`", find_row("engine")) == ["engine", OnnxEngine.name]
    assert f"; {CLIENT_DISCONNECTED} if" in find_row("code")
    assert {*re.findall(r"`(\w+)`:", find_row("result"))} == {ACCEPTED, *OUTCOMES.values()}
    assert MAX_VERSIONS == 10
    assert "the ten versions" in METRICS


def test_settings() -> None:
    """The README names every variable that inference reads."""
    for field in InferenceSettings.model_fields.values():
        assert f"`{field.validation_alias}`" in README


def test_alerts() -> None:
    """docs/metrics.md lists every alert that ships, and no other."""
    rules = (ROOT / "infra" / "monitoring" / "alerts.yml").read_text(encoding="utf-8")
    shipped = re.findall(r"- alert: (\w+)", rules)
    assert shipped
    assert re.findall(r"^\| `(Baton\w+)`", METRICS, re.MULTILINE) == shipped


@pytest.mark.parametrize("section", TrainRequest.model_fields)
def test_keys_of_baton_toml(section: str) -> None:
    """docs/baton-toml.md names every key of a section with its option and its default."""
    _, _, rest = BATON_TOML.partition(f"\n## [{section}]\n")
    page = rest.partition("\n## ")[0]
    documented = {
        key: (options, value)
        for key, options, value in re.findall(r"^\| `(\w+)` \|([^|]*)\|(.*)\|$", page, re.MULTILINE)
    }
    defaults = dict(TrainRequest.model_fields[section].get_default())
    assert set(documented) == set(defaults)
    known = {parameter.name: parameter.opts for parameter in train.params}
    for key, (options, value) in documented.items():
        assert re.findall("`(.*?)`", options) == known.get(f"{section}__{key}", [])
        if isinstance(default := defaults[key], float):
            assert f"[{default:g}]" in value
        elif default:
            assert f"`{default}`" in value


def test_estimators() -> None:
    """docs/baton-toml.md lists every estimator; the arguments that it names are the defaults."""
    _, _, page = BATON_TOML.partition("\n## Estimators\n")
    for part, families in zip(page.split("\nFor ")[1:], FAMILIES.values(), strict=True):
        rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\|(.*)\|$", part, re.MULTILINE))
        assert [*rows] == [*families]
        for name, arguments in rows.items():
            documented = {
                key: parse_value(text) for key, text in re.findall(r"`(\w+)=(.*?)`", arguments)
            }
            assert bool(documented) is bool(families[name].defaults)
            assert documented.items() <= families[name].defaults.items()


@pytest.mark.parametrize("table", [FAULTS, EVENTS], ids=lambda table: table.mark)
def test_every_mark_has_its_row(table: MarkedTable) -> None:
    """The page has a row for each fault or event of the suite, in its order, and no other."""
    assert [*table.read_rows()] == table.list_names()


def test_what_baton_does_not_do() -> None:
    """docs/comparison.md names no verb among the things that Baton does not do."""
    page = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
    _, _, rest = page.partition("\n## What Baton does not do\n")
    limits = rest.partition("\n## ")[0]
    assert limits
    assert not re.findall(rf"\b(?:{'|'.join(VERBS)})\b", limits, re.IGNORECASE)


def test_output_of_a_rollout() -> None:
    """The example of docs/rollout.md has the columns and the signals of `baton rollout status`."""
    page = (ROOT / "docs" / "rollout.md").read_text(encoding="utf-8")
    _, heading, text = page.partition("signal  ")
    head, *rows = (heading + text.partition("\n```")[0]).splitlines()
    stage = Stage()
    stage.start()
    signals, *_ = columns = build_table(stage.see()).columns
    assert re.split(r" {2,}", head) == [column.header for column in columns]
    shown = [re.split(r" {2,}", row)[0].removesuffix(" Yes") for row in rows]
    assert shown == [*signals.cells]


def test_benchmarks() -> None:
    """CONTRIBUTING.md measures everything again; docs/benchmarks.md names every benchmark."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    [measured] = re.findall(r"^\$ for part in (.*); do scripts/bench", page, re.MULTILINE)
    assert sorted(measured.split()) == sorted(bench.commands)
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    listed = {*re.findall(r"^\$ scripts/bench ([a-z][\w-]*)", page, re.MULTILINE)}
    assert listed == {*bench.commands} - {DEFAULT}
