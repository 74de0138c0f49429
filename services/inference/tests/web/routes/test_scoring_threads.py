"""Scoring under concurrency: threads, swaps and overload."""

import asyncio
import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from baton_inference.app import create_app
from baton_inference.core import create_core
from baton_inference.protocols.arrow.columnar import ArrowTable
from baton_inference.protocols.catalog import compile_codecs
from baton_inference.protocols.media import ARROW, PARQUET
from baton_inference.protocols.protocol import CodecParts
from baton_inference.scoring.workers import Pools, Workers
from baton_inference.web.body import SMALL_BYTES
from tests.support.bodies.columnar import GOOD, WRITERS, read_answer
from tests.support.fakes.application import make_app, make_settings
from tests.support.fakes.asgi_client import Response, call, call_async, post
from tests.support.fakes.live_version import InProcessReader, make_live_version
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.fakes.models import GOOD_BODY, INSTANCE, SlowModel, SumModel

pytestmark = pytest.mark.usefixtures("each_way")
"""Both ways of answering must be the same."""


def test_arrow_bodies_do_not_delay_json_bodies(tmp_path: Path) -> None:
    """A large JSON body is answered while the one Arrow reader is busy with many bodies."""
    gate = threading.Event()
    version = make_live_version()

    class Busy(InProcessReader):
        def read(self, *args: Any) -> ArrowTable:
            gate.wait()
            return super().read(*args)

    parts = CodecParts(version.model, version.schema, version.engine.output_schema, Busy(), 10_000)
    app, _ = make_app(tmp_path, replace(version, codecs=compile_codecs(parts)))
    arrow = post("/invocations", WRITERS[ARROW](GOOD), content_type=ARROW.decode())
    large = json.dumps({"instances": [INSTANCE] * (2 * SMALL_BYTES // len(GOOD_BODY))}).encode()
    assert len(large) > SMALL_BYTES

    async def use() -> tuple[Response, list[Response]]:
        burst = [asyncio.ensure_future(call_async(app, arrow)) for _ in range(20)]
        await asyncio.sleep(0)
        answer = await call_async(app, post("/predict", large))
        gate.set()
        return answer, await asyncio.gather(*burst)

    answer, burst = asyncio.run(use())
    assert answer.status == 200
    assert {each.status for each in burst} == {200}


@pytest.mark.parametrize("media_type", [ARROW, PARQUET])
def test_arrow_and_parquet_never_block_the_event_loop(tmp_path: Path, media_type: bytes) -> None:
    """A thread waits for the reader process, even if the body is small."""
    version = make_live_version()
    threads = []

    class Reader(InProcessReader):
        def read(self, *args: Any) -> ArrowTable:
            threads.append(threading.current_thread())
            return super().read(*args)

    parts = CodecParts(version.model, version.schema, version.engine.output_schema, Reader(), 10)
    codecs = compile_codecs(parts)
    app, _ = make_app(tmp_path, replace(version, codecs=codecs))
    headers = {"content_type": media_type.decode(), "accept": media_type.decode()}
    answer = call(app, post("/invocations", WRITERS[media_type](GOOD), **headers))
    assert (answer.status, answer.headers["x-model-version"]) == (200, "1")
    assert answer.headers["content-type"] == media_type.decode()
    assert read_answer(answer.body, media_type).to_pydict() == {"predictions": ["no", "no"]}
    assert threads
    assert threading.main_thread() not in threads


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("inline_rows", [0, 64])
def test_scoring_thread(tmp_path: Path, *, is_large: bool, inline_rows: int) -> None:
    """The event loop scores a few rows of a quick model; a thread scores everything else."""
    threads: list[int] = []
    engine = SlowModel(lambda: threads.append(threading.get_ident()))
    app, _ = make_app(tmp_path, make_live_version(engine, inline_rows=inline_rows))
    body = GOOD_BODY + b" " * (SMALL_BYTES if is_large else 0)
    assert call(app, post("/predict", body)).status == 200
    is_inline = inline_rows > 0 and not is_large
    assert (threads == [threading.get_ident()]) == is_inline


def test_one_version_answers_the_whole_request(tmp_path: Path) -> None:
    """A swap during a request does not change the version that answers it."""
    app, core = make_app(tmp_path)

    def swap() -> None:
        core.live.swap(make_live_version(SumModel(0.75), version="2"))

    core.live.swap(make_live_version(SlowModel(swap), version="1"))
    first, second = (call(app, post("/predict", GOOD_BODY)) for _ in range(2))
    assert (first.headers["x-model-version"], first.json()["model_version"]) == ("1", "1")
    assert first.json()["predictions"][0]["probabilities"]["yes"] == 0.25
    assert second.headers["x-model-version"] == "2"
    assert second.json()["predictions"][0]["probabilities"]["yes"] == 0.75


def test_overload_is_rejected(tmp_path: Path) -> None:
    """Over the limit, requests are rejected at once; every accepted request is answered."""
    gate = threading.Event()
    core = create_core(make_settings(tmp_path), registry=FakeRegistry())
    core.live.swap(make_live_version(SlowModel(gate.wait), inline_rows=0))
    app = create_app(make_settings(tmp_path), core, Pools(Workers(threads=1, max_pending=3)))

    async def use() -> tuple[list[Response], list[Response]]:
        accepted = [
            asyncio.ensure_future(call_async(app, post("/predict", GOOD_BODY))) for _ in "123"
        ]
        await asyncio.sleep(0)
        shed = [await call_async(app, post("/predict", GOOD_BODY)) for _ in "12"]
        gate.set()
        return await asyncio.gather(*accepted), shed

    accepted, shed = asyncio.run(use())
    assert [answer.status for answer in accepted] == [200] * 3
    assert [answer.status for answer in shed] == [503] * 2
    assert {answer.headers["retry-after"] for answer in shed} == {"1"}
