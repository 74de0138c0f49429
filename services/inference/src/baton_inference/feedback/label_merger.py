"""Merges small files of labels, so that few labels at a time do not fill the disk with files."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import chain

from baton_engine.labels.label import Label
from baton_engine.labels.label_file import LabelFile, LabelWriter

MERGED_FILES = 60
"""More small files are merged into one: at one file a second, those of a minute."""
SMALL_LABELS = 100
"""A file of more labels is not small: its columns take more than its index."""
MERGED_LABELS = 1000
"""A merged file of so many labels stays as it is: tens of kilobytes."""


class LabelMerger:
    """Writes labels, and merges the small files of a day. Used from one thread at a time.

    At any time each label is in a file. A merged file is complete before those that it replaces are
    removed. They are removed at the next merge: a reader may have listed them, and not the merged
    one. So some labels are in two files for a while, which does no harm: the last label counts.

    It has the labels of small files in memory, some thousand, and merges only files of its own.
    """

    def __init__(self, writer: LabelWriter) -> None:
        """Takes what writes the files."""
        self._writer = writer
        self._small: list[LabelFile] = []
        self._replaced: list[LabelFile] = []

    def write(self, labels: Sequence[Label]) -> int:
        """Writes labels as `LabelWriter` does; then merges, if there are many small files.

        Returns:
            The bytes of the labels' own files.

        Raises:
            OSError: the labels cannot be written. A merge that fails only leaves files small.
        """
        written = self._writer.write(labels)
        self._small += (file for file in written if len(file.labels) <= SMALL_LABELS)
        if len(self._small) > MERGED_FILES:
            with suppress(OSError):
                self._merge()
        return sum(file.size for file in written)

    def _merge(self) -> None:
        """Merges the small files of the last day; those of the day before stay."""
        small, self._small = self._small, []  # forgotten if this fails, so that they are bounded
        folder = small[-1].path.parent
        present = [file for file in small if file.path.parent == folder and file.path.exists()]
        if len(present) <= MERGED_FILES // 2:  # `baton predictions push` moves them, or midnight
            self._small = present
            return
        merged = self._writer.write([*chain.from_iterable(file.labels for file in present)])
        for file in self._replaced:
            file.path.unlink(missing_ok=True)
        self._replaced = present
        self._small = [file for file in merged if len(file.labels) < MERGED_LABELS]
