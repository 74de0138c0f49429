"""The results of the benchmark of live rollouts."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from bench.load.figures import Figures
from bench.load.open_loop import OpenLoopResult
from bench.machine.memory import Memory
from bench.measurements.live_rollouts.courses import Course


@dataclass
class LiveRolloutResults:
    """The results of a run.

    Attributes:
        per_s: the rate of the load.
        figures: one per phase.
        mixed: answers that mix two versions.
        aliases: answers by the alias that they name.
        courses: seconds of each rollout, by its course.
        memory: of inference, by number of rollouts; after 0 the load has not started.
        machine: description of the machine.
    """

    per_s: float
    figures: list[Figures] = field(default_factory=list)
    mixed: int = 0
    aliases: Counter[str] = field(default_factory=Counter)
    courses: dict[Course, list[float]] = field(default_factory=dict)
    memory: dict[int, Memory] = field(default_factory=dict)
    machine: str = ""

    def add(self, result: OpenLoopResult) -> None:
        """Adds the load of a phase."""
        self.figures.append(result.compute_figures())
        self.mixed += result.counts.mixed
        self.aliases.update(result.counts.aliases)

    @property
    def rollouts(self) -> int:
        """The number of rollouts."""
        return sum(map(len, self.courses.values()))

    @property
    def failed(self) -> int:
        """Requests that got no good answer."""
        return sum(each.failed for each in self.figures)

    @property
    def slope_mb(self) -> float:
        """Growth of resident memory, in MB per 100 rollouts.

        The slope of the line through all measurements from the first phase on, whose rollouts fill
        caches. NaN with fewer than two of them.
        """
        counts = sorted(self.memory)[1:]
        if len(counts) < 2:  # noqa: PLR2004 - a line needs two points
            return float("nan")
        resident_mb = [self.memory[count].rss_mb for count in counts]
        return 100 * float(np.polyfit(counts, resident_mb, 1)[0])
