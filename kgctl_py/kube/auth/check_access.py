"""Check the chosen cluster and user of a kubeconfig for values that kubectl also refuses."""

from kgctl_py.errors import KgctlError, either
from kgctl_py.kube.auth import Access, Exec

OIDC = "oidc"
"""The only auth-provider that kubectl still supports."""
_PROVIDERS = {
    "gcp": "use the credential plugin gke-gcloud-auth-plugin: gcloud container clusters get-credentials CLUSTER",
    "azure": "use the credential plugin kubelogin: kubelogin convert-kubeconfig",
}
"""The replacements of auth-providers that kubectl removed."""
_OMITTED = ("REDACTED", "DATA+OMITTED")
"""What `kubectl config view` prints in place of secrets and certificates."""

_EXEC_VERSIONS = tuple(f"client.authentication.k8s.io/{version}" for version in ("v1", "v1beta1"))
_INTERACTIVE_MODES = ("Never", "IfAvailable", "Always")


def checked(access: Access) -> Access:
    """Return `access`; raise KgctlError for values that kubectl also refuses."""
    user, cluster = access.user, access.cluster
    if not user.as_ and (user.as_uid or user.as_groups or user.as_user_extra):
        raise KgctlError(f"{access.who} impersonates a UID, groups, or extras, but no user", hint="add --as USER")
    if cluster.insecure_skip_tls_verify and (cluster.certificate_authority or cluster.certificate_authority_data):
        hint = "remove one of them"
        raise KgctlError(
            f"{access.source} has both insecure-skip-tls-verify and a certificate-authority", hint=hint
        )
    _check_is_complete(access)
    _check_once(access)
    if user.auth_provider and user.auth_provider.name != OIDC:
        name = user.auth_provider.name
        message = f'{access.who} has the auth-provider "{name}", which kgctl does not support'
        raise KgctlError(message, hint=_PROVIDERS.get(name, "give the user a credential plugin, under exec"))
    if user.token and (user.username or user.password):
        raise KgctlError(f"{access.who} has both a token and a username or password", hint="remove one of them")
    if user.exec:
        _check_exec_plugin(access, user.exec)
    return access


def _check_is_complete(access: Access) -> None:
    """Raise KgctlError for a value that `kubectl config view` wrote in place of a secret."""
    cluster, user = access.cluster, access.user
    values = (
        cluster.certificate_authority_data,
        user.client_certificate_data,
        user.client_key_data,
        user.token,
        user.password,
    )
    if any(value in _OMITTED for value in values):
        hint = "write it again with kubectl config view --raw"
        raise KgctlError(f"{access.source} has REDACTED or DATA+OMITTED in place of secrets", hint=hint)


def _check_once(access: Access) -> None:
    """Raise KgctlError for content that is given twice, and a certificate without a key, as kubectl does."""
    cluster, user = access.cluster, access.user
    for name, path, data in (
        ("certificate-authority", cluster.certificate_authority, cluster.certificate_authority_data),
        ("client-certificate", user.client_certificate, user.client_certificate_data),
        ("client-key", user.client_key, user.client_key_data),
    ):
        if path and data and (name != "client-key" or user.client_certificate or user.client_certificate_data):
            raise KgctlError(f"{access.source} has both {name} and {name}-data", hint="remove one of them")
    if (user.client_certificate or user.client_certificate_data) and not (user.client_key or user.client_key_data):
        raise KgctlError(f"{access.who} has a client-certificate without a client-key", hint="set client-key")


def _check_exec_plugin(access: Access, plugin: Exec) -> None:
    """Raise KgctlError for a credential plugin that kubectl does not run (client-go clientcmd/validation.go)."""
    if access.user.auth_provider:
        raise KgctlError(f"{access.who} has both exec and an auth-provider", hint="remove one of them")
    if not plugin.command:
        raise KgctlError(f"{access.who} has an exec without a command", hint="set its command")
    if plugin.api_version not in _EXEC_VERSIONS:
        hint = "create the kubeconfig again with the program that wrote it"
        raise KgctlError(
            f'{access.who} has an exec with the unsupported apiVersion "{plugin.api_version}"', hint=hint
        )
    if not plugin.interactive_mode and plugin.api_version == _EXEC_VERSIONS[0]:
        raise KgctlError(f"{access.who} has an exec without an interactiveMode", hint="set it to IfAvailable")
    if plugin.interactive_mode and plugin.interactive_mode not in _INTERACTIVE_MODES:
        hint = f"set it to {either(_INTERACTIVE_MODES)}"
        raise KgctlError(
            f'{access.who} has an exec with the interactiveMode "{plugin.interactive_mode}"', hint=hint
        )
