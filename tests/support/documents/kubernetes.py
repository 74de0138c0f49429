"""docs/kubernetes.md has a row for every event that the tests on a cluster go through.

A test with `@pytest.mark.event("what happens")` observes its event with the fixture `stage`;
`pytest --write-events` writes the rows to the page.
"""

from tests.support.documents.marked_table import MarkedTable

EVENTS = MarkedTable(
    "kubernetes.md", "event", ("event", "took", "answers", "failed", "99 % within")
)
