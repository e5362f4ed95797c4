"""Email, through a mail server."""

from email.message import EmailMessage
from email.utils import make_msgid

import aiosmtplib

from visavis.errors import MailError
from visavis.settings import MailSettings


class SmtpMail:
    """Sends email through the mail server of the settings."""

    def __init__(self, settings: MailSettings) -> None:
        """Prepare; this connects to nothing yet.

        Args:
            settings: Settings of email; the host and the sender are set.
        """
        self._settings = settings

    async def send(self, recipient: str, subject: str, text: str) -> None:
        """Send an email.

        Args:
            recipient: Address of the recipient.
            subject: Subject, one line.
            text: Body, as plain text.

        Raises:
            MailError: The mail server cannot be reached, or refused the email.
        """
        settings = self._settings
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = settings.sender, recipient, subject
        message["Message-ID"] = make_msgid(domain=settings.host)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        try:
            await aiosmtplib.send(
                message,
                hostname=settings.host,
                port=settings.port,
                username=settings.username,
                password=settings.password.get_secret_value() if settings.password else None,
                use_tls=settings.security == "tls",
                start_tls=settings.security == "starttls",
                cert_bundle=str(settings.ca) if settings.ca else None,
                timeout=settings.timeout_s,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailError(
                "The email could not be sent. Try again later, or send the link yourself."
            ) from error
