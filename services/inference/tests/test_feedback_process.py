"""Feedback through a real process: what was answered with 202 is on disk, whatever happens."""

import http.client
import json
import threading
import time
from pathlib import Path

import duckdb
import pandas as pd

from tests.support.faults.small_disk import SmallDisk
from tests.support.rig.service_process import COMMAND, HEADERS, Service, running

PATH = "/feedback"


def send(service: Service, *request_ids: str, label: str = "yes") -> http.client.HTTPResponse:
    """Sends one label for each request id, on a new connection."""
    entries = [{"request_id": each, "label": label} for each in request_ids]
    connection = service.connect()
    connection.request("POST", PATH, json.dumps({"feedback": entries}), HEADERS)
    return connection.getresponse()


def read_ids(log: Path) -> list[str]:
    files = sorted((log / "labels").rglob("*.parquet"))
    return [each for file in files for each in pd.read_parquet(file)["request_id"]]


def test_labels_survive_a_kill(tmp_path: Path) -> None:
    """SIGKILL right after a 202, while other requests wait: no answered label is lost."""
    log = tmp_path / "predictions"
    answered: list[str] = []

    def send_many(service: Service, name: str) -> None:
        for number in range(10_000):
            request_id = f"{name}-{number}"
            try:
                if send(service, request_id).status == 202:
                    answered.append(request_id)
            except OSError:
                return
            except http.client.HTTPException:
                return

    with running(tmp_path, BATON_PREDICTIONS_DIR=str(log)) as service:
        service.wait_until_ready()
        threads = [threading.Thread(target=send_many, args=(service, name)) for name in "abcdefgh"]
        for thread in threads:
            thread.start()
        service.wait_until(lambda: len(answered) > 20)
        service.process.kill()
        service.process.wait()
        for thread in threads:
            thread.join(30)
    assert set(answered) <= set(read_ids(log))
    # Requests that arrive together share a file: about one each second.
    assert len([*(log / "labels").rglob("*.parquet")]) < len(answered) / 2
    files = f"{log}/labels/**/*.parquet"
    [(count,)] = duckdb.sql(f"SELECT count(*) FROM read_parquet('{files}')").fetchall()
    assert count >= len(answered)


def test_shutdown_answers_what_waits(tmp_path: Path) -> None:
    """SIGTERM during the wait for a file: the label is stored and answered."""
    log = tmp_path / "predictions"
    statuses: list[int] = []
    with running(tmp_path, BATON_PREDICTIONS_DIR=str(log)) as service:
        service.wait_until_ready()
        assert send(service, "first").status == 202
        thread = threading.Thread(target=lambda: statuses.append(send(service, "second").status))
        thread.start()
        time.sleep(0.3)  # the second label waits for the next file
        assert statuses == []
        service.process.terminate()
        assert service.process.wait(timeout=10) == 0
        thread.join(10)
    assert statuses == [202]
    assert read_ids(log) == ["first", "second"]


def fill(disk: SmallDisk, service: Service, pid: int) -> list[str]:
    """Fills the disk, sends labels until one is refused; returns the ids of those accepted."""
    disk.fill(pid)
    accepted: list[str] = []
    for number in range(100):
        answer = send(service, f"full-{number}")
        if answer.status == 507:
            problem = json.load(answer)
            assert "No space left on device" in problem["detail"]
            assert str(disk.folder) not in json.dumps(problem)
            return accepted
        assert answer.status == 202
        accepted.append(f"full-{number}")
    raise AssertionError("the disk is never full")


def test_full_disk(tmp_path: Path) -> None:
    """507 while there is no space; nothing half-written; scoring goes on; then 202 again."""
    disk = SmallDisk(tmp_path / "disk")
    log = disk.folder / "predictions"
    command = [*disk.wrapper, *COMMAND]
    with running(tmp_path, command=command, BATON_PREDICTIONS_DIR=str(log)) as service:
        service.wait_until_ready()
        pid = service.process.pid
        seen = disk.path_for(pid) / "predictions"
        assert send(service, "first").status == 202
        accepted = ["first", *fill(disk, service, pid)]
        assert service.predict().status == 200
        assert read_ids(seen) == accepted
        assert all(path.suffix in ("", ".parquet") for path in (seen / "labels").rglob("*"))
        disk.free(pid)
        assert send(service, "last").status == 202
        assert set(read_ids(seen)) == {*accepted, "last"}
        assert "labels cannot be stored" in service.log_file.read_text()


def test_late_repeated_unknown_and_other_labels(tmp_path: Path) -> None:
    """Any replica takes any label of a class; another class is refused, and nothing is stored."""
    log = tmp_path / "predictions"
    with running(tmp_path, BATON_PREDICTIONS_DIR=str(log)) as service:
        service.wait_until_ready()
        request_id = service.predict().headers["x-request-id"]
        assert send(service, request_id, request_id, "never-seen").status == 202
        refused = send(service, request_id, label="maybe")
        assert refused.status == 422
        assert json.load(refused)["detail"] == "feedback[0].label must be 'no' or 'yes'"
        assert send(service, request_id, label="no").status == 202
        metrics = service.get("/metrics").read().decode()
    assert 'baton_labels_total{result="accepted"} 3.0' in metrics
    assert 'baton_labels_total{result="invalid"} 1.0' in metrics
    tables = [pd.read_parquet(file) for file in (log / "labels").rglob("*.parquet")]
    table = pd.concat(tables).sort_values("received_at")
    stored = [*table[["request_id", "label"]].itertuples(index=False, name=None)]
    assert {*stored[:2]} == {(request_id, "yes"), ("never-seen", "yes")}
    assert stored[2:] == [(request_id, "no")]  # the later label is the later row
