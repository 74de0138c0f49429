"""The two load generators, closed-loop and open-loop, and the figures that they give."""
