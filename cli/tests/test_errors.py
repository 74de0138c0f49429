from baton_cli.errors import missing_package_error


def test_a_missing_package_is_one_line_that_names_the_way_out() -> None:
    """What is missing, and where the verb can be run."""
    error = missing_package_error("trainer", ModuleNotFoundError(name="baton_trainer"))
    assert "baton_trainer is not installed" in str(error)
    assert "use the trainer image, or install baton-cli[up]" in str(error)
    assert "\n" not in str(error)
