-- One role and one schema per service that stores data; no service reads another's schema.
-- Idempotent: runs at the first start of a container and at every start of the local system.
-- :'password' is psql's quoted variable; the local launcher and the tests replace it themselves.
DO $$
DECLARE
  service text;
BEGIN
  FOREACH service IN ARRAY ARRAY['chat', 'product', 'stream', 'viewer'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = service) THEN
      EXECUTE format('CREATE ROLE %I LOGIN', service);
    END IF;
    EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I AUTHORIZATION %I', service, service);
    EXECUTE format('ALTER ROLE %I SET search_path = %I', service, service);
  END LOOP;
END
$$;
ALTER ROLE chat PASSWORD :'password';
ALTER ROLE product PASSWORD :'password';
ALTER ROLE stream PASSWORD :'password';
ALTER ROLE viewer PASSWORD :'password';
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
