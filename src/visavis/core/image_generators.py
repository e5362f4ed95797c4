"""What makes the pictures of an account: its operator, the account and the request may choose.

The request counts most, then the account, then what the installation has. An operator can fix the choice of
an account: an image service costs money, and sees the descriptions.
"""

from dataclasses import dataclass
from typing import Final, cast

from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.core.schema import Account
from visavis.errors import NotPermittedError, RequestError
from visavis.ports.images import Generator

_NO_SERVICE: Final = "generator: this server has no image service. Use painter."


@dataclass(frozen=True)
class GeneratorChoice:
    """What an account uses.

    Attributes:
        generator: What makes its pictures; `None` for what the installation has.
        may_choose: Whether the account and its requests may choose another one.
    """

    generator: Generator | None = None
    may_choose: bool = True

    def resolve(self, wanted: Generator | None, *, has_service: bool) -> Generator:
        """What makes the pictures of a request.

        Args:
            wanted: What the request names.
            has_service: Whether the installation has an image service.

        Raises:
            RequestError: The request names the service, and there is none.
            NotPermittedError: The request names what its account may not choose.
        """
        usual: Generator = "service" if has_service and self.generator != "painter" else "painter"
        if wanted is None or wanted == usual:
            return usual
        if not has_service:
            raise RequestError(_NO_SERVICE)
        if not self.may_choose:
            raise NotPermittedError(f"generator: your account uses {usual}, and may not choose another one.")
        return wanted


async def read(tx: Tx, account_id: int) -> GeneratorChoice:
    """What an account uses."""
    row = await tx.get_one(Account, account_id)
    return GeneratorChoice(cast("Generator | None", row.image_generator), row.may_choose_generator)


async def choose(
    tx: Tx, principal: Principal, generator: Generator | None, *, has_service: bool
) -> GeneratorChoice:
    """Let an account use something else from now on.

    Args:
        tx: The transaction.
        principal: Acts for the account.
        generator: What makes its pictures; `None` for what the installation has.
        has_service: Whether the installation has an image service.

    Raises:
        RequestError: It names the service, and there is none.
        NotPermittedError: The operator has fixed what the account uses.
    """
    if generator == "service" and not has_service:
        raise RequestError(_NO_SERVICE)
    if not (await read(tx, principal.account_id)).may_choose:
        raise NotPermittedError("generator: your account may not choose another one.")
    return await fix(tx, principal.account_id, generator, may_choose=True)


async def fix(tx: Tx, account_id: int, generator: Generator | None, *, may_choose: bool) -> GeneratorChoice:
    """Write what an account uses, for whoever is on the server's own machine."""
    row = await tx.get_one(Account, account_id)
    row.image_generator, row.may_choose_generator = generator, may_choose
    return GeneratorChoice(generator, may_choose)
