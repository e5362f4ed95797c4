"""`visavis verify`: the content credentials of a video."""

from pathlib import Path
from typing import Annotated

import typer

from visavis.cli.console import EXIT_FAILED, clear_errors, say
from visavis.cli.serve import refuse_without_extra


@clear_errors
def verify(file: Annotated[Path, typer.Argument(help="MP4 file.")]) -> None:
    """Show the content credentials of a video: AI-generated or not, by which software, changed or not."""
    refuse_without_extra()
    from visavis.adapters import credentials

    verdict = credentials.verify(file)
    if verdict is None:
        say.print(f"{file}: no content credentials", markup=False)
        raise typer.Exit(EXIT_FAILED)
    origin = "made by AI" if verdict.made_by_ai else "not marked as made by AI"
    state = "unchanged" if verdict.intact else f"CHANGED afterwards ({', '.join(verdict.problems)})"
    trust = "on the trust list" if verdict.trusted else "not on a trust list"
    say.print(f"{file}: {origin}, by {verdict.generator or 'unknown software'}; {state}", markup=False)
    say.print(f"signed by {verdict.signed_by or 'an unknown signer'}, {trust}", markup=False)
    if not verdict.intact:
        raise typer.Exit(EXIT_FAILED)
