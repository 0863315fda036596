-- Jobs: what goes first, what the diff found, second chances, and services that are away.
ALTER TABLE job ADD COLUMN priority INTEGER NOT NULL DEFAULT 0; -- the highest goes first
ALTER TABLE job ADD COLUMN added INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN tried_again INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN rest_until REAL NOT NULL DEFAULT 0; -- nothing is handed out before
ALTER TABLE job ADD COLUMN down_since REAL NOT NULL DEFAULT 0; -- the source cannot be reached
ALTER TABLE job ADD COLUMN downs INTEGER NOT NULL DEFAULT 0; -- how often in a row

-- state 4: a fault that may pass; pending again from not_before on.
ALTER TABLE ledger ADD COLUMN tries INTEGER NOT NULL DEFAULT 0; -- readings that ended so
ALTER TABLE ledger ADD COLUMN not_before REAL NOT NULL DEFAULT 0;
CREATE INDEX ledger_waiting ON ledger (job_id, not_before) WHERE state = 4;

-- Places that are listed again and again; each round that finds something is a job of its own.
CREATE TABLE watch (
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES source (id),
  spec TEXT NOT NULL, -- JSON of the JobSpec
  every_s REAL NOT NULL,
  created_at REAL NOT NULL,
  next_at REAL NOT NULL,
  job_id INTEGER NOT NULL DEFAULT 0, -- of the round under way
  rounds INTEGER NOT NULL DEFAULT 0,
  found INTEGER NOT NULL DEFAULT 0 -- objects that rounds have read
);
