"""The questions of the Browser kit, one file each; people ask them by names, and most answer with paths to draw.

The first line of a file says what it answers; a line `// :param NAME => VALUE` follows for each parameter, with an
example. They run on Neo4j 5.26 and later, most also with `kb query --file`.
"""

import re

from kb import queries


def names() -> list[str]:
    """The names of all questions, sorted."""
    return sorted(file.stem for file in (queries.FOLDER / "browser").glob("*.cypher"))


def load(name: str) -> str:
    """The text of `queries/browser/NAME.cypher`."""
    return queries.load(f"browser/{name}")


def title(name: str) -> str:
    """What a question answers."""
    return queries.title(f"browser/{name}")


def parameters(name: str) -> list[str]:
    """The parameters of a question, in the order of its `:param` lines."""
    return re.findall(r"^// :param (\w+) =>", load(name), re.MULTILINE)


def cypher(name: str) -> str:
    """A question without the comments at its head."""
    lines = load(name).splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("//")).rstrip()
