"""Pickles that attack: each ends with one line, and has no effect beyond it."""

import os
import socket
from pathlib import Path

import pytest

from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.job import MIB, Limits
from tests.support.trainer.pickles import Convert, pickle_attack

SECRET = "s3cret-of-the-parent"
QUICK = Limits(time_s=5.0, memory_bytes=512 * MIB, result_bytes=8 * MIB)

LOOT = """
import os, socket
found = []
def attempt(what):
    try: found.append(repr(what()))
    except OSError as error: found.append(type(error).__name__)
attempt(lambda: sorted(os.environ))
attempt(lambda: [each[:20] for each in open("/proc/1/environ").read().split("\\0")])
attempt(lambda: open(FILE).read())
attempt(lambda: socket.create_connection(ADDRESS, timeout=2).sendall(b"caught"))
attempt(lambda: socket.create_connection(ADDRESS_6, timeout=2).sendall(b"caught"))
attempt(lambda: open("/model/model.pkl", "ab"))
attempt(lambda: open("/job/job.json", "ab"))
attempt(lambda: open("/environment/sklearn/__init__.py", "ab"))
raise RuntimeError("; ".join(found))
"""


def test_it_finds_no_secret_and_no_network(
    convert: Convert, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way: the pickle reports what it could get, and the report has nothing."""
    monkeypatch.setenv("BATON_SIGNING_KEY", SECRET)
    file = tmp_path / "secret.txt"
    file.write_text(SECRET, encoding="utf-8")
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_server(("::1", 0), family=socket.AF_INET6) as server_6,
    ):
        addresses = [each.getsockname()[:2] for each in (server, server_6)]
        names = f"FILE, ADDRESS, ADDRESS_6 = {str(file)!r}, *{addresses!r}"
        with pytest.raises(ImportFailed, match="RuntimeError") as caught:
            convert(pickle_attack(names + LOOT))
        for each in (server, server_6):
            each.settimeout(0.1)
            with pytest.raises(TimeoutError):
                each.accept()

    environment, of_process_1, *rest = str(caught.value).split("; ")
    assert "BATON" not in environment
    assert "BATON" not in of_process_1
    assert rest[0] == "FileNotFoundError"
    assert set(rest[1:3]) <= {"ConnectionRefusedError", "OSError"}
    assert rest[3:] == ["OSError"] * 3  # read-only


WRITE_RESULT = """
import os
for number in range(3, 9):
    try:
        for _ in range({times}): os.write(number, {content})
    except OSError: pass
os._exit(0)
"""
ATTACKS = {
    "import time; time.sleep(600)": "took more than 5 s",
    "import os, time; os.fork(); os.setsid(); os.fork(); time.sleep(600)": "took more than 5 s",
    "x = []\nwhile True: x.append(bytearray(2**24))": "more memory than the sandbox has",
    "with open('/tmp/x', 'wb') as x: x.write(bytes(2**28 + 1))": "No space left|File too large",
    "open('/dev/shm/x', 'wb').truncate(2**40)": "File too large",
    "import os; os.kill(os.getpid(), 11)": "ended its process",
    "import os; os._exit(0)": "ended its process",
    "raise SystemExit(0)": "SystemExit",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "raise type('E', (BaseException,), {})('a\\nb\\x1b[31m' + 'x' * 10000)": r"E: a b\[31mxxx",
    # results of its own: JSON without end, another format
    WRITE_RESULT.format(content="b'[' * 65536", times=1000): "returned more than 8 MiB",
    WRITE_RESULT.format(content="b'{}\\n'", times=1): "hostile",
    WRITE_RESULT.format(content="b'\\x80\\x04\\x95\\n'", times=1): "hostile",
}


@pytest.mark.parametrize(("code", "line"), ATTACKS.items())
def test_an_attack_is_one_line(convert: Convert, code: str, line: str) -> None:
    """Time, memory, files, exits, crashes, and results that are none."""
    with pytest.raises(ImportFailed, match=line) as caught:
        convert(pickle_attack(code), limits=QUICK)

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("content", [b"", b"not a pickle", pickle_attack("0")[:-5]])
def test_a_damaged_pickle_is_one_line(convert: Convert, content: bytes) -> None:
    """So is a file that is none."""
    with pytest.raises(ImportFailed) as caught:
        convert(content)

    assert str(caught.value).isprintable()


def test_nothing_stays_behind(convert: Convert, tmp_path: Path) -> None:
    """No file that a pickle writes reaches this machine."""
    before = sorted(os.listdir("/tmp"))  # noqa: PTH208
    code = "import os\nos.symlink('/etc/passwd', '/tmp/link')\nopen('/tmp/x.pkl', 'wb').write(b'x')"
    with pytest.raises(ImportFailed):
        convert(pickle_attack(code + "\nraise RuntimeError"))

    new = set(os.listdir("/tmp")) - set(before)  # noqa: PTH208 - other tests write there, too
    assert not new & {"link", "x.pkl"}
    assert sorted(each.name for each in (tmp_path / "model").iterdir()) == [
        "model.pkl",
        "requirements.txt",
    ]
