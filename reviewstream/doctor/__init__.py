"""`reviewstream doctor`: does every server let us in, safely, and may we do there what the workers do?"""
