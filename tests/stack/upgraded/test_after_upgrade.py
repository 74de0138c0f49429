"""A stack made by the release before works under this one. These tests run first: see its name."""

from tests.support.stack.containers import Stack


def test_production_serves_on(upgraded: Stack) -> None:
    """Nothing is trained again; the version in production answers."""
    assert upgraded.versions() == ["1"]
    assert upgraded.predict()[0] == "1"


def test_old_and_new_versions_share_one_life_cycle(upgraded: Stack) -> None:
    """A new version is compared with an old one, promoted and rolled back."""
    assert upgraded.train() == "2"
    upgraded.baton("promote", "2", "--wait")
    assert upgraded.predict()[0] == "2"
    upgraded.baton("rollback", "--wait")

    assert upgraded.predict()[0] == "1"
    moves = [(move["from"], move["to"], move["how"]) for move in upgraded.history()]
    assert moves == [(None, "1", "promote"), ("1", "2", "promote"), ("2", "1", "rollback")]


def test_images_name_their_release(upgraded: Stack) -> None:
    """Every running image that the project builds carries the version."""
    version = upgraded.run("scripts/version").strip()
    labels = [
        container["Config"]["Labels"] for container in upgraded.inspect("tracking", "inference")
    ]

    assert len(labels) == 2
    assert all(each["org.opencontainers.image.version"] == version for each in labels)
