"""What the surface of organizations is given."""

from visavis.adapters.mail import SmtpMail
from visavis.settings import Settings
from visavis.surfaces.organizations.context import OrganizationsContext
from visavis.surfaces.shared.context import Context


def organizations_context(context: Context, settings: Settings) -> OrganizationsContext:
    """Put together what the surface of organizations is given."""
    return OrganizationsContext(
        **vars(context),
        organizations=settings.organizations,
        send_mail=SmtpMail(settings.mail).send if settings.mail.host else None,
    )
