"""The load generators, closed-loop and open-loop, and their figures."""
