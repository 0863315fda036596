-- Most images have no rating, no position and no 35 mm equivalent. What stands for an absent
-- number takes six bytes in each row, NULL takes none: rows have NULL, and searches, which sort
-- and compare, see the same numbers as before. What is asked of every image comes first: whatever
-- stands before a column must be passed to read it.
CREATE TABLE image_anew (
  id INTEGER PRIMARY KEY REFERENCES object (id),
  source_id INTEGER NOT NULL REFERENCES source (id),
  status TEXT NOT NULL,
  camera_id INTEGER NOT NULL,
  lens_id INTEGER NOT NULL,
  taken_at REAL NOT NULL, -- the camera's clock as if it were UTC, seconds since 1970
  iso INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  f_number REAL NOT NULL,
  exposure_s REAL NOT NULL,
  focal_mm REAL NOT NULL,
  town_id INTEGER NOT NULL,
  known_rating INTEGER,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  orientation INTEGER NOT NULL,
  known_lat_deg REAL,
  known_lon_deg REAL,
  known_alt_m REAL,
  known_focal35_mm REAL,
  flash INTEGER NOT NULL,
  white_balance INTEGER NOT NULL,
  metering INTEGER NOT NULL,
  program INTEGER NOT NULL,
  exposure_bias_ev REAL NOT NULL,
  modified_at REAL NOT NULL,
  ext TEXT NOT NULL, -- lower case, no dot
  format TEXT NOT NULL,
  name TEXT NOT NULL, -- the last segment of the key
  outcome TEXT NOT NULL,
  software_id INTEGER NOT NULL,
  serial_id INTEGER NOT NULL,
  artist_id INTEGER NOT NULL,
  copyright_id INTEGER NOT NULL,
  title_id INTEGER NOT NULL,
  caption_id INTEGER NOT NULL,
  etag TEXT NOT NULL, -- an MD5 as a blob
  ingested_at REAL NOT NULL,
  bytes_read INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  thumb_offset INTEGER NOT NULL,
  thumb_length INTEGER NOT NULL,
  maker_note_length INTEGER NOT NULL,
  taken_offset TEXT NOT NULL,
  message TEXT NOT NULL,
  notes TEXT NOT NULL, -- JSON list, or ''
  rating INTEGER AS (ifnull(known_rating, -140737488355328)),
  focal35_mm REAL AS (ifnull(known_focal35_mm, -140737488355328.0)),
  lat_deg REAL AS (ifnull(known_lat_deg, -140737488355328.0)),
  lon_deg REAL AS (ifnull(known_lon_deg, -140737488355328.0)),
  alt_m REAL AS (ifnull(known_alt_m, -140737488355328.0))
);
INSERT INTO image_anew
SELECT id, source_id, status, camera_id, lens_id, taken_at, iso, size_bytes, f_number,
       exposure_s, focal_mm, town_id, iif(rating > -1.4e14, rating, NULL), width, height,
       orientation, iif(lat_deg > -1.4e14, lat_deg, NULL), iif(lon_deg > -1.4e14, lon_deg, NULL),
       iif(alt_m > -1.4e14, alt_m, NULL), iif(focal35_mm > -1.4e14, focal35_mm, NULL), flash,
       white_balance, metering, program, exposure_bias_ev, modified_at, ext, format, name,
       outcome, software_id, serial_id, artist_id, copyright_id, title_id, caption_id, etag,
       ingested_at, bytes_read, requests, thumb_offset, thumb_length, maker_note_length,
       taken_offset, message, notes
FROM image ORDER BY id;
DROP TABLE image;
ALTER TABLE image_anew RENAME TO image;

CREATE INDEX image_by_size ON image (size_bytes, substr(etag, 1, 4));
CREATE INDEX image_by_taken ON image (taken_at);
CREATE INDEX image_by_iso ON image (iso);
CREATE INDEX image_by_lens ON image (lens_id);
CREATE INDEX image_by_town ON image (town_id);
CREATE INDEX image_not_ok ON image (status) WHERE status <> 'ok';
CREATE INDEX image_cover ON image (
  camera_id, taken_at, iso, lens_id, f_number, focal_mm, exposure_s, size_bytes, status, source_id
);
CREATE TRIGGER image_discounted AFTER DELETE ON image BEGIN
  UPDATE outcome_count SET images = images - 1 WHERE outcome = OLD.outcome;
END;
CREATE TRIGGER image_recounted AFTER UPDATE OF outcome ON image
WHEN NEW.outcome <> OLD.outcome BEGIN
  UPDATE outcome_count SET images = images - 1 WHERE outcome = OLD.outcome;
  INSERT INTO outcome_count VALUES (NEW.outcome, 1)
  ON CONFLICT DO UPDATE SET images = images + 1;
END;
