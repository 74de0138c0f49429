"""The controller: follows the rollout that the registry names, one tick at a time.

Its whole state is in the registry. Several controllers do no harm: they see the same facts and so
take the same action, each write can be repeated, and none is made if the record has changed.
"""

from typing import TYPE_CHECKING

from baton_cli.inference.convergence import ReportSource
from baton_cli.rollouts.control.checks import CheckRunner
from baton_cli.rollouts.control.execution import Executor
from baton_cli.rollouts.control.observation import Observation, Observer
from baton_cli.rollouts.control.snapshot import take_snapshot
from baton_cli.rollouts.control.store import Overtaken
from baton_rollout.progress.actions import RunCheck, Wait

if TYPE_CHECKING:  # Arrow is slow to import, and few controllers read a prediction log
    from baton_cli.predictions.labelled_pairs import LabelledPairs


class Controller:
    """Follows the rollouts of one model. Only one thread may use it.

    Attributes:
        executor: writes to the registry.
        own_token: the rollout that this process has started.
    """

    def __init__(
        self,
        executor: Executor,
        inference: ReportSource,
        check: CheckRunner | None = None,
        labels: "LabelledPairs | None" = None,
    ) -> None:
        """Wires the controller. Contacts no server.

        Args:
            executor: writes to the registry.
            inference: fetches the reports of the processes.
            check: the check of each step; None: no check.
            labels: counts the labelled pairs of the prediction log; None: there is no log.
        """
        self.executor = executor
        self._inference = inference
        self._check = check or CheckRunner(())
        self._labels = labels
        self.own_token = ""
        self._observer = Observer(executor.store.model)

    def observe(self) -> Observation | None:
        """Reads registry and processes, and decides. Writes nothing. None: there is no rollout.

        Raises:
            CommandFailed: the record cannot be read.
            RegistryError: the registry did not answer or refused.
        """
        snapshot = take_snapshot(self.executor.store)
        if snapshot is None:
            return None
        is_own = snapshot.record.plan.token == self.own_token
        is_under_way = snapshot.record.is_under_way
        reports = self._inference.fetch_reports() if is_under_way else ()
        now = self.executor.now()
        return self._observer.observe(
            snapshot,
            reports,
            now,
            self._check.read(snapshot.record, is_own=is_own),
            self._labels.count(snapshot.record, now) if self._labels and is_under_way else None,
        )

    def tick(self) -> Observation | None:
        """Observes, and executes what was decided. Returns what was found; None: no rollout.

        Raises as `observe` does. Whatever was written before the error, a later tick completes.
        """
        seen = self.observe()
        if seen is None:
            return None
        match seen.action:
            case Wait():
                pass
            case RunCheck():
                self._check.start(seen.record)
            case action:
                try:
                    self.executor.execute(seen.prepare(action), action)
                except Overtaken:
                    return seen  # the next tick sees what the other process has done
        if not seen.record.is_under_way:
            self._check.stop()
        return seen

    def close(self) -> None:
        """Stops a check that still runs."""
        self._check.stop()
