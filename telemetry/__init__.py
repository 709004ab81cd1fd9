"""What a process tells of itself: metrics, signs of progress, traces. The lowest room: everybody may count into it.
Nothing here opens a socket, and nothing is counted per review: a batch is the unit.
"""
