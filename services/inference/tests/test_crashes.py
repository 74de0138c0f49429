"""A version that ends the process, loops for ever or takes all memory: real models and processes.

No model is known that makes ONNX Runtime read where it must not, so SIGSEGV comes from the test.
"""

import json
import os
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.support.fakes.bad_models import BAD, GOOD, Harm, build_bad_model
from tests.support.fakes.engine_models import build_endless
from tests.support.rig.served_registry import ServedRegistry, serve_registry
from tests.support.rig.service_process import HEADERS, Service, build_tiny_onnx, start

MARGIN_BYTES = 512 * 2**20


@pytest.fixture
def registry() -> Iterator[ServedRegistry]:
    """A registry with version 1 in production, and version 2, which never ends its load."""
    with serve_registry() as served:
        served.add_model("1", build_tiny_onnx())
        served.add_model("2", build_endless(), weight="100")
        served.add_model("3", build_tiny_onnx())
        served.aliases["production"] = "1"
        yield served


def run(tmp_path: Path, registry: ServedRegistry) -> AbstractContextManager[Service]:
    return start(tmp_path, registry.uri, BATON_POLL_INTERVAL_S="0.1")


def predict(service: Service, *x: float) -> tuple[int, str | None]:
    """Sends rows; returns the status and the version that answered."""
    connection = service.connect()
    body = json.dumps({"instances": [{"x": value} for value in x]})
    connection.request("POST", "/predict", body, HEADERS)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers["x-model-version"]


def crash_while_loading(tmp_path: Path, registry: ServedRegistry, alias: str) -> None:
    """Makes version 1 serve, moves the alias to version 2, and crashes while it loads."""
    with run(tmp_path, registry) as service:
        service.wait_until_ready()
        registry.aliases[alias] = "2"
        marks = tmp_path / "cache" / "loading"
        service.wait_until(lambda: any('"2"' in each.read_text() for each in marks.glob("*.json")))
        os.kill(service.process.pid, signal.SIGSEGV)
        assert service.process.wait(timeout=20) == -signal.SIGSEGV


def test_a_version_that_crashes_the_process_is_not_loaded_again(
    tmp_path: Path, registry: ServedRegistry
) -> None:
    """What served before serves, and the next version of the alias is loaded."""
    crash_while_loading(tmp_path, registry, "production")
    with run(tmp_path, registry) as service:
        service.wait_until_ready()
        service.wait_until(lambda: service.read_status()["last_load_failure"])
        status = service.read_status()
        assert (status["state"], status["serving"]["version"]) == ("degraded", "1")
        assert status["last_load_failure"]["version"] == "2"
        assert "ended unexpectedly" in status["last_load_failure"]["reason"]
        assert predict(service, GOOD) == (200, "1")
        registry.aliases["production"] = "3"
        service.wait_until(lambda: service.read_status()["serving"]["version"] == "3")
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(timeout=10) == 0
    assert [*(tmp_path / "cache" / "loading").iterdir()] == []


def test_a_canary_that_crashes_the_process_costs_the_canary(
    tmp_path: Path, registry: ServedRegistry
) -> None:
    """Production is restored from the cache and serves; the canary is a failure."""
    crash_while_loading(tmp_path, registry, "canary")
    with run(tmp_path, registry) as service:
        service.wait_until_ready()
        service.wait_until(lambda: service.read_status()["canary"])
        service.wait_until(lambda: service.read_status()["canary"]["state"] == "failed")
        status = service.read_status()
        assert (status["state"], status["last_load_failure"]) == ("serving", None)
        assert "ended unexpectedly" in status["canary"]["reason"]
        assert predict(service, GOOD) == (200, "1")


@pytest.mark.parametrize("harm", ["loops", "allocates", "grows"])
def test_a_canary_that_does_harm_with_some_rows_fails_no_request(
    tmp_path: Path, registry: ServedRegistry, harm: Harm
) -> None:
    """Under a memory limit, with requests of several callers: the process lives, and all are 200.

    Good rows are answered by the canary again as soon as its threads are free.
    """
    registry.add_model("4", build_bad_model(harm), weight="100")
    registry.aliases["canary"] = "4"
    answers: list[tuple[int, str | None]] = []
    with run(tmp_path, registry) as service:
        service.wait_until_ready()
        service.wait_until(lambda: predict(service, GOOD) == (200, "4"))
        limit_memory(service.process.pid)

        def call() -> None:
            answers.extend(predict(service, *x) for x in [(GOOD, BAD), (BAD,)] * 4)

        callers = [threading.Thread(target=call) for _ in range(3)]
        for each in callers:
            each.start()
        for each in callers:
            each.join()
        assert answers == [(200, "1")] * 24
        service.wait_until(lambda: predict(service, GOOD) == (200, "4"))
        assert threads_named(service, "canary") <= 3  # two that score, and the poller
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(timeout=10) == 0


def limit_memory(pid: int) -> None:
    """Limits the address space of a process to half a GiB more than it has."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MARGIN_BYTES
    resource.prlimit(pid, resource.RLIMIT_AS, (limit, limit))


def threads_named(service: Service, name: str) -> int:
    """Counts the threads of a process whose name begins so."""
    tasks = Path(f"/proc/{service.process.pid}/task").iterdir()
    return sum((each / "comm").read_text().startswith(name) for each in tasks)
