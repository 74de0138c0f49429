"""Images: from the local Docker engine into the nodes."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.kubernetes.commands import ClusterError, run, wait_for
from tests.support.kubernetes.layout import PAUSE, Layout, Node, write_configuration
from tests.support.kubernetes.pause_image import write_pause_image

_IMPORT_LIMIT_S = 1200.0
_START_LIMIT_S = 30.0


def fill_store(layout: Layout, programs: Path, images: Sequence[str]) -> Path:
    """Imports images once, into a folder that every node's containerd starts with a clone of.

    Raises:
        ClusterError: Docker does not have one of them.
    """
    store = layout.state / "store"
    archive = layout.state / "pause.tar"
    write_pause_image(programs / "pause", archive)
    with _run_containerd(layout, store) as socket:
        run(*ctr(socket), "images", "import", archive)
        if images:
            import_images(socket, images)
    return store


def clone_store(store: Path, node: Node) -> None:
    """Gives a node that does not run yet the images of the store.

    Layers and blobs never change: links are enough. Databases do.
    """
    target = node.folder / "containerd"
    target.parent.mkdir(parents=True, exist_ok=True)
    run("cp", "--archive", "--link", store, target)
    for database in [*store.glob("*/*.db")]:
        copy = target / database.relative_to(store)
        copy.unlink()
        shutil.copy2(database, copy)


def import_images(socket: Path, images: Sequence[str]) -> None:
    """Streams images from Docker to a containerd that runs.

    Raises:
        ClusterError: Docker does not have one of them.
    """
    with (
        subprocess.Popen(
            ["docker", "save", *images], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as save,
        subprocess.Popen(
            [*ctr(socket), "images", "import", "-"],
            stdin=save.stdout,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as load,
    ):
        assert save.stdout is not None
        save.stdout.close()  # only the other process reads it
        assert save.stderr is not None
        _, problem = load.communicate(timeout=_IMPORT_LIMIT_S)
        cause = save.stderr.read()
    if save.returncode or load.returncode:
        raise ClusterError(f"cannot load {', '.join(images)}: {(cause or problem).decode()}")


def ctr(socket: Path) -> list[str]:
    """Returns the command of containerd's client, for the part that the kubelet uses."""
    return ["ctr", "--address", str(socket), "--namespace", "k8s.io"]


@contextmanager
def _run_containerd(layout: Layout, store: Path) -> Iterator[Path]:
    """Runs a containerd whose files are in the store; yields its socket."""
    place = layout.run / "store"
    socket, folder = place / "containerd.sock", layout.state / "filling"
    values = {"root": store, "run": place, "socket": socket, "folder": folder, "pause": PAUSE}
    write_configuration("containerd.toml", folder / "containerd.toml", values)
    log = folder / "containerd.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            ["containerd", "--config", folder / "containerd.toml"], stdout=output, stderr=output
        ) as process,
    ):
        try:
            wait_for(lambda: run(*ctr(socket), "version"), _START_LIMIT_S, "containerd", log)
            yield socket
        finally:
            process.terminate()
