-- The people whom the owner of a stream named; see Staff in contracts. The version counts the changes of the list.
ALTER TABLE stream ADD staff_version bigint NOT NULL DEFAULT 0;
CREATE TABLE stream_staff (
  stream_id uuid        NOT NULL REFERENCES stream ON DELETE CASCADE,
  user_id   text        NOT NULL,
  name      text        NOT NULL,
  role      text        NOT NULL CHECK (role IN ('COHOST', 'MODERATOR')),
  added_by  text        NOT NULL,
  added_at  timestamptz NOT NULL,
  PRIMARY KEY (stream_id, user_id)
);

-- Who named or removed whom. Rows are never changed; they are deleted with their stream.
CREATE TABLE stream_staff_audit (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stream_id uuid        NOT NULL REFERENCES stream ON DELETE CASCADE,
  at        timestamptz NOT NULL,
  by_id     text        NOT NULL,
  user_id   text        NOT NULL,
  action    text        NOT NULL CHECK (action IN ('ADDED', 'CHANGED', 'REMOVED')),
  role      text CHECK (role IN ('COHOST', 'MODERATOR'))
);
CREATE INDEX stream_staff_audit_by_stream ON stream_staff_audit (stream_id, id);

-- The streams that a user owns or works for.
CREATE INDEX stream_of_owner ON stream (owner_id);
CREATE INDEX stream_staff_of_user ON stream_staff (user_id);
