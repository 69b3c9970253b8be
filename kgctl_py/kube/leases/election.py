"""One candidate for a Lease, with the rules of client-go (tools/leaderelection/leaderelection.go).

A candidate does not use the times of other candidates: a Lease has expired if this candidate saw no change of it
for its duration. A holder that could not renew it for some seconds stops leading before others take it over.
"""

import datetime
import http
from typing import Any

from kgctl_py.errors import KgctlError
from kgctl_py.kube.object_store import Manifest, ObjectStore
from kgctl_py.value import Value

_API_VERSION = "coordination.k8s.io/v1"


class ElectionTimes(Value, frozen=True, kw_only=True):
    """The times of an election in seconds, by default those of client-go."""

    lease: float = 15.0
    """How long others wait before they take over a Lease that nobody renews."""
    renew: float = 10.0
    """How long a holder that cannot renew its Lease keeps leading."""
    retry: float = 2.0
    """How long to wait between two attempts."""


class Election:
    """A candidate for the Lease `name`; times are seconds of a clock that only goes forward."""

    def __init__(self, leases: ObjectStore, name: str, identity: str, times: ElectionTimes) -> None:
        self.name = name
        self._leases, self._identity, self._times = leases, identity, times
        self._renewed: float | None = None
        self._seen: Any = None
        self._seen_at = 0.0
        self.holder = ""
        """Who held the Lease when it was last read."""
        self.error: KgctlError | None = None
        """Why the last attempt failed."""

    def leads(self, now: float) -> bool:
        """Return whether this candidate holds the Lease, and renewed it recently enough."""
        return self._renewed is not None and now < self._renewed + self._times.renew

    def attempt(self, now: float) -> None:
        """Acquire or renew the Lease if possible."""
        try:
            is_held = self._acquire_or_renew(now)
        except KgctlError as error:
            if getattr(error, "status", None) != http.HTTPStatus.CONFLICT:  # another candidate was quicker
                self.error = error
            return
        self.error = None
        self._renewed = now if is_held else None

    def release(self) -> None:
        """Give up the Lease, so that another candidate can acquire it at once."""
        if self._renewed is None:
            return
        self._renewed = None
        lease = self._leases.get(self.name)
        if _spec(lease).get("holderIdentity") == self._identity:
            times = {"leaseDurationSeconds": 1, "renewTime": _now(), "acquireTime": _now()}
            self._leases.replace({**lease, "spec": {**_spec(lease), **times, "holderIdentity": ""}})

    def _acquire_or_renew(self, now: float) -> bool:
        lease = self._read()
        if lease is None:
            self._leases.create(
                {
                    "apiVersion": _API_VERSION,
                    "kind": "Lease",
                    "metadata": {"name": self.name},
                    "spec": self._record({}),
                }
            )
            return True
        spec = _spec(lease)
        if spec != self._seen:
            self._seen, self._seen_at = spec, now
        self.holder = str(spec.get("holderIdentity") or "")
        if self.holder not in ("", self._identity) and now < self._seen_at + _duration(spec):
            return False
        self._leases.replace({**lease, "spec": {**spec, **self._record(spec)}})
        return True

    def _read(self) -> Manifest | None:
        try:
            return self._leases.get(self.name)
        except KgctlError as error:
            if getattr(error, "status", None) == http.HTTPStatus.NOT_FOUND:
                return None
            raise

    def _record(self, before: Manifest) -> Manifest:
        record = {
            "holderIdentity": self._identity,
            "leaseDurationSeconds": max(1, round(self._times.lease)),
            "renewTime": _now(),
        }
        if before.get("holderIdentity") == self._identity:
            return record
        changes = _number(before.get("leaseTransitions")) + 1 if before else 0
        return {**record, "acquireTime": _now(), "leaseTransitions": changes}


def _spec(lease: Manifest) -> Manifest:
    spec = lease.get("spec")
    return spec if isinstance(spec, dict) else {}


def _duration(spec: Manifest) -> int:
    return _number(spec.get("leaseDurationSeconds"))


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _now() -> str:
    """Return the time as a MicroTime of Kubernetes."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
