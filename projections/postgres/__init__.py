"""Read models in PostgreSQL: one file per projector, its tables in the folder of the same name.
Each version of a projection has its own schema; stable views in `public` show the live one.
"""
