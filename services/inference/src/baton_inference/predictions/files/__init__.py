"""The files of the prediction log: collects rows, encodes them, keeps the folder in its bounds."""
