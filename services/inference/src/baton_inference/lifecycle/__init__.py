"""The control plane: follows the alias, decides, loads a version, swaps it in."""
