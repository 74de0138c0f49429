from baton_trainer.cards.style import shorten, shorten_all


def test_labels_that_differ_at_the_end_stay_different() -> None:
    """A short one is not cut."""
    long, other = "Month-to-month, paid by card", "Month-to-month, paid by cheque"
    assert shorten(long, 15) == "Month-t…by card"
    assert shorten(other, 15) != shorten(long, 15)
    assert shorten("Month-to-month", 14) == "Month-to-month"
    assert shorten("Month-to-month", 13) == "Month-…-month"
    assert len(shorten(long)) == 20


def test_labels_that_begin_and_end_alike_are_cut_less() -> None:
    names = ["Business customer, northern region", "Business customer, southern region"]
    assert shorten(names[0]) == shorten(names[1])
    assert shorten_all(names) == ["Business custo…rthern region", "Business custo…uthern region"]
    assert shorten_all(["a", "b", names[0]]) == ["a", "b", shorten(names[0])]
