"""Rests of a thread that loads a version while another version answers requests."""

import time

from baton_inference.lifecycle.live_versions import LiveVersions

REST_S = 0.005
"""Long enough for the requests that have waited during a step of some milliseconds."""


def rest_from_loading(live: LiveVersions) -> None:
    """Lets requests pass; returns at once while no version serves.

    A load is about 15 ms of Python. Each callback of the event loop hands the interpreter's lock
    over, and waits up to 5 ms (`sys.getswitchinterval`) to get it back, so requests queue up
    during all of it. Shorter intervals made it worse: the two threads then wake each other all the
    time. With rests between the steps, the 99th percentile during swaps at 40 % load was 1.5
    times that without swaps, instead of 1.8 to 2.0 (`scripts/bench swaps`).
    """
    if live.production is not None:
        time.sleep(REST_S)
