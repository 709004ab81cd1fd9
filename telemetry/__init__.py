"""What a process reports about itself: metrics, heartbeats, traces. The lowest layer: every other may use it.
Nothing here opens a socket, and nothing is measured per review: a batch is the unit.
"""
