"""Processor time and peak memory of a program."""

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
    assert 190 * 1024 < int(large[2]) - int(small[2]) < 210 * 1024
    assert int(small[2]) < 40 * 1024


def test_processor_time_is_that_of_the_program() -> None:
    """Waiting does not count."""
    waiting, _ = measure("import time; time.sleep(0.3)")
    busy, _ = measure("import time\nwhile time.process_time() < 0.3: pass")
    assert float(waiting[0]) < 0.25
    assert float(busy[0]) >= 0.3


def test_exit_code_is_passed_on() -> None:
    assert measure("raise SystemExit(3)")[1] == 3
