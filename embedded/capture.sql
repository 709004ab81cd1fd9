-- The role of change capture: it may read the log of changes. What tables it may read is granted when a connector is registered.
CREATE ROLE {role} LOGIN REPLICATION PASSWORD {password};
