"""Promotion and rollback against an in-memory registry."""

from typing import Any

import pytest

from baton_registry import (
    AliasNotSet,
    NothingToRollBackTo,
    PromotionRefused,
    RegistryUnavailable,
    VersionNotFound,
)
from baton_registry.promotion import alias_moves as promotion
from baton_registry.promotion import ledger
from baton_registry.promotion.ledger import Entry, Move
from baton_registry.versions.signing import TrustedKey, generate_key_pair, parse_signing_key
from tests.support.fakes.registry import ALIAS, MODEL, Clock, FakeMlflow, mlmodel, older_tags

AGE = ("age", "double", True)
CITY = ("city", "string", False)


class Desk:
    """The verbs at one registry, by one person, on one clock."""

    def __init__(self) -> None:
        self.server = FakeMlflow()
        self.clock = Clock()
        self.client = self.server.client()
        for version in "1234":
            self.server.add(version, MLmodel=mlmodel(AGE, CITY))

    trusted: tuple[TrustedKey, ...] = ()

    def promote(self, version: str, *, force: bool = False, reason: str = "") -> str | None:
        move = promotion.promote(
            self.client,
            MODEL,
            version,
            alias=ALIAS,
            by="ann",
            reason=reason,
            force=force,
            trusted=self.trusted,
            now=self.clock,
        )
        return move.to_version

    def rollback(self, to: str | None = None) -> str | None:
        move = promotion.rollback(self.client, MODEL, alias=ALIAS, by="ann", to=to, now=self.clock)
        return move.to_version

    def told(self) -> list[tuple[str | None, str | None, str]]:
        moves = promotion.update_history(self.client, MODEL, alias=ALIAS, now=self.clock)
        return [(move.from_version, move.to_version, move.how) for move in moves]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_promote_moves_the_alias_and_is_told(desk: Desk) -> None:
    """A promotion moves the alias, and history says from where, to where, by whom and why."""
    desk.promote("1", reason="first")

    assert desk.server.aliases == {ALIAS: "1"}
    (move,) = promotion.update_history(desk.client, MODEL, alias=ALIAS, now=desk.clock)
    assert (move.from_version, move.to_version, move.how) == (None, "1", "promote")
    assert (move.by, move.reason) == ("ann", "first")
    assert len(desk.server.tags) == 1  # the intent is gone


def test_challenger_is_the_version_that_its_alias_names(desk: Desk) -> None:
    """`challenger` stands for the version that the trainer's alias points to."""
    desk.server.aliases["challenger"] = "3"

    assert desk.promote("challenger") == "3"


def test_no_challenger(desk: Desk) -> None:
    """`challenger` without such an alias is an error that says so."""
    with pytest.raises(AliasNotSet, match="challenger"):
        desk.promote("challenger")


def test_promoting_what_is_there_changes_nothing(desk: Desk) -> None:
    """Promoting the version that the alias names already adds no move."""
    desk.promote("1")
    desk.promote("1")

    assert desk.told() == [(None, "1", "promote")]


def test_rollbacks_go_back_one_by_one_and_end(desk: Desk) -> None:
    """Each rollback goes one promotion further back; with nothing before, it is refused."""
    for version in "123":
        desk.promote(version)

    assert [desk.rollback(), desk.rollback()] == ["2", "1"]
    with pytest.raises(NothingToRollBackTo):
        desk.rollback()
    assert desk.server.aliases[ALIAS] == "1"


def test_promotion_after_a_rollback_goes_back_to_where_it_came_from(desk: Desk) -> None:
    """What was rolled away is off the way back: 1, 2, back to 1, 3, back is 1."""
    desk.promote("1")
    desk.promote("2")
    desk.rollback()
    desk.promote("3")

    assert desk.rollback() == "1"


def test_moves_by_other_hands_are_seen_and_count(desk: Desk) -> None:
    """An alias moved in the MLflow UI is told as external, and a rollback goes back from it."""
    desk.promote("1")
    desk.server.aliases[ALIAS] = "2"

    assert desk.told()[-1] == ("1", "2", "external")
    assert desk.rollback() == "1"


def test_rollback_of_an_alias_that_never_was(desk: Desk) -> None:
    """It is told as that, a misspelled model too, and not as a version without one before it."""
    with pytest.raises(AliasNotSet, match=f"alias '{ALIAS}' of model '{MODEL}' is not set"):
        desk.rollback()


