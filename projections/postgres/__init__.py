"""Read models in PostgreSQL: one file per projector, its tables in the folder of the same name.
A version of a projection is a schema of its own; stable views in `public` show the live one.
"""
