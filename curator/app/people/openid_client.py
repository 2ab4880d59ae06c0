"""The talk with an OpenID Connect provider.

Authorization code flow with PKCE, state and nonce, by Authlib. What was begun travels in a
session that is a signed cookie of the browser that began it, so that strangers cannot fill
a store here.
Importing this takes a quarter of a second: only an app that has a provider does.
"""

import secrets
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from cachetools import TTLCache
from joserfc.errors import JoseError
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp

from curator.app.people.openid_provider import (
    BEGUN_COOKIE,
    BEGUN_SECONDS,
    PROVIDER_PATH,
    Provider,
    SignInRefusedError,
)
from curator.steps.people.openid_accounts import OpenIdIdentity

MOST_USED = 10_000

# What needs a shared secret or none at all is no signature of the provider's.
_SIGNATURES = frozenset(
    {*(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)), "Ed25519"}
)


class OpenId:
    """Sign people in through a provider."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._secret = secrets.token_urlsafe(32)
        self._used: TTLCache[str, None] = TTLCache(MOST_USED, BEGUN_SECONDS)
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

    def with_session(self, app: ASGIApp, *, is_secure: bool) -> ASGIApp:
        """Let the way there and back keep in this browser what it has begun.

        Args:
            app: What answers at the two addresses.
            is_secure: Keep the cookie from plain HTTP.
        """
        return SessionMiddleware(
            app,
            self._secret,
            session_cookie=BEGUN_COOKIE,
            max_age=BEGUN_SECONDS,
            path=PROVIDER_PATH,
            same_site="lax",
            https_only=is_secure,
        )

    async def begin(self, request: Request, onward: str) -> str:
        """Begin a sign-in that leads to a path of this app; return where the browser goes now.

        Raises:
            SignInRefusedError: The provider cannot be reached or is another one.
        """
        callback = self.provider.callback
        try:
            await self._check_provider()
            begun = await self._client.create_authorization_url(callback)
        except _FAILURES as error:
            raise self._unreachable(error) from error
        await self._client.save_authorize_data(request, redirect_uri=callback, **begun)
        request.session["onward"] = onward
        return str(begun["url"])

    async def finish(self, request: Request) -> tuple[OpenIdIdentity, str]:
        """Finish a sign-in: say whom the provider vouches for, and where that one goes.

        Raises:
            SignInRefusedError: It was not begun in this browser or is over, or the
                provider's word is not to be trusted.
        """
        await self._check_begun(request)
        said, issuer = request.query_params, self.provider.issuer
        if "error" in said or "code" not in said:
            raise SignInRefusedError(f"{self.provider.title} did not sign you in.", 401)
        if said.get("iss", issuer) != issuer:
            raise SignInRefusedError("This answer is of another provider.", 401)
        try:
            await self._check_provider()
            claims = await self._claims(request)
        except httpx2.HTTPError as error:
            raise self._unreachable(error) from error
        except _FAILURES as error:
            raise SignInRefusedError(
                f"What {self.provider.title} said cannot be trusted. Sign in again.", 401
            ) from error
        return self._vouched(claims), request.session["onward"]

    async def _check_begun(self, request: Request) -> None:
        """Refuse what was not begun in this browser; what was serves once."""
        state = request.query_params.get("state", "")
        begun = await self._client.framework.get_state_data(request.session, state)
        if begun is None or state in self._used:
            raise SignInRefusedError(
                "This sign-in was begun elsewhere, is over, or took too long. Sign in again.", 400
            )
        self._used[state] = None

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

    async def _claims(self, request: Request) -> dict[str, Any]:
        """Fetch the provider's word, check it and return what it claims."""
        options = {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "value": self.provider.client_id},
        }
        token = await self._client.authorize_access_token(
            request, claims_options=options, leeway=60
        )
        if "id_token" not in token:
            raise ValueError("expected an ID token")
        claims = token["userinfo"]
        if "email" in claims or "userinfo_endpoint" not in self._client.server_metadata:
            return dict(claims)
        more = await self._client.userinfo(token=token)
        if more.get("sub") != claims["sub"]:
            raise ValueError("expected the same subject as in the ID token")
        return {**more, **claims}

    def _vouched(self, claims: dict[str, Any]) -> OpenIdIdentity:
        email = claims.get("email")
        is_verified = claims.get("email_verified") is True and isinstance(email, str)
        return OpenIdIdentity(
            self.provider.issuer, str(claims["sub"]), email if is_verified else None
        )

    def _unreachable(self, error: Exception) -> SignInRefusedError:
        return SignInRefusedError(
            f"{self.provider.title} does not answer as it should ({type(error).__name__}). "
            "Try again in a while, or ask an owner of this project.",
            502,
        )


# RuntimeError and KeyError: Authlib's words for what the provider left out.
_FAILURES = (AuthlibBaseError, JoseError, httpx2.HTTPError, ValueError, RuntimeError, KeyError)
