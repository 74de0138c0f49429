"""Labels of scored rows: what became known later, as closed files of the prediction log."""
