"""Recovery of stores whose content is gone: what is lost for good, what is built again from the event log, one file a store.
Inspecting changes nothing; rebuilding may be repeated, also after an interruption. docs/recovery.md says when to use it.
"""
