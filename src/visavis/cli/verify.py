"""`visavis verify`: what a video says of its origin."""

from pathlib import Path
from typing import Annotated

import typer

from visavis.cli.console import EXIT_FAILED, clear_errors, say
from visavis.cli.serve import refuse_without_extra


@clear_errors
def verify(file: Annotated[Path, typer.Argument(help="An MP4.")]) -> None:
    """Read a video's content credentials: whether it was made by AI, by whom, and whether it was changed."""
    refuse_without_extra()
    from visavis.adapters import credentials

    verdict = credentials.verify(file)
    if verdict is None:
        say.print(f"{file}: no content credentials", markup=False)
        raise typer.Exit(EXIT_FAILED)
    origin = "made by AI" if verdict.made_by_ai else "nothing is said of AI"
    state = "unchanged since" if verdict.intact else f"CHANGED since ({', '.join(verdict.problems)})"
    trust = "on the trust list" if verdict.trusted else "not on a trust list"
    say.print(f"{file}: {origin}, by {verdict.generator or 'unknown software'}; {state}", markup=False)
    say.print(f"signed by {verdict.signed_by or 'nobody named'}, {trust}", markup=False)
    if not verdict.intact:
        raise typer.Exit(EXIT_FAILED)
