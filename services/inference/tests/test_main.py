"""The process: its start, its end, and what it says when it cannot start."""

import json
import signal
import socket
import subprocess
import time
from pathlib import Path

import pyarrow as pa

from baton_inference.protocols.media import ARROW, PARQUET
from baton_registry.api_keys import Scope, generate_key
from tests.support.bodies.columnar import read_answer, stream
from tests.support.rig.service_process import command, environment, running


def test_serves_from_the_cache_while_the_registry_hangs(tmp_path: Path) -> None:
    """Without a registry that answers it is ready within 5 s, and says where the model is from."""
    started_s = time.monotonic()
    with running(tmp_path) as service:
        service.wait_until_ready()
        assert time.monotonic() - started_s < 5
        answer = service.predict()
        assert (answer.status, answer.headers["x-model-version"]) == (200, "1")
        assert json.load(answer)["predictions"][0]["label"] == "yes"
        connection = service.connect()
        connection.request("GET", "/status")
        status = json.load(connection.getresponse())
        assert (status["state"], status["serving"]["source"]) == ("degraded", "cache")
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(timeout=10) == 0


def test_loads_no_more_than_it_needs(tmp_path: Path) -> None:
    """A service that scores has loaded ONNX Runtime, and nothing of what makes models or Arrow."""
    with running(tmp_path) as service:
        service.wait_until_ready()
        service.predict()
        found = mapped(service.process.pid)
    assert "onnxruntime" in found
    assert not found & {"arro3", "mlflow", "onnx", "pandas", "pyarrow"}


def mapped(pid: int) -> set[str]:
    """The folders of the libraries that a process has loaded."""
    maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
    return {part for line in maps.splitlines() for part in Path(line.split()[-1]).parts}


def test_sigint_is_an_orderly_end_too(tmp_path: Path) -> None:
    """Ctrl-C ends it with 0, and without a traceback."""
    with running(tmp_path) as service:
        service.process.send_signal(signal.SIGINT)
        assert service.process.wait(timeout=10) == 0
        assert "Traceback" not in service.log_file.read_text()


def test_the_process_that_reads_arrow_ends_with_the_service(tmp_path: Path) -> None:
    """An Arrow body is answered, and what read it is gone once the service has ended."""
    with running(tmp_path) as service:
        service.wait_until_ready()
        connection = service.connect()
        headers = {"content-type": ARROW.decode(), "accept": PARQUET.decode()}
        connection.request("POST", "/invocations", stream(pa.table({"x": [1.5, -1]})), headers)
        answer = connection.getresponse()
        assert (answer.status, answer.headers["content-type"]) == (200, PARQUET.decode())
        assert read_answer(answer.read(), PARQUET).to_pydict() == {"predictions": ["yes", "no"]}
        (child,) = children_of(service.process.pid)
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(timeout=10) == 0
        assert not Path(f"/proc/{child}").exists()


def children_of(pid: int) -> list[str]:
    """The processes that it has begun."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [child for task in tasks for child in (task / "children").read_text().split()]


def fail_to_start(tmp_path: Path, **values: str) -> str:
    """What a service that cannot start says."""
    environ = environment(tmp_path / "cache", **values)
    done = subprocess.run(
        command(), env=environ, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert done.stdout == ""
    return done.stderr


def test_a_bad_setting_is_one_line(tmp_path: Path) -> None:
    """A setting that is not allowed ends it at once, with one line."""
    said = fail_to_start(tmp_path, BATON_POLL_INTERVAL_S="soon")
    assert said.startswith("baton: BATON_POLL_INTERVAL_S='soon': ")
    assert said.count("\n") == 1


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    """A port that is taken ends it at once, with one line that names it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = fail_to_start(tmp_path, BATON_PORT=port)
    assert "Address already in use" in said
    assert port in said
    assert "BATON_PORT" in said
    assert said.count("\n") == 1


def test_bad_keys_are_one_line(tmp_path: Path) -> None:
    """A service whose keys cannot be read does not start, rather than let everybody in."""
    said = fail_to_start(tmp_path, BATON_API_KEYS_FILE=str(tmp_path / "none"))
    assert said == (
        f"baton: BATON_API_KEYS_FILE={tmp_path}/none: No such file or directory; "
        "see: baton keys api\n"
    )


def test_a_key_that_is_taken_back_is_of_no_use_soon(tmp_path: Path) -> None:
    """The file is read again while the service runs."""
    secret, key = generate_key("crm", [Scope.SCORING])
    file = tmp_path / "keys"
    file.write_text(key.line)
    with running(tmp_path, BATON_API_KEYS_FILE=str(file)) as service:
        service.wait_until_ready()
        assert service.predict().status == 401
        assert service.predict(**{"X-API-Key": secret}).status == 200
        file.write_text("# nobody")
        deadline_s = time.monotonic() + 10
        while service.predict(**{"X-API-Key": secret}).status != 401:
            assert time.monotonic() < deadline_s
