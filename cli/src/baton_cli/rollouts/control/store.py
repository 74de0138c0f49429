"""What the registry holds of a model's rollouts: record, canary alias, weight, verdict."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from baton_cli.errors import CommandFailed
from baton_registry.errors import AliasNotSet, RegistryRefused, VersionNotFound
from baton_registry.rest.client import FORBIDDEN, RegistryClient
from baton_registry.rest.error_codes import NOT_FOUND
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.rollout_tags import (
    ROLLOUT_TAG,
    get_past_prefix,
    get_record_tag,
    get_weight_tag,
)
from baton_rollout.limits import Limits
from baton_rollout.progress import fields
from baton_rollout.progress.record import Record

MAX_PAST = 50


class Overtaken(CommandFailed):
    """Another process has changed the record since it was read."""

    def __init__(self) -> None:
        super().__init__("the rollout has changed at the same time; try again")


class RolloutStore:
    """Reads and writes the state of a model's rollouts. Raises as `RegistryClient` does.

    Attributes:
        registry: the registry client.
        model: the registered model.
        alias: the canary alias.
    """

    def __init__(self, registry: RegistryClient, model: str, alias: str) -> None:
        self.registry = registry
        self.model = model
        self.alias = alias

    def read_record(self) -> Record | None:
        """Reads the record of the last rollout; None if there was none.

        Raises:
            CommandFailed: the tag is not a record.
        """
        text = self._read_text()
        return self.parse(text) if text else None

    def parse(self, text: str) -> Record:
        """Parses a record.

        Raises:
            CommandFailed: the text is not a record.
        """
        try:
            return Record.from_text(text)
        except ValueError as error:
            raise CommandFailed(
                f"tag {get_record_tag(self.alias)!r} of model {self.model!r} is not the record of a"
                f" rollout ({error}); delete the tag, or use the release that wrote it"
            ) from error

    def resolve(self, alias: str) -> ModelVersion | None:
        """Returns the version of an alias; None if it is not set."""
        try:
            return self.registry.resolve_alias(self.model, alias)
        except AliasNotSet:
            return None

    def read_version_tags(self, version: str) -> Mapping[str, str]:
        """Reads the tags of a version; empty if it does not exist."""
        try:
            return self.registry.get_version(self.model, version).tags
        except VersionNotFound:
            return {}

    def has_version(self, version: str) -> bool:
        """Whether a version exists."""
        try:
            self.registry.get_version(self.model, version)
        except VersionNotFound:
            return False
        return True

    def replace_record(self, known_text: str, record: Record) -> str:
        """Writes the record if the tag still holds `known_text`, and returns the new text.

        MLflow has no compare-and-swap, so two writers can still cross within a request. A later
        tick repairs what that leaves.

        Raises:
            Overtaken: the tag has changed.
            CommandFailed: the rollout is under way, and its record is too long for a tag, as only
                another client writes one.
        """
        self.check_record(known_text)
        text = _format(record)
        self.registry.set_model_tag(self.model, get_record_tag(self.alias), text)
        return text

    def check_record(self, known_text: str) -> None:
        """Checks that the tag still holds `known_text`.

        Raises:
            Overtaken: the tag has changed.
        """
        if self._read_text() != known_text:
            raise Overtaken

    def set_weight(self, version: str, weight: float) -> None:
        """Sets the weight of a version, in percent."""
        self._set_version_tag(version, get_weight_tag(self.alias), f"{weight:.6g}")

    def set_verdict(self, version: str, verdict: str) -> None:
        """Sets the verdict on a version. For an abort this is the commit."""
        self._set_version_tag(version, ROLLOUT_TAG, verdict)

    def set_canary(self, version: str) -> None:
        """Points the canary alias to a version."""
        self.registry.set_alias(self.model, self.alias, version)

    def remove_canary(self, version: str) -> None:
        """Deletes the canary alias if it points to the version.

        MLflow lets an account with EDIT set an alias, but not delete it. The alias then stays,
        which changes nothing: the verdict has been set, and the weight is 0.
        """
        canary = self.resolve(self.alias)
        if canary is None or canary.version != version:
            return
        try:
            self.registry.delete_alias(self.model, self.alias)
        except RegistryRefused as error:
            if error.status != FORBIDDEN:
                raise

    def add_past(self, record: Record) -> None:
        """Keeps the record of a rollout that has ended. A second call replaces the first one's.

        Of all that have ended, the newest `MAX_PAST` are kept.
        """
        prefix = get_past_prefix(self.alias)
        key = f"{prefix}{record.plan.started_at:%Y%m%dT%H%M%S}-{record.plan.token}"
        self.registry.set_model_tag(self.model, key, _format(record.retire({})))
        known = sorted(
            each for each in self.registry.get_model_tags(self.model) if each.startswith(prefix)
        )
        for old in known[:-MAX_PAST]:
            with suppress(RegistryRefused):  # another controller has deleted it
                self.registry.delete_model_tag(self.model, old)

    def list_past(self) -> list[Record]:
        """Lists the rollouts that have ended, oldest first. Tags of another form are ignored."""
        prefix = get_past_prefix(self.alias)
        tags = self.registry.get_model_tags(self.model)
        records = (_try_parse(value) for key, value in tags.items() if key.startswith(prefix))
        return sorted(
            (record for record in records if record is not None),
            key=lambda record: record.ended_at or record.plan.started_at,
        )

    def _read_text(self) -> str:
        return self.registry.get_model_tags(self.model).get(get_record_tag(self.alias), "")

    def _set_version_tag(self, version: str, key: str, value: str) -> None:
        try:
            self.registry.set_version_tag(self.model, version, key, value)
        except RegistryRefused as error:
            if error.error_code != NOT_FOUND:  # a deleted version answers no request
                raise


def _format(record: Record) -> str:
    """Formats a record. If it is too long for a tag, it is shortened, if the rollout has ended.

    The end must be written whatever another client wrote: an abort, or `baton rollback`, needs it.

    Raises:
        CommandFailed: the record is too long, and the rollout is under way.
    """
    try:
        return record.to_text()
    except ValueError as error:
        if record.is_under_way:
            raise CommandFailed(f"the rollout cannot be recorded: {error}") from error
    return _shorten(record).to_text()


def _shorten(record: Record) -> Record:
    """Leaves out of a rollout that has ended what decides nothing any more."""
    plan = replace(
        record.plan,
        by=fields.shorten(record.plan.by),
        reason=fields.shorten(record.plan.reason),
        limits=Limits(expects_change=record.plan.limits.expects_change),
    )
    return replace(record, plan=plan)


def _try_parse(text: str) -> Record | None:
    try:
        return Record.from_text(text)
    except ValueError:
        return None
