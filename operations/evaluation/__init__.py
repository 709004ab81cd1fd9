"""How good the results are: against stars and against what people said is wrong, and what a tenant's calibration would change."""
