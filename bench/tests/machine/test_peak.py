"""The peak memory of a program."""

import subprocess
import sys


def measured(code: str) -> tuple[list[str], int]:
    """What the measured program wrote, and the exit code of both."""
    command = [sys.executable, "-m", "bench.machine.peak", sys.executable, "-c", code]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout.split(), done.returncode


def test_a_program_is_measured_by_its_own_memory_whoever_starts_it() -> None:
    """Its peak, also if that was for a moment; not that of these tests, which is far larger."""
    code = "b = bytearray({} * 2**20); del b; print(7)"
    small, _ = measured(code.format(1))
    large, _ = measured(code.format(200))
    assert small[0] == large[0] == "7"
    assert 190 * 1024 < int(large[1]) - int(small[1]) < 210 * 1024
    assert int(small[1]) < 40 * 1024


def test_a_failure_is_handed_on() -> None:
    """The exit code is the program's."""
    assert measured("raise SystemExit(3)")[1] == 3
