"""What the documents say of names and values is what the code has."""

import re
from pathlib import Path

from inference_fakes import make_app

from baton_engine.onnx_engine import OnnxEngine
from baton_inference.codecs import invocations, predict, v2
from baton_inference.errors import FailureKind
from baton_inference.exposition import MetricsCollector
from baton_inference.metrics import MAX_VERSIONS
from baton_inference.request_log import CLIENT_GONE
from baton_inference.settings import InferenceSettings

ROOT = Path(__file__).parent.parent
METRICS = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def row(table_key: str) -> str:
    """The row of a table of docs/metrics.md that begins with this word."""
    [found] = re.findall(rf"^\| `{table_key}`.*$", METRICS, re.MULTILINE)
    return str(found)


def test_metrics_and_their_labels(tmp_path: Path) -> None:
    """docs/metrics.md names every family with its labels, and none besides."""
    _, core = make_app(tmp_path)
    collector = MetricsCollector(core.metrics, status=lambda: core.record.status, queue_depth=int)
    families = {}
    for family in collector.collect():
        name = family.name + ("_total" if family.type == "counter" else "")
        families[name] = set(getattr(family, "_labelnames", ()))
    table = METRICS.split("| label | values |")[0]
    told = {
        name: {*re.findall(r"`(\w+)`", labels)}
        for name, labels in re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|", table, re.MULTILINE)
    }
    assert told == families


def test_label_values() -> None:
    """Every value that a closed label can have is told."""
    told = {*re.findall(r"`(\w+)`:", row("reason"))}
    assert told == {kind.value for kind in FailureKind}
    protocols = {predict.PROTOCOL, invocations.PROTOCOL, v2.PROTOCOL}
    assert {*re.findall(r"`(\w+)`", row("protocol"))} - {"protocol"} == protocols
    assert re.findall(r"`(\w+)`", row("engine")) == ["engine", OnnxEngine.name]
    assert f"; {CLIENT_GONE} where" in row("code")
    assert MAX_VERSIONS == 10
    assert "the ten versions" in METRICS


def test_settings() -> None:
    """The README names every variable that inference reads."""
    for field in InferenceSettings.model_fields.values():
        assert f"`{field.validation_alias}`" in README


def test_alerts() -> None:
    """docs/metrics.md tells of every alert that ships, and of none besides."""
    rules = (ROOT / "infra" / "monitoring" / "alerts.yml").read_text(encoding="utf-8")
    shipped = re.findall(r"- alert: (\w+)", rules)
    assert shipped
    assert re.findall(r"^\| `(Baton\w+)`", METRICS, re.MULTILINE) == shipped
