"""Alarms on daily counts: what a day should have brought, how surprising it was, and what drove it. Pure; no input or output.

`series` holds the days, `baseline` expects, `tails` judges one sum, `shifts` looks for a new level, `watched` says how
unlikely is unlikely, `detect` opens and closes, `drivers` names what stands out.
"""
