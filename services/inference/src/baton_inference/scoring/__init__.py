"""The data plane: scores rows with a live version. Independent of HTTP and wire formats."""
