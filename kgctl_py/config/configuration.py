"""A configuration, and what the user should know about it."""

from kgctl_py import wireguard
from kgctl_py.findings import Remark
from kgctl_py.value import Value


class Configuration(Value, frozen=True, kw_only=True):
    """The configuration of a node or peer, and the remarks about it in the order in which they are told."""

    title: str
    conf: wireguard.Conf
    remarks: tuple[Remark, ...] = ()
