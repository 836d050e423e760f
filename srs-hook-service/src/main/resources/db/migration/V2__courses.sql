-- A publisher is written run/client: SRS's service id and its id of the connection. See Course and Publisher.
ALTER TABLE stream
  ADD rivals         text[]      NOT NULL DEFAULT '{}',
  ADD gone           text[]      NOT NULL DEFAULT '{}',
  ADD since          timestamptz NOT NULL DEFAULT now(),
  ADD key_generation int         NOT NULL DEFAULT 0;
UPDATE stream SET publisher = server_run || '/' || publisher WHERE publisher IS NOT NULL;
UPDATE stream SET rivals = ARRAY[server_run || '/' || rival] WHERE rival IS NOT NULL;
ALTER TABLE stream DROP server_run, DROP rival;
CREATE INDEX stream_in_grace ON stream (grace_until) WHERE state = 'GRACE';

-- Every show that there was: a key may have several.
CREATE TABLE show (
  stream_id  uuid        NOT NULL REFERENCES stream,
  started_at timestamptz NOT NULL,
  ended_at   timestamptz,
  PRIMARY KEY (stream_id, started_at)
);
CREATE INDEX show_by_time ON show (started_at);
INSERT INTO show SELECT id, started_at, ended_at FROM stream WHERE started_at IS NOT NULL;

-- SRS's runs, by its service id, in the order in which they were first heard of; and the last heartbeat of each.
CREATE TABLE srs_run (
  number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run     text        NOT NULL UNIQUE,
  beat_at timestamptz,
  beat    text
);

-- One row or none.
CREATE TABLE notice (
  id          int  PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  text        text NOT NULL,
  font_size   int  NOT NULL,
  font_family text NOT NULL
);
