"""The graph as a networkx graph, for algorithms and layouts we do not have."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx

    from kb.tables import Tables


def to_networkx(tables: "Tables | str | Path") -> "nx.MultiDiGraph":
    """The graph of a knowledge base or of its tables: nodes by id with `label` and their columns, edges keyed by type.

    Absent values are left out, dates are ISO text. SHARES has no direction and stands once, from the smaller id to the
    greater.
    """
    import networkx as nx

    from kb.export.rows import edges, nodes

    if isinstance(tables, str | Path):
        from kb.folder import read_tables

        tables = read_tables(Path(tables))
    graph = nx.MultiDiGraph()
    for label, frame in nodes(tables).items():
        for row in frame.iter_rows(named=True):
            graph.add_node(row.pop("id"), label=label, **_present(row))
    for type_, frame in edges(tables).items():
        for row in frame.iter_rows(named=True):
            source, target = row.pop("source"), row.pop("target")
            graph.add_edge(source, target, key=type_, type=type_, **_present(row))
    return graph


def _present(row: dict[str, object]) -> dict[str, object]:
    told = {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
    return {key: value for key, value in told.items() if value is not None}
