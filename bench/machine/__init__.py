"""The machine that runs the measurements: its processors, processes and memory."""
