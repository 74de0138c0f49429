"""The pairs in `/status`."""

from baton_inference.lifecycle.live_versions import CanaryRoute
from baton_inference.shadow.report import PairsReport
from baton_inference.telemetry.metrics import Metrics
from baton_rollout.pair_counts import PairCounts
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.shadow import ManualShadow, NumberModel, make_rows


def make_pair() -> tuple[ManualShadow, Metrics, PairsReport]:
    pair = ManualShadow(
        make_live_version(NumberModel(), version="1"),
        make_live_version(NumberModel(), version="2"),
    )
    metrics = Metrics()
    return pair, metrics, PairsReport(pair.shadow, pair.live, metrics)


def test_the_report_names_versions_process_and_counts() -> None:
    pair, _, report = make_pair()
    pair.answer(*make_rows(3), *make_rows(1))
    pair.run()
    document = report.build()
    assert document is not None
    counts = PairCounts.from_json(document["counts"])
    assert (counts.pairs, counts.compared) == (3, 3)
    assert {key: document[key] for key in ("production", "canary", "dropped", "repeated")} == {
        "production": "1",
        "canary": "2",
        "dropped": 0,
        "repeated": 1,
    }
    assert document["process"] == pair.shadow.process
    assert document["since"].endswith("Z")


def test_answers_and_fallbacks_count_from_each_weight_on() -> None:
    pair, metrics, report = make_pair()
    canary, production = pair.live.canary, pair.live.production
    assert canary is not None
    assert production is not None

    def count(answers: int, fallbacks: int) -> tuple[int, int]:
        for _ in range(answers):
            metrics.count_canary_answer("2")
        for _ in range(fallbacks):
            metrics.count_fallback("2")
        document = report.build()
        assert document is not None
        return document["answers"], document["fallbacks"]

    def give(weight: float) -> None:
        pair.live.share(CanaryRoute(canary, production.identity, "canary", weight, pair.switch))

    assert count(0, 0) == (0, 0)
    give(10)
    assert count(0, 0) == (0, 0)
    assert count(5, 1) == (5, 1)
    give(50)
    assert count(0, 0) == (0, 0)
    assert count(2, 0) == (2, 0)


def test_without_a_canary_there_is_no_report() -> None:
    pair, _, report = make_pair()
    pair.live.drop_canary()
    pair.shadow.step()
    assert report.build() is None