def test_rollback_to_pops_to_a_known_version_and_pushes_an_unknown_one(desk: Desk) -> None:
    """`--to V` forgets what was promoted after V; a V that never was there goes on top."""
    for version in "123":
        desk.promote(version)

    assert desk.rollback(to="1") == "1"
    assert desk.rollback(to="4") == "4"
    assert desk.rollback() == "1"


def test_rollback_after_the_alias_was_removed(desk: Desk) -> None:
    """With the alias gone, a rollback restores the version that it last named."""
    desk.promote("1")
    desk.promote("2")
    del desk.server.aliases[ALIAS]

    assert desk.rollback() == "2"
    assert desk.rollback() == "1"


@pytest.mark.parametrize(
    ("tags", "word"),
    [({}, "records no gate"), ({"baton.gate": "failed: AUC 0.6"}, "AUC 0.6")],
)
def test_gate_guards(desk: Desk, tags: dict[str, str], word: str) -> None:
    """A version without a passed gate is refused unless forced."""
    desk.server.add("9", tags, MLmodel=mlmodel(AGE))

    with pytest.raises(PromotionRefused, match=word):
        desk.promote("9")
    assert desk.server.aliases == {}
    assert desk.promote("9", force=True) == "9"


@pytest.mark.parametrize(
    ("status", "hint"), [("PENDING_REGISTRATION", "wait"), ("FAILED_REGISTRATION", "again")]
)
def test_not_ready_is_refused(desk: Desk, status: str, hint: str) -> None:
    """Waiting helps only where the registry is still at it."""
    desk.server.versions["2"]["status"] = status

    with pytest.raises(PromotionRefused, match=f"{status}.*{hint}"):
        desk.promote("2")


@pytest.mark.parametrize(
    ("file", "word"),
    [
        (mlmodel(CITY), "'age' is gone"),
        (mlmodel(("age", "long", True), CITY), "was double and is long"),
        (mlmodel(AGE, ("city", "string", True)), "was optional and is required"),
        (mlmodel(AGE, CITY, ("plan", "string", True)), "'plan' is new and required"),
        (mlmodel(AGE, CITY, classes=("No", "Maybe", "Yes")), "classes"),
        ("flavors: {sklearn: {}}", "no ONNX model"),
    ],
)
def test_schema_guards_the_callers(desk: Desk, file: str, word: str) -> None:
    """A version that would break the callers of what serves is refused, and the reason named."""
    desk.promote("1")
    desk.server.add("9", MLmodel=file)

    with pytest.raises(PromotionRefused, match=word):
        desk.promote("9")
    assert desk.server.aliases[ALIAS] == "1"


def test_a_wider_schema_breaks_nobody(desk: Desk) -> None:
    """A new optional column, or a required one become optional, is no reason to refuse."""
    desk.promote("1")
    desk.server.add("9", MLmodel=mlmodel(("age", "double", False), CITY, ("plan", "string", False)))

    assert desk.promote("9") == "9"


def test_crash_before_the_move_changes_nothing(desk: Desk) -> None:
    """A promotion that dies before the alias moves is no move, and its intent goes in time."""
    desk.promote("1")
    desk.server.fail_on.add(("POST", "registered-models/alias"))
    with pytest.raises(RegistryUnavailable, match="baton status"):
        desk.promote("2")
    desk.server.fail_on.clear()

    assert desk.told() == [(None, "1", "promote")]
    desk.clock.pass_s(3600)
    desk.told()
    assert len(desk.server.tags) == 1


def test_crash_after_the_move_loses_nothing(desk: Desk) -> None:
    """Who promoted and why is known even where the mover died right after the alias moved."""
    desk.promote("1")
    desk.server.fail_on.add(("DELETE", "registered-models/delete-tag"))
    desk.promote("2", reason="spring")
    done = [key for key, value in desk.server.tags.items() if '"done": true' in value]
    del desk.server.tags[max(done)]  # as if it had not come to that
    desk.server.fail_on.clear()
    desk.clock.pass_s(7200)

    last = promotion.update_history(desk.client, MODEL, alias=ALIAS, now=desk.clock)[-1]
    assert (last.to_version, last.how, last.by, last.reason) == ("2", "promote", "ann", "spring")


def test_no_such_version(desk: Desk) -> None:
    """A version that does not exist is named in the error, and nothing moves."""
    with pytest.raises(VersionNotFound, match="'77'"):
        desk.promote("77")
    with pytest.raises(VersionNotFound, match="'77'"):
        desk.rollback(to="77")
    assert desk.server.aliases == {}


