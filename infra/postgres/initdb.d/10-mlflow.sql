-- The tracking server's role and database. The role is not a superuser, because a superuser may run
-- programs on the host, and MLflow needs only its tables.
SET log_min_error_statement = 'panic'; -- PostgreSQL logs failing statements, and these contain a password
\set password `cat /run/secrets/database/password`
CREATE ROLE mlflow LOGIN PASSWORD :'password';
CREATE DATABASE mlflow OWNER mlflow;
REVOKE ALL ON DATABASE mlflow FROM PUBLIC;
-- From now on the superuser can connect only over this container's socket (for backup and restore).
ALTER ROLE postgres PASSWORD NULL;
