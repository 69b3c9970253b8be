"""Check that kubectl would run the credential plugin of a user (client-go clientcmd/validation.go)."""

from kgctl_py.errors import KgctlError, either
from kgctl_py.kube.auth import Access, Exec

_EXEC_VERSIONS = tuple(f"client.authentication.k8s.io/{version}" for version in ("v1", "v1beta1"))
_INTERACTIVE_MODES = ("Never", "IfAvailable", "Always")


def check_exec_plugin(access: Access, plugin: Exec) -> None:
    """Raise KgctlError for a credential plugin that kubectl does not run."""
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
