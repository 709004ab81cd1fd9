"""A tenant's topic model: topics with stable ids, found by fits and edited by people. Pure: no I/O, no clock."""
