"""The metrics of pairs."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from baton_inference.shadow import worker as worker_module
from baton_inference.web.metrics.exposition import Exposition
from baton_inference.web.metrics.pairs import PairCollector
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.shadow import ManualShadow, NumberModel, fail_from, make_rows


def read_samples(pair: ManualShadow, signal: str | None = None) -> dict[str, float]:
    """Reads all samples: name with labels to value."""
    text, _ = Exposition(PairCollector(pair.shadow, lambda: signal)).write("text/plain")
    return {
        sample.name
        + "".join(f",{key}={each}" for key, each in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> ManualShadow:
    monkeypatch.setattr(worker_module, "TIMED_SHARE", 0.0)
    return ManualShadow(
        make_live_version(NumberModel(), version="1"),
        make_live_version(NumberModel(fail_from(0.5)), version="2"),
    )


def test_pairs_are_reported(pair: ManualShadow) -> None:
    pair.answer(*make_rows(10, x=lambda n: n / 10), *make_rows(1, x=lambda _: 0.0))
    pair.run()
    samples = read_samples(pair)
    of = ",canary=2,production=1"
    assert samples[f"baton_pairs_total{of}"] == 10
    assert samples[f"baton_pair_failures_total{of}"] == 5
    assert samples[f"baton_pair_other_labels_total{of}"] == 0
    assert samples[f"baton_pair_timed_total{of}"] == 0
    assert samples[f"baton_pair_slow_total{of}"] == 0
    assert samples["baton_shadow_rows_total,outcome=scored"] == 5
    assert samples["baton_shadow_rows_total,outcome=failed"] == 5
    assert samples["baton_shadow_rows_total,outcome=repeated"] == 1
    assert samples["baton_shadow_rows_total,outcome=dropped"] == 0
    assert samples["baton_pair_evidence,signal=failures"] > 1e6
    name = "baton_pair_score_difference_bucket"
    buckets = {
        bound: samples[f"{name},canary=2,class=yes,le={bound},production=1"]
        for bound in ("-1.0", "-0.05", "0.0", "0.95", "+Inf")
    }
    assert [*buckets.values()] == [0, 0, 5, 5, 5]


def test_without_a_canary_there_are_no_series_of_pairs(pair: ManualShadow) -> None:
    pair.live.drop_canary()
    pair.shadow.step()
    names = {name.partition(",")[0] for name in read_samples(pair)}
    assert names == {"baton_shadow_rows_total", "baton_shadow_stopped"}


def test_a_trip_names_its_signal(pair: ManualShadow) -> None:
    assert read_samples(pair, "failures")["baton_canary_tripped,signal=failures"] == 1
    assert "baton_canary_tripped,signal=failures" not in read_samples(pair)
