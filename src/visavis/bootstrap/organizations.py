"""What the surface of organizations is given."""

from visavis.adapters.mail import SmtpMail
from visavis.adapters.oidc import OidcProvider
from visavis.adapters.public_http import PublicHttp
from visavis.adapters.workos import WorkOsProvider
from visavis.core.schema import OIDC, WORKOS
from visavis.ports.identity_provider import IdentityProvider
from visavis.settings import Settings, SsoSettings
from visavis.surfaces.organizations.context import OrganizationsContext
from visavis.surfaces.shared.context import Context


def organizations_context(context: Context, settings: Settings) -> OrganizationsContext:
    """Put together what the surface of organizations is given."""
    http = PublicHttp(networks=settings.sso.networks, certificates=settings.sso.ca)
    providers: dict[str, IdentityProvider] = {OIDC: OidcProvider(http)}
    workos = _workos(settings.sso)
    if workos is not None:
        providers[WORKOS] = workos
    return OrganizationsContext(
        **vars(context),
        organizations=settings.organizations,
        send_mail=SmtpMail(settings.mail).send if settings.mail.host else None,
        identity_providers=providers,
        workos=workos,
    )


def _workos(settings: SsoSettings) -> WorkOsProvider | None:
    """The account at WorkOS, if there is one."""
    if settings.workos_api_key is None:
        return None
    secret = settings.workos_webhook_secret
    return WorkOsProvider(
        api_key=settings.workos_api_key.get_secret_value(),
        client_id=settings.workos_client_id,
        webhook_secret=secret.get_secret_value() if secret else None,
        base_url=settings.workos_url,
    )
