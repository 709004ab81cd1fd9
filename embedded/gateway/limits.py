"""What one client may ask of the gateway. Seconds and bytes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on connections, waiting, and sizes; exceeding one gives an exception packet, never a hang."""

    max_connections: int = 32
    handshake_seconds: float = 10.0
    idle_seconds: float = 3600.0
    receive_seconds: float = 300.0
    send_seconds: float = 300.0
    max_query_bytes: int = 16 << 20
    max_insert_bytes: int = 4 << 30
    max_block_rows: int = 1 << 26
    max_columns: int = 10_000
    max_settings: int = 1_000
    max_external_tables: int = 100
