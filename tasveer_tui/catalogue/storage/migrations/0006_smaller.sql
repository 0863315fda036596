-- Half a dozen indexes take most of the time in which an image is written, so they become fewer.

-- Copies share size and ETag: one index for both, of which sizes alone are read in order, too.
DROP INDEX image_by_etag;
DROP INDEX image_by_size;
DROP INDEX image_by_taken;
DROP INDEX image_by_iso;
DROP INDEX image_cover;

-- Absent numbers are -2^47: of those that SQLite keeps in six bytes, the least.
UPDATE image SET
  rating = iif(rating > -1.4e14, rating, -140737488355328),
  taken_at = iif(taken_at > -1.4e14, taken_at, -140737488355328),
  iso = iif(iso > -1.4e14, iso, -140737488355328),
  exposure_s = iif(exposure_s > -1.4e14, exposure_s, -140737488355328),
  f_number = iif(f_number > -1.4e14, f_number, -140737488355328),
  focal_mm = iif(focal_mm > -1.4e14, focal_mm, -140737488355328),
  focal35_mm = iif(focal35_mm > -1.4e14, focal35_mm, -140737488355328),
  exposure_bias_ev = iif(exposure_bias_ev > -1.4e14, exposure_bias_ev, -140737488355328),
  flash = iif(flash > -1.4e14, flash, -140737488355328),
  white_balance = iif(white_balance > -1.4e14, white_balance, -140737488355328),
  metering = iif(metering > -1.4e14, metering, -140737488355328),
  program = iif(program > -1.4e14, program, -140737488355328),
  orientation = iif(orientation > -1.4e14, orientation, -140737488355328),
  width = iif(width > -1.4e14, width, -140737488355328),
  height = iif(height > -1.4e14, height, -140737488355328),
  lat_deg = iif(lat_deg > -1.4e14, lat_deg, -140737488355328),
  lon_deg = iif(lon_deg > -1.4e14, lon_deg, -140737488355328),
  alt_m = iif(alt_m > -1.4e14, alt_m, -140737488355328),
  size_bytes = iif(size_bytes > -1.4e14, size_bytes, -140737488355328),
  modified_at = iif(modified_at > -1.4e14, modified_at, -140737488355328),
  bytes_read = iif(bytes_read > -1.4e14, bytes_read, -140737488355328),
  requests = iif(requests > -1.4e14, requests, -140737488355328),
  thumb_offset = iif(thumb_offset > -1.4e14, thumb_offset, -140737488355328),
  thumb_length = iif(thumb_length > -1.4e14, thumb_length, -140737488355328),
  maker_note_length = iif(maker_note_length > -1.4e14, maker_note_length, -140737488355328),
  notes = iif(notes = '[]', '', notes);

CREATE INDEX image_by_size ON image (size_bytes, substr(etag, 1, 4));
CREATE INDEX image_by_taken ON image (taken_at);
CREATE INDEX image_by_iso ON image (iso);
CREATE INDEX image_cover ON image (
  camera_id, taken_at, iso, lens_id, f_number, focal_mm, exposure_s, size_bytes, status, source_id
);

-- The recorder counts many images at once.
DROP TRIGGER image_counted;

-- Which images have a keyword is told by postings: k<word.id>.
INSERT INTO posting (rowid, terms)
SELECT image_id, group_concat('k' || word_id, ' ') FROM keyword GROUP BY image_id;
DROP INDEX keyword_by_word;
-- Of the words, those that are a keyword of some image.
CREATE TABLE keyword_word (word_id INTEGER PRIMARY KEY REFERENCES word (id));
INSERT INTO keyword_word SELECT DISTINCT word_id FROM keyword;

-- '' is STANDARD. Marks are 1 read, 2 reading failed, 3 replaced since, 4 never read: rows that
-- grew by a byte when reading failed parted the full pages of this table.
UPDATE object SET storage_class = '' WHERE storage_class = 'STANDARD';
UPDATE object SET mark = 4 WHERE mark = 0;
