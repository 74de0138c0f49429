"""The machine under the measurements: its processors, its processes and their memory."""
