"""The settings of the kernel that a kubelet changes when it starts, for the whole machine.

With `vm.overcommit_memory` = 1, which it sets, the kernel grants memory of any size, and a process
that asks for too much takes all of it instead of failing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SETTINGS = Path("/proc/sys")
_CHANGED = (  # setupKernelTunables, pkg/kubelet/cm/container_manager_linux.go
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
)


@contextmanager
def keep_kernel_settings() -> Iterator[None]:
    """Puts the settings back at the end of the block: a kubelet changes them when it starts."""
    before = {name: (_SETTINGS / name).read_text() for name in _CHANGED}
    try:
        yield
    finally:
        for name, value in before.items():
            (_SETTINGS / name).write_text(value)
