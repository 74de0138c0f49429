"""The reference: the profile of a version, or one that is made from a table."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from baton_engine.engine import Scores
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import fetch_file, fetch_manifest
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import LABEL
from baton_registry.versions.signing import check_signature
from baton_trainer.errors import NotComparable, ProfileMissing
from baton_trainer.gate.comparable_model import ComparableModel, load_version
from baton_trainer.monitoring.profile import PROFILE_FILE, Profile, parse_profile
from baton_trainer.monitoring.profile_builder import build_profile
from baton_trainer.request import Data
from baton_trainer.settings import TrainerSettings
from baton_trainer.tables import loading
from baton_trainer.tables.table import Table
from baton_trainer.tracking.run_record import replace_file
from baton_trainer.tracking.version_run import read_run


def read_reference(
    registry: RegistryClient, version: ModelVersion, settings: TrainerSettings
) -> Profile:
    """Reads the profile of a version, verified like all of its files.

    Raises:
        ProfileMissing: the version has none.
        RegistryError: it cannot be fetched, is not the registered one, or is not signed.
    """
    check_signature(version, settings.trusted_keys)
    with TemporaryDirectory(prefix="baton-") as folder:
        if PROFILE_FILE not in fetch_manifest(registry, version, Path(folder)).files:
            raise ProfileMissing(
                f"version {version.version} has no {PROFILE_FILE}: an older Baton trained it, or "
                "another program; train it again, or name the table that it was trained on: "
                "--data FILE"
            )
        return parse_profile(fetch_file(registry, version, PROFILE_FILE, Path(folder)))


def build_reference(
    registry: RegistryClient, version: ModelVersion, data: Data, settings: TrainerSettings
) -> Profile:
    """Makes the profile that training on this table would store.

    Raises:
        ProfileMissing: the version's run does not say how to read a table.
        TrainError: the table cannot be read, or the version cannot score its rows.
        RegistryError: the version cannot be fetched.
    """
    run = read_run(version, settings)
    if run is None or run.record is None:
        raise ProfileMissing(
            f"version {version.version} has no run record, so the roles of the columns of a table "
            "are not known; train a version with baton train"
        )
    model = load_version(registry, version, trusted=settings.trusted_keys)
    table = loading.load(replace_file(run.record.request, data.file, data.query))
    return build_profile(table, _answer_held_out(model, table))


def _answer_held_out(model: ComparableModel, table: Table) -> Scores:
    """Scores the held-out rows; the labels are places in the table's classes, as in a report."""
    if obstacle := model.find_obstacle(table.features, table.output_schema):
        raise NotComparable(f"{model.name} cannot score {table.file_name}: {obstacle}")
    accepted = model.accepts(table.features).to_numpy() & table.held_out
    answers = model.predict(table.features[accepted], table.output_schema)
    if not table.classes:
        return answers
    places = {label: place for place, label in enumerate(table.classes)}
    labels = [places[label] for label in answers[LABEL].tolist()]
    return {**answers, LABEL: np.array(labels, np.intp)}
