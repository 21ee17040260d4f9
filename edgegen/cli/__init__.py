"""The command line: arguments in, exit status out. One command per file; this file lists them and reports errors."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from edgegen import __version__
from edgegen.cli.bench import bench
from edgegen.cli.boards import boards
from edgegen.cli.build import build
from edgegen.cli.compare import compare
from edgegen.cli.compile import compile_
from edgegen.cli.compress import compress
from edgegen.cli.doctor import doctor
from edgegen.cli.estimate import estimate
from edgegen.cli.export import export
from edgegen.cli.flash import flash
from edgegen.cli.history import history
from edgegen.cli.monitor import monitor
from edgegen.cli.ops import ops
from edgegen.cli.run import run
from edgegen.cli.tune import tune
from edgegen.cli.validate import validate
from edgegen.errors import EdgegenError

COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("build", build),
    ("compile", compile_),
    ("export", export),
    ("run", run),
    ("bench", bench),
    ("estimate", estimate),
    ("validate", validate),
    ("compare", compare),
    ("history", history),
    ("compress", compress),
    ("tune", tune),
    ("flash", flash),
    ("monitor", monitor),
    ("boards", boards),
    ("ops", ops),
    ("doctor", doctor),
)
"""In the order of `edgegen --help`."""


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"edgegen {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Compiles int8 neural networks to plain C and to firmware for microcontrollers."""


# Plain help text: rich would double the time of `edgegen --help`.
app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, callback=_options)
for _name, _command in COMMANDS:
    app.command(_name)(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command that `arguments` (default: those of the process) name, and exits with its status."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        # As an exception it ends what was started and removes what is unfinished, as Ctrl-C does.
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    sys.exit(_status(sys.argv[1:] if arguments is None else list(arguments)))


def _end(number: int, frame: object) -> None:
    sys.exit(128 + number)


def _status(arguments: list[str]) -> int:
    try:
        status = app(args=arguments, prog_name="edgegen", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except EdgegenError as error:
        return _report(str(error), error.exit_status)
    except (KeyboardInterrupt, typer.Abort):
        return _report("interrupted", 130)
    except BrokenPipeError:
        # The reader has gone (`edgegen boards | head`). Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        where = f" '{error.filename}'" if error.filename else ""
        return _report(f"{error.strerror or error}{where}", 1)
    except Exception as error:
        # Typer's usage errors have no public base class; this method is what they share.
        usage = getattr(error, "format_message", None)
        if callable(usage):
            return _report(f"{usage()}\n{_help_hint(arguments)}", 2)
        name = type(error).__name__
        return _report(f"internal error, {name}: {_first_line(error)}\nset EDGEGEN_DEBUG=1 to see where", 1)


def _help_hint(arguments: list[str]) -> str:
    command = next((name for name, _ in COMMANDS if name in arguments[:1]), "")
    return f"see: edgegen {command} --help" if command else "see: edgegen --help"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [""])[0][:200]


def _report(message: str, status: int) -> int:
    if os.environ.get("EDGEGEN_DEBUG") == "1":
        traceback.print_exc()
    red = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    text = f"error: {message}"
    print(f"\033[31m{text}\033[0m" if red else text, file=sys.stderr)
    return status
