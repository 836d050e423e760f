-- Order of the list of shows that have ended.
CREATE INDEX stream_recent ON stream (ended_at DESC, id) WHERE state = 'OFFLINE';
