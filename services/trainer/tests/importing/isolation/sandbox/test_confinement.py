"""What hostile code in a sandbox can see, reach and change: nothing of this machine."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from baton_trainer.importing.isolation.environment.interpreter import get_own

Evaluate = Callable[..., Any]
SECRET = "s3cret-of-the-parent"


def test_the_environment_is_empty(evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the program nor process 1 of the sandbox has a variable of the parent."""
    monkeypatch.setenv("BATON_SIGNING_KEY", SECRET)
    processes = "[each for each in os.listdir('/proc') if each.isdecimal()]"

    own, others = evaluate(
        f"[dict(os.environ), [open(f'/proc/{{each}}/environ').read() for each in {processes}]]"
    )

    assert own.keys() <= {"PATH", "PWD", "OLDPWD", "LC_CTYPE"}
    assert 1 <= len(others) <= 2
    assert SECRET not in str(others)


def test_other_processes_are_invisible(evaluate: Evaluate) -> None:
    """The parent cannot be seen, signalled or traced."""
    visible = evaluate("sorted(int(each) for each in os.listdir('/proc') if each.isdecimal())")

    assert visible in ([1], [1, 2])
    assert evaluate(f"os.kill({os.getpid()}, 0)") == "ESRCH"


def test_files_of_the_user_do_not_exist(evaluate: Evaluate, tmp_path: Path) -> None:
    """A file of the parent, and the places where secrets are kept."""
    file = tmp_path / "secret.txt"
    file.write_text(SECRET, encoding="utf-8")
    places = [str(file), str(Path.home() / ".ssh"), str(Path.home() / ".bashrc"), __file__]
    places += ["/run", "/var", "/sys", "/boot", "/mnt", "/etc/passwd", "/run/docker.sock"]

    assert Path("/etc/passwd").exists()
    assert evaluate(f"[each for each in {places!r} if os.path.lexists(each)]") == []
    assert evaluate(f"open({str(file)!r}).read()") == "ENOENT"


def test_the_root_has_only_what_is_needed(evaluate: Evaluate) -> None:
    """The operating system's folders, and an empty `/tmp`."""
    first = get_own().prefix.parts[1]  # the way to this interpreter
    allowed = {"bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "tmp", "usr"}

    assert set(evaluate("os.listdir('/')")) <= allowed | {first}
    assert evaluate("os.listdir('/etc')") == ["ld.so.cache"]
    assert evaluate("os.listdir('/tmp')") == []


@pytest.mark.parametrize(
    "path",
    ["/x", "/etc/x", "/usr/x", "/usr/lib/x", "/dev/x", "/proc/self/oom_score_adj"],
)
def test_nothing_can_be_written(evaluate: Evaluate, path: str) -> None:
    """Except in `/tmp` and `/dev/shm`, which exist in memory only."""
    flags = "os.O_WRONLY | os.O_CREAT"

    assert evaluate(f"os.open({path!r}, {flags})") in ("EROFS", "EACCES", "ENOENT")
    assert isinstance(evaluate(f"os.open('/tmp/x', {flags})"), int)


@pytest.mark.parametrize("name", ["kernel/core_pattern", "kernel/modprobe", "vm/stat_interval"])
def test_the_kernels_settings_are_read_only(evaluate: Evaluate, name: str) -> None:
    """Root without capabilities could write them, which would be full control of the machine."""
    # Only opened, never written: the test must not harm the machine when it fails.
    assert evaluate(f"os.open('/proc/sys/{name}', os.O_WRONLY)") in ("EROFS", "EACCES", "ENOENT")


def test_interpreter_and_packages_are_read_only(evaluate: Evaluate) -> None:
    """A model cannot change what the next import starts."""
    assert evaluate("open(os.__file__, 'ab')") == "EROFS"


@pytest.fixture(params=["127.0.0.1", "::1"])
def listener(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    """A server on this machine's loopback."""
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.create_server((request.param, 0), family=family) as server:
        yield server


def test_loopback_is_another(evaluate: Evaluate, listener: socket.socket) -> None:
    """The listener is reached from here, but not from the sandbox."""
    address = listener.getsockname()[:2]
    socket.create_connection(address, timeout=5).close()

    found = evaluate(f"socket.create_connection({address!r}, timeout=5)")

    assert found in ("ECONNREFUSED", "ENETUNREACH", "EADDRNOTAVAIL")


def test_there_is_no_network(evaluate: Evaluate) -> None:
    """No interface but a loopback of its own, and no route."""
    assert evaluate("[name for _, name in socket.if_nameindex()]") == ["lo"]
    assert evaluate("socket.create_connection(('192.0.2.1', 80), timeout=5)") == "ENETUNREACH"


@pytest.mark.parametrize("is_abstract", [False, True])
def test_unix_sockets_are_out_of_reach(
    evaluate: Evaluate, tmp_path: Path, *, is_abstract: bool
) -> None:
    """Those with a path, such as Docker's, and those without."""
    name = f"{tmp_path}/socket"
    address = f"\0{name}" if is_abstract else name
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(address)
        server.listen()
        client.connect(address)
        found = evaluate(f"socket.socket(socket.AF_UNIX).connect({address!r})")

    assert found == ("ECONNREFUSED" if is_abstract else "ENOENT")


def test_there_are_no_privileges(evaluate: Evaluate) -> None:
    """No capability, no way to gain one, and no new namespace in which there would be some."""
    lines = evaluate("open('/proc/self/status').read()").splitlines()
    status = dict(line.split(":", 1) for line in lines)
    call = "ctypes.CDLL(None, use_errno=True).unshare"

    capabilities = [status[f"Cap{name}"].strip() for name in ("Inh", "Prm", "Eff", "Bnd", "Amb")]
    assert set(capabilities) == {"0" * 16}
    assert status["NoNewPrivs"].strip() == "1"
    namespaces = (0x10000000, 0x00020000)  # of users, of mounts
    assert evaluate(f"[{call}(each) for each in {namespaces}]") == [-1, -1]


def test_no_file_of_the_parent_is_open(evaluate: Evaluate, tmp_path: Path) -> None:
    """Only the three standard streams; stdin is empty."""
    file = tmp_path / "secret.txt"
    file.write_text(SECRET, encoding="utf-8")
    with file.open(encoding="utf-8") as secret:
        os.set_inheritable(secret.fileno(), True)
        links = (
            "[os.readlink(f'/proc/self/fd/{each}') for each in os.listdir('/proc/self/fd')[:-1]]"
        )
        found = evaluate(links)

    assert len(found) == 3
    assert str(file) not in str(found)
    assert evaluate("sys.stdin.read()") == ""


def test_parallel_sandboxes_do_not_meet(evaluate: Evaluate) -> None:
    """Each has its own `/tmp`."""
    results: list[Any] = []
    code = "import time; pathlib.Path(f'/tmp/{os.urandom(8).hex()}').touch(); time.sleep(1)"
    threads = [
        threading.Thread(target=lambda: results.append(evaluate("len(os.listdir('/tmp'))", code)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == [1, 1]
