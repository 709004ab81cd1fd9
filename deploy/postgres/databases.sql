-- The role that owns our databases, and the databases: what the embedded PostgreSQL has. Run by the image at its first
-- start, and again by hand when the password was changed or a release has one more database (docs/deployment.md): every
-- statement may be repeated.
\set password `cat "${SECRETS:-/run/secrets}/postgres_owner_password"`
SELECT 'CREATE ROLE reviewstream' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reviewstream') \gexec
ALTER ROLE reviewstream LOGIN CREATEDB CREATEROLE REPLICATION PASSWORD :'password';
GRANT pg_monitor TO reviewstream;
-- Change capture reads the log of changes; what tables it may read is granted when a connector is registered.
\set cdc_password `cat "${SECRETS:-/run/secrets}/postgres_cdc_password"`
SELECT 'CREATE ROLE reviewstream_cdc' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reviewstream_cdc') \gexec
ALTER ROLE reviewstream_cdc LOGIN REPLICATION PASSWORD :'cdc_password';
SELECT format('CREATE DATABASE %I OWNER reviewstream', name)
FROM unnest(ARRAY['eventstore', 'readmodels', 'tenancy']) AS name
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name) \gexec
