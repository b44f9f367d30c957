"""The commands for names: what was joined, what could be, and an alias file put to work."""

from pathlib import Path
from typing import Annotated

import typer

Rows = Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="How many rows.")]
AliasFile = Annotated[Path, typer.Argument(metavar="FILE", help="Lines such as: same: COCO = MS COCO")]

app = typer.Typer(
    name="aliases", help="Names that stand for one thing: list, propose and apply.", rich_markup_mode=None
)
