"""Finds the prediction that a label of a routing key is about."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from baton_cli.predictions.label_rows import LabelRow
from baton_common.prediction_log import hash_key


class Prediction(NamedTuple):
    """One row of the prediction log.

    Attributes:
        key: the hash of its routing key.
        time_us: when it was answered, in microseconds since 1970.
        request_id: the id of its request.
        row: its number in the request.
    """

    key: str
    time_us: int
    request_id: str
    row: int


@dataclass
class Matches:
    """The labels whose prediction was found.

    Attributes:
        rows: the labels, with the request id of their prediction.
        unmatched: the number of labels without a prediction within the window.
        ambiguous: the number of labels whose last request has several rows of the key.
    """

    rows: list[LabelRow]
    unmatched: int = 0
    ambiguous: int = 0


class Matcher:
    """Finds for each label the last prediction of its key within a window before its time.

    A key does not say which row of a request it is about, so only requests of one row match. The
    log may have a sample of the rows, but of several rows never row 0 alone.
    """

    def __init__(
        self, rows: Sequence[LabelRow], secret: bytes, *, window_us: int, now_us: int
    ) -> None:
        """Takes the labels.

        Args:
            rows: the labels; their identities are routing keys.
            secret: the secret with which inference hashes keys.
            window_us: how long before the label its prediction may be.
            now_us: the time of labels that say none.
        """
        self._rows = rows
        self._window_us = window_us
        self._ends_us = [now_us if row.at_us is None else row.at_us for row in rows]
        self._wanted: defaultdict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(rows):
            self._wanted[hash_key(secret, row.identity.encode())].append(number)
        self._best: dict[int, Prediction] = {}
        self._tied: set[int] = set()

    @property
    def span_us(self) -> tuple[int, int]:
        """The first and the last time that matter."""
        return min(self._ends_us) - self._window_us, max(self._ends_us)

    def see(self, predictions: Iterable[Prediction]) -> None:
        """Looks at predictions, in any order."""
        for prediction in predictions:
            for number in self._wanted.get(prediction.key, ()):
                end_us = self._ends_us[number]
                if end_us - self._window_us <= prediction.time_us <= end_us:
                    self._compare(number, prediction)

    def _compare(self, number: int, prediction: Prediction) -> None:
        best = self._best.get(number)
        if best is None or prediction.time_us > best.time_us:
            self._best[number] = prediction
            self._tied.discard(number)
        elif prediction.time_us == best.time_us and prediction != best:
            self._tied.add(number)

    def finish(self) -> Matches:
        """Returns the labels of the predictions seen."""
        matches = Matches([])
        for number, row in enumerate(self._rows):
            best = self._best.get(number)
            if best is None:
                matches.unmatched += 1
            elif number in self._tied or best.row > 0:  # not every row of a request is logged
                matches.ambiguous += 1
            else:
                matches.rows.append(row._replace(identity=best.request_id))
        return matches
