"""Notification channels: how a matched rule reaches the outside. One file a channel, one line to register it.
A channel returns when the other side confirmed; ids are deterministic, so a repeat is recognisable there.
"""
