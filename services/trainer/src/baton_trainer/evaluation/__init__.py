"""How good a model is: figures, intervals, slices."""
