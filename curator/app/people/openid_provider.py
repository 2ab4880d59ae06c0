"""The OpenID Connect provider that people can sign in with, as this app knows it."""

from dataclasses import dataclass

from curator.app.people.addresses import is_tls_or_loopback
from curator.errors import CuratorError

PROVIDER_PATH = "/sign-in/provider"
CALLBACK_PATH = f"{PROVIDER_PATH}/back"
BEGUN_COOKIE = "curator_provider"
BEGUN_SECONDS = 600


@dataclass(frozen=True)
class Provider:
    """An OpenID Connect provider, and this app as it knows it.

    Attributes:
        issuer: The provider's address, exactly as the provider writes it.
        client_id: The name of this app there.
        client_secret: The secret of this app there; None for a public client.
        title: What the button calls it.
        address: The address of this app in a browser, such as `https://label.example`.
    """

    issuer: str
    client_id: str
    client_secret: str | None
    title: str
    address: str

    def __post_init__(self) -> None:
        """Check that nothing goes over the network in the clear."""
        for url in (self.issuer, self.address):
            if not is_tls_or_loopback(url):
                raise CuratorError(
                    "Expected an address with https://, or one of this machine with http://, "
                    f"such as https://label.example. Received: {url}"
                )

    @property
    def callback(self) -> str:
        """Where the provider sends people back to; it has to be registered there."""
        return self.address.rstrip("/") + CALLBACK_PATH


class SignInRefusedError(CuratorError):
    """A sign-in by the provider that leads to nobody.

    Attributes:
        status: Of the answer.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status
