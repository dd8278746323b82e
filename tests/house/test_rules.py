"""Every rule of the behaviour reference is told by a test that carries its id, and no test claims another."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
REFERENCE = TESTS.parent / "docs" / "behaviour.md"


def claimed() -> dict[str, list[str]]:
    """Rule ids by the tests that carry them, read from the tests' source."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.rule":
                for argument in node.args:
                    assert isinstance(argument, ast.Constant), f"{path}: a rule id is written out"
                    found.setdefault(str(argument.value), []).append(path.name)
    return found


def written() -> set[str]:
    return set(re.findall(r"^- \*\*(R\d+\.\d+)\*\*", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_rule_is_told_by_a_test() -> None:
    unclaimed = sorted(
        written() - set(claimed()), key=lambda rule: [int(part) for part in rule[1:].split(".")]
    )
    assert unclaimed == [], f"no test tells {', '.join(unclaimed)}"


def test_no_test_tells_a_rule_that_is_not_written() -> None:
    assert sorted(set(claimed()) - written()) == []
