from baton_cli.errors import build_missing_package_error


def test_missing_package_error_is_one_line_with_a_hint() -> None:
    """It names the missing module, the image that has it, and the extra to install."""
    error = build_missing_package_error("trainer", ModuleNotFoundError(name="baton_trainer"))
    assert "no module baton_trainer" in str(error)
    assert "use the trainer image, or install baton-cli[up]" in str(error)
    assert "\n" not in str(error)
