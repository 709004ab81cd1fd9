"""The demo's data: 150 reviews written for it, and as many composed ones as asked for, of five imagined places.

    for line in demo_records(seed=7, total=600): publish(line)
    assert counted == expected(total=600)

Everything is imagined. Some lines are broken, repeated or edited on purpose; expected() says how many.
"""

from reviewstream.demo.records import DemoExpectation, demo_records, expected

__all__ = ["DemoExpectation", "demo_records", "expected"]
