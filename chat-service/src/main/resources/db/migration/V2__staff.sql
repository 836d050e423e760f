-- Co-hosts and moderators, as srs-hook-service named them: Staff in contracts. Null before the first change.
ALTER TABLE room ADD staff jsonb;
