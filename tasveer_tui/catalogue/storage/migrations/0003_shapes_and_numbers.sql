-- What of an image's tags is the same in many images: which tags, in which order, of what type.
CREATE TABLE shape (id INTEGER PRIMARY KEY, slots BLOB NOT NULL UNIQUE);
INSERT INTO shape VALUES (0, x'5b5d'); -- the blob holds its own
CREATE TABLE shape_tag (
  tag_id INTEGER NOT NULL,
  shape_id INTEGER NOT NULL REFERENCES shape (id),
  PRIMARY KEY (tag_id, shape_id)
) WITHOUT ROWID;
ALTER TABLE image_tags ADD COLUMN shape_id INTEGER NOT NULL DEFAULT 0 REFERENCES shape (id);

-- Numbers of tags that stand in no table of texts: themselves, or a stretch of them.
CREATE TABLE number (
  id INTEGER PRIMARY KEY,
  tag_id INTEGER NOT NULL REFERENCES tag (id),
  low REAL NOT NULL,
  high REAL NOT NULL,
  UNIQUE (tag_id, low, high)
);

-- rowid is image.id; terms are value ids in decimal, n<number.id>, s<shape.id> for the tags that
-- are there, or t<tag.id> for each of them where the shape is 0.
DROP TABLE posting;
CREATE VIRTUAL TABLE posting USING fts5 (
  terms, content='', detail=none, columnsize=0, tokenize='ascii'
);

-- image_cover begins with the camera.
DROP INDEX image_by_camera;
-- Nearly all images are in order.
DROP INDEX image_by_status;
CREATE INDEX image_not_ok ON image (status) WHERE status <> 'ok';
-- Copies share ETag and size.
DROP INDEX image_by_etag;
CREATE INDEX image_by_etag ON image (etag, size_bytes);

-- How many images, and how many failures of a job, ended in each class; triggers keep them.
CREATE TABLE outcome_count (outcome TEXT PRIMARY KEY, images INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO outcome_count SELECT outcome, count(*) FROM image GROUP BY outcome;
CREATE TRIGGER image_counted AFTER INSERT ON image BEGIN
  INSERT INTO outcome_count VALUES (NEW.outcome, 1)
  ON CONFLICT DO UPDATE SET images = images + 1;
END;
CREATE TRIGGER image_discounted AFTER DELETE ON image BEGIN
  UPDATE outcome_count SET images = images - 1 WHERE outcome = OLD.outcome;
END;
CREATE TRIGGER image_recounted AFTER UPDATE OF outcome ON image
WHEN NEW.outcome <> OLD.outcome BEGIN
  UPDATE outcome_count SET images = images - 1 WHERE outcome = OLD.outcome;
  INSERT INTO outcome_count VALUES (NEW.outcome, 1)
  ON CONFLICT DO UPDATE SET images = images + 1;
END;

CREATE TABLE failure_count (
  job_id INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  objects INTEGER NOT NULL,
  PRIMARY KEY (job_id, outcome)
) WITHOUT ROWID;
INSERT INTO failure_count
SELECT job_id, outcome, count(*) FROM ledger WHERE state = 3 GROUP BY job_id, outcome;
CREATE TRIGGER failure_counted AFTER UPDATE OF state ON ledger
WHEN NEW.state = 3 AND OLD.state <> 3 BEGIN
  INSERT INTO failure_count VALUES (NEW.job_id, NEW.outcome, 1)
  ON CONFLICT DO UPDATE SET objects = objects + 1;
END;
CREATE TRIGGER failure_discounted AFTER UPDATE OF state ON ledger
WHEN OLD.state = 3 AND NEW.state <> 3 BEGIN
  UPDATE failure_count SET objects = objects - 1
  WHERE job_id = OLD.job_id AND outcome = OLD.outcome;
END;