def test_a_number_that_no_version_can_have_is_not_asked_for(desk: Desk) -> None:
    """MLflow's column for it has 32 bits: past that, its database fails and no answer comes."""
    with pytest.raises(VersionNotFound, match="'2147483647'"):
        desk.promote("2147483647")
    asked = len(desk.server.log)
    for version in ("2147483648", "9" * 5000):
        with pytest.raises(VersionNotFound, match=version):
            desk.promote(version)
    assert len(desk.server.log) == asked


@pytest.mark.parametrize("bob_looks", ["before Ann moves", "after Ann moved"])
def test_overtaken_in_the_middle(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, bob_looks: str
) -> None:
    """Two interleaved promotions are told once each, in the order in which the alias moved."""
    desk.promote("1")
    tell = promotion._tell

    def overtaken(*arguments: Any) -> None:
        """Bob moves the alias and tells it after Ann's move, before Ann has told hers."""
        monkeypatch.setattr(promotion, "_tell", tell)
        if bob_looks == "after Ann moved":
            desk.promote("3")
        else:
            move = Move(desk.clock(), "1", "3", "promote", "bob")
            key, value = ledger.to_tag(ALIAS, Entry(4, "bob", move, done=True))
            desk.server.tags[key] = value
            desk.server.aliases[ALIAS] = "3"
        tell(*arguments)

    monkeypatch.setattr(promotion, "_tell", overtaken)
    desk.promote("2")

    assert [(to, how) for _, to, how in desk.told()] == [(v, "promote") for v in "123"]
    assert desk.server.aliases[ALIAS] == "3"
    assert len(desk.server.tags) == 3  # no intent is left


def test_only_signed_versions_are_promoted_where_keys_are_trusted(desk: Desk) -> None:
    """Unsigned, or with a gate that somebody changed afterwards, a version is refused."""
    key = parse_signing_key(generate_key_pair()[0])
    files = {"MLmodel": mlmodel(AGE, CITY)}
    tags = {"baton.gate": "failed: worse"} | older_tags(files)
    tag, signature = key.sign(MODEL, tags)
    desk.server.add("5", {**tags, tag: signature, "baton.gate": "passed"}, **files)
    tags["baton.gate"] = "passed"
    tag, signature = key.sign(MODEL, tags)
    desk.server.add("6", {**tags, tag: signature}, **files)
    desk.trusted = (key.public,)

    for version in ("1", "5"):
        with pytest.raises(PromotionRefused, match="inference that trusts these keys"):
            desk.promote(version)
    assert desk.promote("6") == "6"


def test_known_moves_are_read_without_writing(desk: Desk) -> None:
    """A reader sees what `history` would tell, external moves included, and writes nothing."""
    desk.promote("1")
    desk.server.aliases[ALIAS] = "3"
    tags = dict(desk.server.tags)
    seen_at = desk.clock()

    moves = promotion.read_history(desk.client, MODEL, alias=ALIAS, position="3", seen_at=seen_at)

    told = [(move.from_version, move.to_version, move.how) for move in moves]
    assert told == [(None, "1", "promote"), ("1", "3", "external")]
    assert moves[-1].at == seen_at
    assert desk.server.tags == tags


def test_known_moves_tell_one_that_is_not_marked_done_yet(desk: Desk) -> None:
    """A reader that comes between the move and its mark knows who moved the alias and why."""
    desk.promote("1")
    move = Move(desk.clock(), "1", "2", "promote", "ann", "better")
    desk.server.tags.update([ledger.to_tag(ALIAS, Entry(2, "t", move, done=False))])

    [_, last] = promotion.read_history(
        desk.client, MODEL, alias=ALIAS, position="2", seen_at=desk.clock()
    )

    assert (last.by, last.reason) == ("ann", "better")


def test_callers_of_an_unsigned_version_are_guarded_too(desk: Desk) -> None:
    """It may still serve where inference does not trust keys yet: its schema counts."""
    key = parse_signing_key(generate_key_pair()[0])
    files = {"MLmodel": mlmodel(AGE)}
    tags = {"baton.gate": "passed"} | older_tags(files)
    tag, signature = key.sign(MODEL, tags)
    desk.server.add("5", {**tags, tag: signature}, **files)
    desk.server.aliases[ALIAS] = "1"
    desk.trusted = (key.public,)

    with pytest.raises(PromotionRefused, match="city"):
        desk.promote("5")
