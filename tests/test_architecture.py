"""ARCHITECTURE.md lists every folder with the first line of its docstring, and every arrow."""

import ast
import re
import tomllib
from pathlib import Path

from baton_cli.main import HIDDEN_VERBS, VERBS

ROOT = Path(__file__).parent.parent
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


def format_arrows() -> str:
    """Formats the layers of import-linter as the page shows them, from top to bottom."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    rows = ["| in | imports |", "|---|---|"]
    for contract in contracts:
        if contract["type"] == "layers":
            [place] = contract.get("containers", ["the project"])
            layers = [layer.replace(" | ", ", ") for layer in contract["layers"]]
            rows.append(f"| {place} | {' → '.join(layers)} |")
    return "\n".join(rows) + "\n"


def read_marked(mark: str) -> str:
    """Reads the part of the page between the two comments of a mark."""
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    return page.split(f"<!-- {mark} -->\n")[1].split(f"<!-- /{mark} -->")[0]


def find_wiring(file: Path) -> list[str]:
    """Finds the functions of a module that wire parts."""
    return re.findall(r"^def (create_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_tree_is_the_tree_on_disk() -> None:
    """The part between the two marks is `format_tree()`."""
    assert read_marked("tree") == format_tree()


def test_the_arrows_are_the_contracts() -> None:
    """The part between the two marks is `format_arrows()`."""
    assert read_marked("arrows") == format_arrows()


def test_the_wiring_is_named() -> None:
    """The invariants name every function of inference that wires a part of the process."""
    package = ROOT / "services/inference/src/baton_inference"
    wiring = [
        name
        for module in ("core", "canary", "app")
        for name in find_wiring(package / f"{module}.py")
    ]
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    [sentence] = re.findall(r"created at import\. ([^.]*wire everything)", page)
    assert re.findall(r"`(\w+)`", sentence) == [*wiring, "main"]


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
