"""The auth-provider "oidc": an ID token of OpenID Connect, which its issuer renews after it expires.

The same as in client-go, except that kgctl does not write the kubeconfig, so new tokens are for this run only.
"""

import base64
import http.client
import math
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from kgctl_py import limits, os_errors
from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth import Access
from kgctl_py.kube.auth.tls import client_context, trust_pem
from kgctl_py.kube.auth.url_and_headers import is_url, without_userinfo
from kgctl_py.kube.background_thread import Background
from kgctl_py.value import Value, replace

T = TypeVar("T")

_EARLY = 10
"""A token that expires within this number of seconds is renewed."""
_LONGEST = 2**20
_HINT = "log in again with the program that created this user of the kubeconfig"


class _Claims(msgspec.Struct, frozen=True):
    exp: float = 0


class _Discovery(msgspec.Struct, frozen=True):
    token_endpoint: str


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str = ""
    refresh_token: str | None = None


class Login(Value, frozen=True):
    """An ID token, the Unix time from which it is renewed, and the access with the newest refresh token."""

    id_token: str
    expires: float
    access: Access


class _SignInError(Exception):
    """The reason why there is no token, without secrets."""


def log_in(access: Access, timeout: float) -> Login:
    """Return a valid ID token of the user; raise KgctlError, which does not quote secrets.

    A new token that does not say when it expires, or expires at once, is renewed only if the server rejects it.
    """
    config = (access.user.auth_provider and access.user.auth_provider.config) or {}
    try:
        token = config.get("id-token", "")
        if (expires := renewal_time(token)) > time.time():
            return Login(token, expires, access)
        new = _renewed(config, timeout)
        expires = renewal_time(new.id_token)
        return Login(
            new.id_token, expires if expires > time.time() else math.inf, _with_refresh_token(access, new)
        )
    except _SignInError as failure:
        message = f"the auth-provider of {access.who} cannot log in: {failure}"
        raise KgctlError(message, hint=_HINT) from None


def renewal_time(token: str) -> float:
    """Return the Unix time from which an ID token is renewed, some seconds before it expires; 0 if unknown."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - a JWT: header, claims, signature
        return 0
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=_Claims).exp - _EARLY
    except (ValueError, RecursionError):
        return 0


def _with_refresh_token(access: Access, new: _Tokens) -> Access:
    """Return the access for the next renewal: an issuer can accept each refresh token only once."""
    provider = access.user.auth_provider
    if not (provider and new.refresh_token):
        return access
    config = {**(provider.config or {}), "refresh-token": new.refresh_token}
    user = replace(access.user, auth_provider=replace(provider, config=config))
    return replace(access, user=user)


def _renewed(config: Mapping[str, str], timeout: float) -> _Tokens:
    issuer, refresh_token = config.get("idp-issuer-url", ""), config.get("refresh-token", "")
    if not refresh_token:
        raise _SignInError("its id-token is not valid, but it has no refresh-token")
    if not config.get("client-id"):
        raise _SignInError("it has no client-id")
    issuer_client = _Issuer(config, timeout)
    endpoint = issuer_client.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", _Discovery)
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": config["client-id"]}
    form |= {"client_secret": config["client-secret"]} if config.get("client-secret") else {}
    tokens = issuer_client.get(endpoint.token_endpoint, _Tokens, urllib.parse.urlencode(form).encode())
    if not tokens.id_token:
        raise _SignInError("its issuer gave no id_token")
    return tokens


class _HttpsRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to https only, and none of a form, which contains secrets."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Return the next request; None if the redirect is not followed."""
        if req.data is not None or not is_url(newurl, "https"):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Issuer:
    """An HTTPS client of the issuer, through the proxy of the environment, if any."""

    def __init__(self, config: Mapping[str, str], timeout: float) -> None:
        context = client_context()
        pem = _authority(config)
        if not pem:
            context.load_default_certs()
        elif not trust_pem(context, pem):
            raise _SignInError("idp-certificate-authority contains no certificate")
        https = urllib.request.HTTPSHandler(context=context)
        self._opener = urllib.request.build_opener(https, _HttpsRedirects())
        self._timeout = timeout

    def get(self, url: str, kind: type[T], form: bytes | None = None) -> T:
        """Return the JSON at `url`, or the response to a form."""
        host = urllib.parse.urlsplit(url).netloc.rpartition("@")[2] if is_url(url, "https") else ""
        if not host:
            raise _SignInError("idp-issuer-url, or the token endpoint of its issuer, is not an https URL")
        try:
            body = Background(lambda _: self._read(without_userinfo(url), form)).result(self._timeout)
            return msgspec.json.decode(body, type=kind)
        except urllib.error.HTTPError as error:
            error.close()
            raise _SignInError(f'the issuer "{host}" answered {error.code}') from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise self._timed_out(host) from None
            reason = error.reason if isinstance(error.reason, OSError) else error
            raise _SignInError(f'the issuer "{host}" cannot be reached: {os_errors.reason(reason)}') from None
        except TimeoutError:
            raise self._timed_out(host) from None
        except OSError as error:
            raise _SignInError(f'the issuer "{host}" cannot be reached: {os_errors.reason(error)}') from None
        except (ValueError, RecursionError, http.client.HTTPException):
            raise _SignInError(
                f'the issuer "{host}" gave a response that does not follow OpenID Connect'
            ) from None

    def _timed_out(self, host: str) -> _SignInError:
        return _SignInError(f'the issuer "{host}" did not answer within {self._timeout:g} s')

    def _read(self, url: str, form: bytes | None) -> bytes:
        """Return a body; the timeout of the socket is only for each step, of which an issuer can send many."""
        with self._opener.open(url, form, self._timeout) as answer:
            body: bytes = answer.read(_LONGEST)
            return body


def _authority(config: Mapping[str, str]) -> bytes:
    data, path = config.get("idp-certificate-authority-data", ""), config.get("idp-certificate-authority", "")
    try:
        if data:
            return base64.b64decode(data)
        return limits.read_bytes(path, most=limits.LARGEST_SETTING) if path else b""
    except ValueError:
        raise _SignInError("idp-certificate-authority-data is not base64") from None
    except OSError as error:
        raise _SignInError(f'cannot read "{path}": {os_errors.reason(error)}') from None
