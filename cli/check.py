"""The command that says whether a server can be used, and if not, why."""

from cli.options import Json, Quiet
from cli.output import put_json, put_rows
from cli.server import Database, Uri, User, server_address


def check(
    uri: Uri = None, user: User = None, database: Database = None, as_json: Json = False, quiet: Quiet = False
) -> None:
    """Check that a Neo4j server can be used. Each step, up to the first that fails.

    The password comes from NEO4J_PASSWORD or is asked for. Nothing stays on the server.

    \b
    Example: kb check --uri bolt://localhost:7687
    """
    from kb.check import check as steps
    from kb.errors import StoreError

    found = steps(server_address(uri, user, database))
    failed = [each.text for each in found if not each.ok]
    if as_json:
        put_json([{"step": each.name, "ok": each.ok, "text": each.text} for each in found])
    elif not quiet:  # the reason of a failure is the error below
        rows = [
            {"step": each.name, "state": "ok" if each.ok else "failed", "text": each.text if each.ok else ""}
            for each in found
        ]
        put_rows(rows, ("step", "state", "text"))
    if failed:
        raise StoreError(failed[0])
