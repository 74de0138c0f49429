-- The tracking server's own role and database. It is no superuser: a superuser may run programs
-- on this host, and MLflow needs only its tables.
SET log_min_error_statement = 'panic'; -- a statement that fails would be logged with its password
\set password `cat /run/secrets/database/password`
CREATE ROLE mlflow LOGIN PASSWORD :'password';
CREATE DATABASE mlflow OWNER mlflow;
REVOKE ALL ON DATABASE mlflow FROM PUBLIC;
-- From now on the superuser exists on this container's own socket only (backup and restore use it).
ALTER ROLE postgres PASSWORD NULL;
