"""A cache in front of the tenancy service: the inbound gate asks for every review."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from services.tenancy.tenants import Tenant, Tenants, may_name

MOST = 10_000


class TenantDirectory:
    """Finds tenants by slug or id. Known ones are kept for `ttl` seconds, unknown names until `forget_unknown`.

    Thread-safe. Who calls `forget_unknown` when messages have come, and only then asks for their tenants, knows every
    tenant that was registered before it sent.
    """

    def __init__(self, tenants: Tenants, *, ttl: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._tenants, self._ttl, self._clock = tenants, ttl, clock
        self._known: dict[str, tuple[float, Tenant]] = {}
        self._unknown: set[str] = set()
        self._forgotten = self._changed = 0
        self._lock = threading.Lock()

    def find(self, name: str) -> Tenant | None:
        """The tenant with that slug or id, or None."""
        if not may_name(name):  # whatever its length, it is neither asked for nor kept
            return None
        with self._lock:
            until, tenant = self._known.get(name, (0.0, None))
            if name in self._unknown:
                return None
        return tenant if self._clock() < until else self._look_up(name)

    def forget(self) -> None:
        """Ask anew from now on."""
        with self._lock:
            self._known.clear()
            self._changed += 1
        self.forget_unknown()

    def forget_unknown(self) -> None:
        """Ask anew for names that nobody had."""
        with self._lock:
            self._unknown.clear()
            self._forgotten += 1

    def forget_tenant(self, *names: str) -> None:
        """Ask anew for one of whom something changed: by its id and slug, and by whatever else it was found."""
        with self._lock:
            same = {name for name, (_, tenant) in self._known.items() if {str(tenant.id), tenant.slug} & set(names)}
            for name in same:
                del self._known[name]
            self._unknown.difference_update(names)
            self._forgotten += 1
            self._changed += 1

    def _look_up(self, name: str) -> Tenant | None:
        with self._lock:
            forgotten, changed = self._forgotten, self._changed
        tenant = self._tenants.find(name)
        with self._lock:
            if len(self._known) + len(self._unknown) > MOST:  # names come from outside: they must not fill the memory
                self._known.clear()
                self._unknown.clear()
            if tenant is not None and changed != self._changed:
                return tenant  # maybe as it was before the change
            if tenant is not None:
                self._known[name] = (self._clock() + self._ttl, tenant)
            elif forgotten == self._forgotten:  # or the answer may be older than what somebody asks about now
                self._unknown.add(name)
        return tenant
