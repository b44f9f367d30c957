"""Edge list: one CSV file `source,target,type,weight`, for igraph, networkx, pandas, Cosmograph and R.

An edge a line, ids as they are, RFC 4180 with CRLF and one header line; SHARES stands once and has no direction, all
other types lead from source to target. The weight is above 0, as in the other graph formats. Names, years and
sentences are in `csv`, whose `nodes.csv` is the list of nodes to this list of edges.
"""

from collections.abc import Iterator
from pathlib import Path

from kb.export import rows
from kb.export.files import whole
from kb.export.records import weighed
from kb.tables import Tables

COLUMNS = ("source", "target", "type", "weight")


def generate_edgelist(tables: Tables) -> Iterator[str]:
    """The header, then the lines in pieces of up to `rows.CHUNK` of them."""
    yield ",".join(COLUMNS) + "\r\n"
    for part in tables.edges.iter_slices(rows.CHUNK):
        chosen = weighed(part).select(COLUMNS)
        yield chosen.write_csv(include_header=False, line_terminator="\r\n")


def write_edgelist(tables: Tables, out: Path) -> None:
    """Write the edges to the file `out`; `csv.DictReader` and `pandas.read_csv` read it back."""
    with whole(out) as [file]:
        for piece in generate_edgelist(tables):
            file.write(piece.encode())
