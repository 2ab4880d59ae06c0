"""The talk with an OpenID Connect provider.

Authorization code flow with PKCE, state and nonce, by Authlib. What was begun travels in a
signed cookie of the browser that began it, so that strangers cannot fill a store here.
Importing this takes a quarter of a second: only an app that has a provider does.
"""

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from itsdangerous import BadData, URLSafeTimedSerializer
from joserfc.errors import JoseError

from curator.app.people.openid_provider import BEGUN_SECONDS, Begun, Provider, SignInRefusedError
from curator.steps.people.openid_accounts import Vouched

MOST_USED = 10_000

# What needs a shared secret or none at all is no signature of the provider's.
_SIGNATURES = frozenset(
    {*(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)), "Ed25519"}
)


class OpenId:
    """Sign people in through a provider."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._signer = URLSafeTimedSerializer(secrets.token_bytes(32))
        self._used: OrderedDict[str, None] = OrderedDict()
        public = {} if provider.client_secret else {"token_endpoint_auth_method": "none"}
        self._client: Any = OAuth().register(
            "provider",
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email",
                "code_challenge_method": "S256",
                "timeout": 10,
                **public,
            },
        )

    async def begin(self, onward: str) -> Begun:
        """Begin a sign-in that leads to a path of this app.

        Raises:
            SignInRefusedError: The provider cannot be reached or is another one.
        """
        try:
            await self._check_provider()
            begun = await self._client.create_authorization_url(self.provider.callback)
        except _FAILURES as error:
            raise self._unreachable(error) from error
        kept = {key: begun[key] for key in ("state", "nonce", "code_verifier")}
        return Begun(begun["url"], str(self._signer.dumps({**kept, "onward": onward})))

    async def finish(self, cookie: str, said: Mapping[str, str]) -> tuple[Vouched, str]:
        """Finish a sign-in: say whom the provider vouches for, and where that one goes.

        Args:
            cookie: From `begin`.
            said: What the browser brings from the provider, by name.

        Raises:
            SignInRefusedError: It was not begun in this browser or is over, or the
                provider's word is not to be trusted.
        """
        begun = self._begun(cookie, said)
        if "error" in said or "code" not in said:
            raise SignInRefusedError(f"{self.provider.title} did not sign you in.", 401)
        if said.get("iss", self.provider.issuer) != self.provider.issuer:
            raise SignInRefusedError("This answer is of another provider.", 401)
        try:
            await self._check_provider()
            token = await self._client.fetch_access_token(
                self.provider.callback, code=said["code"], code_verifier=begun["code_verifier"]
            )
            claims = await self._claims(token, begun["nonce"])
        except httpx2.HTTPError as error:
            raise self._unreachable(error) from error
        except _FAILURES as error:
            raise SignInRefusedError(
                f"What {self.provider.title} said cannot be trusted. Sign in again.", 401
            ) from error
        return self._vouched(claims), begun["onward"]

    def _begun(self, cookie: str, said: Mapping[str, str]) -> dict[str, str]:
        """Return what was begun in this browser; it serves once."""
        try:
            begun: dict[str, str] = self._signer.loads(cookie, max_age=BEGUN_SECONDS)
        except BadData:
            begun = {"state": ""}
        state = begun["state"]
        is_same = compare_digest(state.encode(), said.get("state", "").encode())
        if not state or not is_same or state in self._used:
            raise SignInRefusedError(
                "This sign-in was begun elsewhere, is over, or took too long. Sign in again.", 400
            )
        self._used[state] = None
        if len(self._used) > MOST_USED:
            self._used.popitem(last=False)
        return begun

    async def _check_provider(self) -> None:
        """Read what the provider says of itself, once, and check it."""
        metadata = await self._client.load_server_metadata()
        if metadata.get("issuer") != self.provider.issuer:
            raise ValueError(
                f"expected the issuer {self.provider.issuer}, received {metadata.get('issuer')}"
            )
        named = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        trusted = sorted(_SIGNATURES.intersection(named))
        metadata["id_token_signing_alg_values_supported"] = trusted or ["RS256"]

    async def _claims(self, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        """Check the provider's word and return what it claims."""
        options = {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "value": self.provider.client_id},
        }
        claims = await self._client.parse_id_token(token, nonce, options, leeway=60)
        if not claims:
            raise ValueError("expected an ID token")
        if "email" in claims or "userinfo_endpoint" not in self._client.server_metadata:
            return dict(claims)
        more = await self._client.userinfo(token=token)
        if more.get("sub") != claims["sub"]:
            raise ValueError("expected the same subject as in the ID token")
        return {**more, **claims}

    def _vouched(self, claims: dict[str, Any]) -> Vouched:
        email = claims.get("email")
        is_verified = claims.get("email_verified") is True and isinstance(email, str)
        return Vouched(self.provider.issuer, str(claims["sub"]), email if is_verified else None)

    def _unreachable(self, error: Exception) -> SignInRefusedError:
        return SignInRefusedError(
            f"{self.provider.title} does not answer as it should ({type(error).__name__}). "
            "Try again in a while, or ask an owner of this project.",
            502,
        )


# RuntimeError and KeyError: Authlib's words for what the provider left out.
_FAILURES = (AuthlibBaseError, JoseError, httpx2.HTTPError, ValueError, RuntimeError, KeyError)
