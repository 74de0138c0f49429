"""Describes judgements in plain English. Pure."""

from baton_rollout.judgement import SignalJudgement

LEAST_ODDS, MOST_ODDS = 2, 1_000_000
SHARES = ("failures", "slower", "other_label")


def describe_harm(judgement: SignalJudgement) -> str:
    """Describes in one line why a signal speaks against the canary."""
    mean = format_mean(judgement)
    what = {
        "failures": f"{mean} of its rows fail",
        "slower": f"it is much slower on {mean} of the timed batches",
        "other_label": f"{mean} of its labels differ",
        "score": f"its mean score {judgement.output or ''} differs by {mean}".replace("  ", " "),
        "quality": f"its loss on labelled rows differs by {mean}",
    }[judgement.signal]
    unit = "timed batches" if judgement.signal == "slower" else "pairs"
    return (
        f"{what}; allowed: {format_limit(judgement)}"
        f" (evidence {format_odds(judgement.odds)}, {judgement.pairs:,} {unit})"
    )


def format_mean(judgement: SignalJudgement) -> str:
    """Formats the mean of a signal; `-` without pairs."""
    if judgement.mean is None:
        return "-"
    return format_value(judgement, judgement.mean)


def format_limit(judgement: SignalJudgement) -> str:
    """Formats what a signal allows."""
    low, high = judgement.limit
    if judgement.signal == "score":
        return f"{format_value(judgement, low)} to {format_value(judgement, high)}"
    return format_value(judgement, high)


def format_value(judgement: SignalJudgement, value: float) -> str:
    """Formats a value of a signal: a share in percent, or a difference with its sign."""
    if judgement.signal in SHARES:
        return format_percent(100 * value)
    return f"{value:+z.4f}" if judgement.signal == "quality" else f"{value:+z.3f}"


def format_odds(odds: float) -> str:
    """Formats evidence; below 2 : 1 there is none."""
    if odds < LEAST_ODDS:
        return "none"
    return f"over {MOST_ODDS:,} : 1" if odds > MOST_ODDS else f"{odds:,.0f} : 1"


def format_percent(percent: float) -> str:
    """Formats a percentage with at most three digits that matter, e.g. `0.125 %` or `50 %`."""
    return f"{percent:.3g} %"
