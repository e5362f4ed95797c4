"""`visavis avatars`."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from visavis.cli.console import clear_errors, say
from visavis.cli.credits import Data, Word
from visavis.cli.keys import with_database
from visavis.cli.serve import refuse_without_extra

if TYPE_CHECKING:
    from visavis.core.database import Tx
    from visavis.core.image_generators import GeneratorChoice
    from visavis.ports import images

app = typer.Typer(help="Choose what makes the pictures of accounts.", no_args_is_help=True)


class Generator(StrEnum):
    """What makes pictures."""

    PAINTER = "painter"
    SERVICE = "service"
    DEFAULT = "default"


_CHOSEN: "Final[dict[Generator, images.Generator | None]]" = {
    Generator.PAINTER: "painter",
    Generator.SERVICE: "service",
    Generator.DEFAULT: None,
}


@app.callback()
def _group() -> None:
    """Choose what makes the pictures of accounts."""


@app.command("generator")
@clear_errors
def generator(
    word: Word,
    wanted: Annotated[
        Generator | None,
        typer.Argument(help="What makes the pictures; the default is the service, if there is one."),
    ] = None,
    fixed: Annotated[
        bool, typer.Option("--fixed", help="The account and its requests may not choose another one.")
    ] = False,
    data: Data = None,
) -> None:
    """Show or choose what makes the pictures of the account of a key."""
    refuse_without_extra()
    from visavis.core import image_generators
    from visavis.core.identity import keys

    async def run(tx: "Tx") -> "GeneratorChoice":
        account_id = (await keys.named(tx, word)).account_id
        if wanted is None:
            return await image_generators.read(tx, account_id)
        return await image_generators.fix(tx, account_id, _CHOSEN[wanted], may_choose=not fixed)

    choice = with_database(run, data)
    used = "the usual generator" if choice.generator is None else f"the {choice.generator}"
    may = "may choose another one" if choice.may_choose else "may not choose another one"
    say.print(f"The account of {word} uses {used}, and {may}.", markup=False)
