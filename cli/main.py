"""The command `kb`: its commands, and the one place where errors become a line and an exit code.

Exit codes: 0 done, 1 not found or bad data, 2 wrong usage, 3 a file or server that cannot be reached,
70 a fault of this program, 130 interrupted.
"""

import io
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cli import aliases, ask, build, check, diff, evaluate, export, groups, load, plot, trends, view
from cli.output import one_line
from extract.errors import Error

INTERNAL = 70
INTERRUPTED = 130


class Commands(TyperGroup):
    """A group whose errors are one line each on stderr, under the installed command and in tests alike."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command line and end with its exit code."""
        lenient(sys.stdout)
        try:
            given = extra.get("args") or (args[0] if args else None) or sys.argv[1:]
            check_text(given)
            extra["standalone_mode"] = False
            code = super().main(*args, **extra)
            sys.stdout.flush()
            if code == INTERRUPTED:
                raise KeyboardInterrupt  # Typer turns it into a code and says nothing
        except (Exception, KeyboardInterrupt) as error:
            if os.environ.get("KB_DEBUG") == "1" and exit_code(error) == INTERNAL:
                raise
            code = report(error)
        sys.exit(code if isinstance(code, int) else 0)


def report(error: BaseException) -> int:
    """Print the one line of an error and return its exit code; a reader that went away is told nothing."""
    if isinstance(error, OSError):
        drop_output()
    code = exit_code(error)
    if not isinstance(error, BrokenPipeError):
        print(f"error: {one_line(message(error))}", file=sys.stderr)
    return code


def exit_code(error: BaseException) -> int:
    """The exit code an exception stands for."""
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return INTERRUPTED
    if isinstance(error, OSError):
        return 1 if isinstance(error, BrokenPipeError) else 3
    # Typer's own usage errors carry one too; their class moved between its versions.
    code = getattr(error, "exit_code", INTERNAL)
    return code if isinstance(code, int) else INTERNAL


def message(error: BaseException) -> str:
    """What to tell the user of an exception."""
    if isinstance(error, Error):
        return str(error)
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return "interrupted"
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or error}"
    if hasattr(error, "format_message"):
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "kb"
        return f'{" ".join(error.format_message().split()).rstrip(".")}; see "{command} --help"'
    return f"internal error: {type(error).__name__}: {error}; please report it, KB_DEBUG=1 shows the traceback"


def check_text(arguments: list[str]) -> None:
    """Arguments must be text: bytes that are not in the terminal's encoding reach us as lone surrogates."""
    for argument in arguments:
        if any("\ud800" <= char <= "\udfff" for char in argument):
            raise typer.BadParameter(f"{argument.encode('ascii', 'backslashreplace').decode()} is not UTF-8 text")


def lenient(stream: object) -> None:
    """Let a stream write what its encoding lacks as escapes, instead of failing."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def drop_output() -> None:
    """Send what is left of stdout nowhere: Python flushes it once more at exit and would complain."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # a test's stdout has no descriptor
        return


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        from kb.version import __version__

        print(f"kb {__version__}")
        raise typer.Exit


app = typer.Typer(
    name="kb",
    cls=Commands,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


@app.callback()
def start(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Papers in; a graph of methods, datasets, tasks, metrics and concepts out, each edge with its sentence.

    \b
    Example: kb build seeds/ && kb why ICON ECON
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


for command in (
    build.build, build.add, build.remove, ask.stats, ask.rejects, ask.search, ask.show, ask.neighbours, ask.why,
    ask.path, ask.similar, ask.top, trends.trends, trends.new, ask.query, load.load, check.check, export.export,
    plot.plot, view.view, evaluate.evaluate, groups.communities, groups.bridges, diff.diff, diff.merges,
):  # fmt: skip
    app.command()(command)
app.command("neighbors", hidden=True)(ask.neighbours)
app.add_typer(aliases.app)


def main() -> None:
    """The entry point of the command `kb`."""
    app(prog_name="kb")
