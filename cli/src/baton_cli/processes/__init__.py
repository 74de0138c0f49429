"""Child processes on this machine: starts, supervises and stops them."""
