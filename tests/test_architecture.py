"""ARCHITECTURE.md lists every folder with the first line of its docstring."""

import ast
import re
from pathlib import Path

from baton_cli.main import HIDDEN_VERBS, VERBS

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- tree -->\n", "<!-- /tree -->"
PACKAGES = (
    "cli/src/baton_cli",
    "services/trainer/src/baton_trainer",
    "services/inference/src/baton_inference",
    "services/tracking/src/baton_tracking",
    "packages/engine/src/baton_engine",
    "packages/export/src/baton_export",
    "packages/registry/src/baton_registry",
    "packages/rollout/src/baton_rollout",
    "packages/common/src/baton_common",
)


def read_purpose(folder: Path) -> str:
    """Reads the first line of a package's docstring."""
    module = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    return (ast.get_docstring(module) or "").split("\n")[0]


def format_tree() -> str:
    """Formats the tree as the page shows it."""
    rows = ["| folder | what it is |", "|---|---|"]
    for package in map(ROOT.joinpath, PACKAGES):
        rows.append(f"| `{package.relative_to(ROOT)}` | **{read_purpose(package)}** |")
        below = sorted(each.parent for each in package.rglob("*/__init__.py"))
        rows += [f"| `{each.relative_to(package)}/` | {read_purpose(each)} |" for each in below]
    return "\n".join(rows) + "\n"


def test_the_tree_is_the_tree_on_disk() -> None:
    """The part between the two marks is `format_tree()`."""
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    shown = page.split(BEGIN)[1].split(END)[0]
    assert shown == format_tree()


def test_folders_are_small() -> None:
    """A folder has at most fifteen modules; that of the verbs has one for each verb."""
    crowded = {
        str(folder.relative_to(ROOT)): count
        for package in map(ROOT.joinpath, PACKAGES)
        for folder in (package, *(each.parent for each in package.rglob("*/__init__.py")))
        if (count := sum(each.name != "__init__.py" for each in folder.glob("*.py"))) > 15
    }
    verbs = crowded.pop("cli/src/baton_cli/verbs")
    assert verbs == len(VERBS) + len(HIDDEN_VERBS)
    assert not crowded


def test_every_decision_is_in_the_index() -> None:
    """docs/decisions/README.md lists each decision with its number, title and file."""
    folder = ROOT / "docs" / "decisions"
    titles = {
        file.name: file.read_text(encoding="utf-8").split("\n")[0].removeprefix("# ")
        for file in sorted(folder.glob("[0-9]*.md"))
    }
    lines = [f"{title.replace('. ', '. [', 1)}]({name})" for name, title in titles.items()]
    assert titles
    assert lines == [
        line
        for line in (folder / "README.md").read_text(encoding="utf-8").splitlines()
        if line[:1].isdigit()
    ]


def test_named_modules_exist() -> None:
    """ARCHITECTURE.md, CONTRIBUTING.md and the decisions name only modules that exist."""
    pages = [ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/decisions/*.md")]
    modules = [f"/{path.relative_to(ROOT)}" for path in ROOT.glob("[!.]*/**/*.py")]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        named = re.findall(r"`([\w/]+\.py)`", text)
        named += [f"{name.replace('.', '/')}.py" for name in re.findall(r"`(baton_[\w.]+)`", text)]
        for name in named:
            endings = (f"/{name}", f"/{name.removesuffix('.py')}/__init__.py")
            assert any(module.endswith(endings) for module in modules), f"{page.name}: {name}"
