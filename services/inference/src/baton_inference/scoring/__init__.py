"""The data plane: rows in, scores out, by a live version. It knows no HTTP and no bytes."""
