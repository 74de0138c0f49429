"""Peak memory of a program."""

import subprocess
import sys


def measure(code: str) -> tuple[list[str], int]:
    """Returns the output and the exit code."""
    command = [sys.executable, "-m", "bench.machine.peak", sys.executable, "-c", code]
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    return result.stdout.split(), result.returncode


def test_peak_is_independent_of_the_parent() -> None:
    """A short peak counts; the much larger memory of this process does not."""
    code = "b = bytearray({} * 2**20); del b; print(7)"
    small, _ = measure(code.format(1))
    large, _ = measure(code.format(200))
    assert small[0] == large[0] == "7"
    assert 190 * 1024 < int(large[1]) - int(small[1]) < 210 * 1024
    assert int(small[1]) < 40 * 1024


def test_exit_code_is_passed_on() -> None:
    assert measure("raise SystemExit(3)")[1] == 3
