"""A rebuild that takes long, to be killed: `rebuilding.py URL CLICKHOUSE_URL NAME`."""

from __future__ import annotations

import sys
from functools import partial

from projections.rebuild.rebuild import rebuild
from projections.rebuild.shards import Sharded
from tests.projections.test_shards import open_parts

if __name__ == "__main__":
    url, clickhouse_url, name = sys.argv[1:]
    slow = Sharded(partial(open_parts, url, clickhouse_url), least=0, batch=40)
    with open_parts(url, clickhouse_url, name) as (pool, store, source):
        rebuild(pool, store, source, bulk=slow.fill, events_per_second=40)
