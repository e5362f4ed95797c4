"""Choosing the adapters that the gateway and the worker share."""

from visavis.adapters.objects import CloudObjects, LocalObjects
from visavis.adapters.public_http import PublicHttp
from visavis.bootstrap import roomserver
from visavis.bootstrap.installation import Installation
from visavis.bootstrap.roomserver import RoomsAddress
from visavis.core.database import Database
from visavis.core.secret import LINKS, ROOMS, derived, shared_secret
from visavis.errors import SettingsError
from visavis.ports import RoomServerAddress
from visavis.settings import WebhookSettings


async def object_store(installation: Installation, database: Database) -> LocalObjects | CloudObjects:
    """Where files are kept."""
    settings = installation.settings.storage
    if settings.object_store:
        return CloudObjects(settings.object_store)
    async with database.transaction() as tx:
        secret = await shared_secret(tx, LINKS)
    return LocalObjects(
        installation.folder / "objects", secret=secret, min_free_bytes=settings.min_free_bytes
    )


async def rooms_secret(database: Database) -> str:
    """What the key of the embedded room server is proven with."""
    async with database.transaction() as tx:
        return derived(await shared_secret(tx, ROOMS), "rooms")


async def room_server(installation: Installation, database: Database, *, public: bool) -> RoomServerAddress:
    """The LiveKit server of the settings, or the embedded one.

    Args:
        installation: Whose.
        database: Where the embedded one's secret is.
        public: As clients reach it, not as workers do.

    Raises:
        SettingsError: The settings name a server and no key for it.
    """
    settings = installation.settings.livekit
    if settings.url:
        if not settings.api_key or not settings.api_secret:
            raise SettingsError(
                "LIVEKIT_URL is set, so LIVEKIT_API_KEY and LIVEKIT_API_SECRET must be set too."
            )
        secret = settings.api_secret.get_secret_value()
        return RoomServerAddress(settings.url, settings.api_key, secret)
    address = RoomsAddress.read(installation.rooms_note)
    url = address.public_url if public else address.url
    return RoomServerAddress(url, roomserver.KEY, await rooms_secret(database), limits_viewers=True)


def public_http(settings: WebhookSettings) -> PublicHttp:
    """The client that sends webhooks.

    Raises:
        SettingsError: The file of certificate authorities cannot be used.
    """
    try:
        return PublicHttp(networks=settings.networks, certificates=settings.ca)
    except OSError as error:
        raise SettingsError(
            f"VISAVIS_WEBHOOK_CA is not valid: {settings.ca} is not a file of certificates in PEM format."
        ) from error
