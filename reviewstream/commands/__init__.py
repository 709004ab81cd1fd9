"""Commands about the installation itself: the embedded stack, workers, the demo, the doctor.
Commands that call a use case live in cli/.
"""
