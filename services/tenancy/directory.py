"""A cache in front of the tenancy service, which validation queries for every review."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from services.tenancy.tenants import Tenant, Tenants, may_name

MOST = 10_000


class TenantDirectory:
    """Finds tenants by slug or id. Known ones are kept for `ttl` seconds, unknown names until `forget_unknown`.

    Thread-safe. A caller that calls `forget_unknown` after messages have arrived, and only then looks up their tenants, finds every
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
        if not may_name(name):  # of any length: neither looked up nor cached
            return None
        with self._lock:
            until, tenant = self._known.get(name, (0.0, None))
            if name in self._unknown:
                return None
        return tenant if self._clock() < until else self._look_up(name)

    def forget(self) -> None:
        """Forget everything: every name is looked up again."""
        with self._lock:
            self._known.clear()
            self._changed += 1
        self.forget_unknown()

    def forget_unknown(self) -> None:
        """Forget the names that had no tenant."""
        with self._lock:
            self._unknown.clear()
            self._forgotten += 1

    def forget_tenant(self, *names: str) -> None:
        """Forget a changed tenant, under its id, its slug and any other name it was found by."""
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
            if len(self._known) + len(self._unknown) > MOST:  # names come from clients: they must not fill the memory
                self._known.clear()
                self._unknown.clear()
            if tenant is not None and changed != self._changed:
                return tenant  # possibly as it was before the change
            if tenant is not None:
                self._known[name] = (self._clock() + self._ttl, tenant)
            elif forgotten == self._forgotten:  # otherwise the answer may be older than the current query
                self._unknown.add(name)
        return tenant
