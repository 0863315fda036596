-- Which images were written of late, a row for each transaction: orders that are kept in memory
-- hold for all others.
CREATE TABLE image_change (
  number INTEGER PRIMARY KEY,
  ids TEXT NOT NULL -- JSON list of stretches, [first, last]; '' for all images
);
DELETE FROM meta WHERE key = 'image_changes';

-- Failures have no date, so they come last in the usual order, all in one place.
DROP INDEX image_not_ok;
CREATE INDEX image_not_ok ON image (status, taken_at) WHERE status <> 'ok';
