-- The role that owns our databases. No superuser: FORCEd row-level security must bind it.
-- It makes one role per tenant (CREATEROLE), scratch databases for rebuilds (CREATEDB), backups and change capture (REPLICATION).
CREATE ROLE {role} LOGIN CREATEDB CREATEROLE REPLICATION IN ROLE pg_monitor PASSWORD {password};
