-- A long listing may be cut into pieces, each from behind one key to another and with that.
CREATE TABLE piece (
  id INTEGER PRIMARY KEY,
  job_id INTEGER NOT NULL REFERENCES job (id),
  prefix TEXT NOT NULL,
  is_exact INTEGER NOT NULL DEFAULT 0, -- the prefix is a key, and only that object counts
  since TEXT NOT NULL DEFAULT '', -- the key behind which it begins
  until TEXT NOT NULL DEFAULT '', -- the key with which it ends; '' for the prefix's end
  cursor TEXT NOT NULL DEFAULT '',
  is_done INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  lease_until REAL NOT NULL DEFAULT 0,
  not_before REAL NOT NULL DEFAULT 0, -- after a failure, when to try again
  error TEXT NOT NULL DEFAULT '',
  UNIQUE (job_id, prefix, is_exact, since)
);
INSERT INTO piece (id, job_id, prefix, is_exact, cursor, is_done, attempts, lease_until,
                   not_before, error)
SELECT id, job_id, prefix, is_exact, cursor, is_done, attempts, lease_until, not_before, error
FROM scan;
DROP TABLE scan;
ALTER TABLE piece RENAME TO scan;
CREATE INDEX scan_open ON scan (job_id) WHERE is_done = 0;
