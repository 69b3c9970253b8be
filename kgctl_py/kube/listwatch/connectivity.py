"""Whether an API server can be asked, as several that ask it know together."""

import threading
import time

from kgctl_py.errors import KgctlError
from kgctl_py.value import Value


class Contact(Value, frozen=True):
    """The `trouble` that there is with the server, if any, and the Unix time since it is so."""

    since: float
    trouble: KgctlError | None = None


class Line:
    """The line to a server, broken while one of its users is in trouble; `changed` is set when that changes."""

    def __init__(self, changed: threading.Event) -> None:
        self.contact = Contact(time.time())
        self._changed = changed
        self._troubled: set[object] = set()
        self._lock = threading.Lock()

    def lost(self, user: object, trouble: KgctlError) -> None:
        """Learn that `user` was not answered; only the first trouble is kept."""
        with self._lock:
            self._troubled.add(user)
            if not self.contact.trouble:
                self._become(Contact(time.time(), trouble))

    def regained(self, user: object) -> None:
        """Learn that `user` was answered."""
        with self._lock:
            self._troubled.discard(user)
            if self.contact.trouble and not self._troubled:
                self._become(Contact(time.time()))

    def _become(self, contact: Contact) -> None:
        self.contact = contact
        self._changed.set()
