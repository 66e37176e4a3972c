"""A quiet sign of life on a terminal while the index is asked; nothing anywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from audit.cli.terminal import Terminal


class Progress:
    """Shows on stderr how many questions the index has answered; gone when the run is over."""

    def __init__(self, terminal: Terminal) -> None:
        self._stderr = terminal.stderr
        self._shown: tuple[Bar, TaskID] | None = None

    def tell(self, answered: int, asked: int) -> None:
        """Take the news that this many questions were asked and answered so far."""
        bar, task = self._shown or self._show()
        bar.update(task, completed=answered, total=asked)

    def close(self) -> None:
        """Wipe it off the screen."""
        if self._shown is not None:
            self._shown[0].stop()

    def _show(self) -> tuple[Bar, TaskID]:
        # Loads rich, 50 ms, while the first answer is on its way.
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

        columns = (TextColumn("asking the package index"), BarColumn(), MofNCompleteColumn())
        console = Console(file=self._stderr)
        bar = Progress(
            *columns,
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._shown = bar, bar.add_task("", total=None)
        bar.start()
        return self._shown


def progress_for(terminal: Terminal, *, quiet: bool) -> Progress | None:
    """Return a display where somebody may be looking at stderr, a terminal; else None."""
    is_dumb = terminal.environ.get("TERM") == "dumb"
    return None if quiet or is_dumb or not terminal.stderr.isatty() else Progress(terminal)
