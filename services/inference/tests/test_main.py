"""The process: start, shutdown, and messages when it cannot start."""

import json
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pyarrow as pa

from baton_common.api_keys import Scope, generate_key
from baton_inference import main
from baton_inference.protocols.media import ARROW, PARQUET
from baton_inference.scoring.workers import Pools
from baton_inference.web.access.key_file import KeyFile
from tests.support.bodies.columnar import read_answer, write_stream
from tests.support.fakes.application import make_core
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.rig.process import find_free_port
from tests.support.rig.service_process import COMMAND, build_environment, running


def test_serves_from_the_cache_while_the_registry_hangs(tmp_path: Path) -> None:
    """The service does not wait until it gives the registry up, and reports the source `cache`."""
    with running(tmp_path) as service:
        service.wait_until_ready()
        before, serving, _ = service.log_file.read_text().partition("version serving")
        assert serving
        assert "the registry cannot be reached" not in before
        answer = service.predict()
        assert (answer.status, answer.headers["x-model-version"]) == (200, "1")
        assert json.load(answer)["predictions"][0]["label"] == "yes"
        connection = service.connect()
        connection.request("GET", "/status")
        status = json.load(connection.getresponse())
        assert (status["state"], status["serving"]["source"]) == ("degraded", "cache")
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(timeout=10) == 0


def test_loads_no_training_library(tmp_path: Path) -> None:
    """A service that scores has loaded ONNX Runtime, but no library for training or Arrow."""
    with running(tmp_path) as service:
        service.wait_until_ready()
        service.predict()
        loaded = list_loaded_packages(service.process.pid)
    assert "onnxruntime" in loaded
    assert not loaded & {"arro3", "grpc", "mlflow", "onnx", "pandas", "pyarrow"}


def test_grpc_is_loaded_only_with_a_port(tmp_path: Path) -> None:
    """Without it start time and memory are those of a service without the library."""
    port = str(find_free_port())
    with running(tmp_path, BATON_GRPC_PORT=port) as service:
        service.wait_until_ready()
        assert "grpc" in list_loaded_packages(service.process.pid)


def list_loaded_packages(pid: int) -> set[str]:
    """Lists the packages whose compiled libraries a process has loaded."""
    maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
    return {*re.findall(r"/site-packages/([^/]+)/", maps)}


def test_sigint_shuts_down_gracefully(tmp_path: Path) -> None:
    """Ctrl-C exits with 0 and without a traceback."""
    with running(tmp_path) as service:
        service.process.send_signal(signal.SIGINT)
        assert service.process.wait(timeout=10) == 0
        assert "Traceback" not in service.log_file.read_text()


def test_arrow_reader_process_ends_with_the_service(tmp_path: Path) -> None:
    """The process that read an Arrow body is gone after the service has stopped."""
    with running(tmp_path) as service:
        service.wait_until_ready()
        connection = service.connect()
        headers = {"content-type": ARROW.decode(), "accept": PARQUET.decode()}
        connection.request(
            "POST", "/invocations", write_stream(pa.table({"x": [1.5, -1]})), headers
        )
        answer = connection.getresponse()
        assert (answer.status, answer.headers["content-type"]) == (200, PARQUET.decode())
        assert read_answer(answer.read(), PARQUET).to_pydict() == {"predictions": ["yes", "no"]}
        (child,) = list_children(service.process.pid)
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(timeout=10) == 0
        assert not Path(f"/proc/{child}").exists()


def list_children(pid: int) -> list[str]:
    """Lists the child processes."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [child for task in tasks for child in (task / "children").read_text().split()]


def fail_to_start(tmp_path: Path, **values: str) -> str:
    """Starts a service that must fail; returns its standard error."""
    environ = build_environment(tmp_path / "cache", **values)
    done = subprocess.run(
        COMMAND, env=environ, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert done.stdout == ""
    return done.stderr


def test_invalid_setting_exits_with_one_line(tmp_path: Path) -> None:
    """The line names the variable and the value."""
    message = fail_to_start(tmp_path, BATON_POLL_INTERVAL_S="soon")
    assert message.startswith("baton: BATON_POLL_INTERVAL_S='soon': ")
    assert message.count("\n") == 1


def test_taken_port_exits_with_one_line(tmp_path: Path) -> None:
    """The line names the port and the variable."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        message = fail_to_start(tmp_path, BATON_PORT=port)
    assert "Address already in use" in message
    assert port in message
    assert "BATON_PORT" in message
    assert message.count("\n") == 1


def test_taken_port_of_grpc_exits_with_one_line(tmp_path: Path) -> None:
    """The line names the other variable."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        message = fail_to_start(tmp_path, BATON_GRPC_PORT=port)
    assert f"cannot listen on 127.0.0.1, port {port}: Address already in use" in message
    assert message.endswith("set BATON_HOST and BATON_GRPC_PORT\n")
    assert message.count("\n") == 1


def test_unreadable_key_file_exits_with_one_line(tmp_path: Path) -> None:
    """The service does not start without authentication by mistake."""
    message = fail_to_start(tmp_path, BATON_API_KEYS_FILE=str(tmp_path / "none"))
    assert message.startswith(f"baton: BATON_API_KEYS_FILE={tmp_path}/none: No such file")
    assert "baton keys api" in message
    assert message.count("\n") == 1


def test_close_stops_the_thread_of_the_keys(tmp_path: Path) -> None:
    """It stops with the other threads."""
    file = tmp_path / "keys"
    file.write_text(generate_key("crm", [Scope.SCORING])[1].line)
    keys = KeyFile(file)
    keys.start()
    core = make_core(tmp_path / "cache", FakeRegistry(), ManualClock())
    main._close(core, Pools(), keys, None)
    keys._thread.join(20)
    assert not keys._thread.is_alive()


def test_removed_key_stops_working_without_a_restart(tmp_path: Path) -> None:
    """The service reloads the key file while it runs."""
    secret, key = generate_key("crm", [Scope.SCORING])
    file = tmp_path / "keys"
    file.write_text(key.line)
    with running(tmp_path, BATON_API_KEYS_FILE=str(file)) as service:
        service.wait_until_ready()
        assert service.predict().status == 401
        assert service.predict(**{"X-API-Key": secret}).status == 200
        file.write_text("# no keys")
        deadline_s = time.monotonic() + 10
        while service.predict(**{"X-API-Key": secret}).status != 401:
            assert time.monotonic() < deadline_s
