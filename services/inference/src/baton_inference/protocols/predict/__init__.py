"""The protocol of `POST /predict`."""
