"""A cache in front of the tenancy service: the inbound gate asks for every review."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from services.tenancy.tenants import Tenant, Tenants, may_name


class TenantDirectory:
    """Finds tenants by slug or id. Known ones are kept for `ttl` seconds, unknown ones for `unknown_ttl`.

    Thread-safe. The second time is short, so that a tenant can send as soon as it is registered.
    """

    def __init__(
        self,
        tenants: Tenants,
        *,
        ttl: float = 30.0,
        unknown_ttl: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tenants, self._ttl, self._unknown_ttl, self._clock = tenants, ttl, unknown_ttl, clock
        self._known: dict[str, tuple[float, Tenant | None]] = {}
        self._lock = threading.Lock()

    def find(self, name: str) -> Tenant | None:
        """The tenant with that slug or id, or None."""
        if not may_name(name):  # whatever its length, it is neither asked for nor kept
            return None
        with self._lock:
            until, tenant = self._known.get(name, (0.0, None))
        if self._clock() < until:
            return tenant
        return self._look_up(name)

    def forget(self) -> None:
        """Ask anew from now on."""
        with self._lock:
            self._known.clear()

    def _look_up(self, name: str) -> Tenant | None:
        tenant = self._tenants.find(name)
        ttl = self._unknown_ttl if tenant is None else self._ttl
        with self._lock:
            if len(self._known) > 10_000:  # names come from outside: they must not fill the memory
                self._known.clear()
            self._known[name] = (self._clock() + ttl, tenant)
        return tenant
