-- Most images have no rating, no position and no 35 mm equivalent. What stands for an absent
-- number takes six bytes in each row, NULL takes none: rows have NULL, and searches, which sort
-- and compare, see the same numbers as before.
CREATE TABLE image_anew (
  id INTEGER PRIMARY KEY REFERENCES object (id),
  source_id INTEGER NOT NULL REFERENCES source (id),
  status TEXT NOT NULL,
  outcome TEXT NOT NULL,
  message TEXT NOT NULL,
  notes TEXT NOT NULL, -- JSON list, or ''
  format TEXT NOT NULL,
  name TEXT NOT NULL, -- the last segment of the key
  ext TEXT NOT NULL, -- lower case, no dot
  size_bytes INTEGER NOT NULL,
  modified_at REAL NOT NULL,
  etag TEXT NOT NULL, -- an MD5 as a blob
  ingested_at REAL NOT NULL,
  bytes_read INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  camera_id INTEGER NOT NULL,
  lens_id INTEGER NOT NULL,
  serial_id INTEGER NOT NULL,
  software_id INTEGER NOT NULL,
  artist_id INTEGER NOT NULL,
  copyright_id INTEGER NOT NULL,
  title_id INTEGER NOT NULL,
  caption_id INTEGER NOT NULL,
  taken_at REAL NOT NULL, -- the camera's clock as if it were UTC, seconds since 1970
  taken_offset TEXT NOT NULL,
  iso INTEGER NOT NULL,
  exposure_s REAL NOT NULL,
  f_number REAL NOT NULL,
  focal_mm REAL NOT NULL,
  exposure_bias_ev REAL NOT NULL,
  flash INTEGER NOT NULL,
  white_balance INTEGER NOT NULL,
  metering INTEGER NOT NULL,
  program INTEGER NOT NULL,
  orientation INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  thumb_offset INTEGER NOT NULL,
  thumb_length INTEGER NOT NULL,
  maker_note_length INTEGER NOT NULL,
  town_id INTEGER NOT NULL,
  known_rating INTEGER,
  known_focal35_mm REAL,
  known_lat_deg REAL,
  known_lon_deg REAL,
  known_alt_m REAL,
  rating INTEGER AS (ifnull(known_rating, -140737488355328)),
  focal35_mm REAL AS (ifnull(known_focal35_mm, -140737488355328.0)),
  lat_deg REAL AS (ifnull(known_lat_deg, -140737488355328.0)),
  lon_deg REAL AS (ifnull(known_lon_deg, -140737488355328.0)),
  alt_m REAL AS (ifnull(known_alt_m, -140737488355328.0))
);
INSERT INTO image_anew
SELECT id, source_id, status, outcome, message, notes, format, name, ext, size_bytes,
       modified_at, etag, ingested_at, bytes_read, requests, camera_id, lens_id, serial_id,
       software_id, artist_id, copyright_id, title_id, caption_id, taken_at, taken_offset, iso,
       exposure_s, f_number, focal_mm, exposure_bias_ev, flash, white_balance, metering, program,
       orientation, width, height, thumb_offset, thumb_length, maker_note_length, town_id,
       iif(rating > -1.4e14, rating, NULL), iif(focal35_mm > -1.4e14, focal35_mm, NULL),
       iif(lat_deg > -1.4e14, lat_deg, NULL), iif(lon_deg > -1.4e14, lon_deg, NULL),
       iif(alt_m > -1.4e14, alt_m, NULL)
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
