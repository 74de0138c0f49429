"""Trains, evaluates, exports and registers a version of the model. It imports mlflow.

Importing any module of this package prepares the libraries that it loads: see
`baton_trainer.settings.prepare_libraries`.
"""

from baton_trainer.settings import prepare_libraries

prepare_libraries()
