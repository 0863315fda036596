-- Absent numbers are -1e18 (or the same as an integer), absent texts '', absent ids 0, so no
-- column that a search sorts by is ever NULL.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE source (
  id INTEGER PRIMARY KEY,
  endpoint TEXT NOT NULL,
  bucket TEXT NOT NULL,
  access TEXT NOT NULL, -- JSON, without any secret
  images INTEGER NOT NULL DEFAULT 0, -- rows of image with this source
  UNIQUE (endpoint, bucket)
);

-- Every object that a scan has listed and its job's filters have taken.
CREATE TABLE object (
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES source (id),
  key TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  etag TEXT NOT NULL,
  modified_at REAL NOT NULL,
  storage_class TEXT NOT NULL,
  mark INTEGER NOT NULL DEFAULT 0, -- 0 never read, 1 read, 2 reading failed, 3 replaced since
  UNIQUE (source_id, key)
);
-- Answers "is there any such object under this prefix" at once, whatever lies under it.
CREATE INDEX object_unsettled ON object (source_id, mark, key) WHERE mark <> 1;

-- Prefixes that were listed to their end, and what was left out of them.
CREATE TABLE coverage (
  source_id INTEGER NOT NULL,
  prefix TEXT NOT NULL,
  without TEXT NOT NULL, -- JSON list of prefixes and keys
  scanned_at REAL NOT NULL,
  PRIMARY KEY (source_id, prefix)
) WITHOUT ROWID;

CREATE TABLE camera (
  id INTEGER PRIMARY KEY,
  make TEXT NOT NULL,
  model TEXT NOT NULL,
  name TEXT NOT NULL, -- make and model together, the make not repeated
  UNIQUE (make, model)
);
CREATE TABLE lens (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
INSERT INTO camera VALUES (0, '', '', '');
INSERT INTO lens VALUES (0, '');
INSERT INTO word VALUES (0, '');

CREATE TABLE image (
  id INTEGER PRIMARY KEY REFERENCES object (id),
  source_id INTEGER NOT NULL REFERENCES source (id),
  status TEXT NOT NULL,
  outcome TEXT NOT NULL,
  message TEXT NOT NULL,
  notes TEXT NOT NULL, -- JSON list
  format TEXT NOT NULL,
  name TEXT NOT NULL, -- the last segment of the key
  ext TEXT NOT NULL, -- lower case, no dot
  size_bytes INTEGER NOT NULL,
  modified_at REAL NOT NULL,
  etag TEXT NOT NULL,
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
  rating INTEGER NOT NULL,
  taken_at REAL NOT NULL, -- the camera's clock as if it were UTC, seconds since 1970
  taken_offset TEXT NOT NULL,
  iso INTEGER NOT NULL,
  exposure_s REAL NOT NULL,
  f_number REAL NOT NULL,
  focal_mm REAL NOT NULL,
  focal35_mm REAL NOT NULL,
  exposure_bias_ev REAL NOT NULL,
  flash INTEGER NOT NULL,
  white_balance INTEGER NOT NULL,
  metering INTEGER NOT NULL,
  program INTEGER NOT NULL,
  orientation INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  lat_deg REAL NOT NULL,
  lon_deg REAL NOT NULL,
  alt_m REAL NOT NULL,
  thumb_offset INTEGER NOT NULL,
  thumb_length INTEGER NOT NULL,
  maker_note_length INTEGER NOT NULL
);
CREATE INDEX image_by_taken ON image (taken_at);
CREATE INDEX image_by_size ON image (size_bytes);
CREATE INDEX image_by_camera ON image (camera_id);
CREATE INDEX image_by_lens ON image (lens_id);
CREATE INDEX image_by_iso ON image (iso);
CREATE INDEX image_by_etag ON image (etag);
CREATE INDEX image_by_status ON image (status, outcome);
CREATE INDEX image_cover ON image (
  camera_id, taken_at, iso, lens_id, f_number, focal_mm, exposure_s, size_bytes, status, source_id
);

CREATE VIRTUAL TABLE place USING rtree (id, min_lat, max_lat, min_lon, max_lon);

CREATE TABLE keyword (
  image_id INTEGER NOT NULL,
  word_id INTEGER NOT NULL,
  PRIMARY KEY (image_id, word_id)
) WITHOUT ROWID;
CREATE INDEX keyword_by_word ON keyword (word_id, image_id);

CREATE TABLE tag (
  id INTEGER PRIMARY KEY,
  grp TEXT NOT NULL,
  name TEXT NOT NULL,
  is_text INTEGER NOT NULL DEFAULT 1, -- every value ever met stands whole in table value
  UNIQUE (grp, name)
);
CREATE TABLE image_tags (id INTEGER PRIMARY KEY REFERENCES image (id), z BLOB NOT NULL);

-- Texts of tags, and the segments of keys under the tag S3:Key.
CREATE TABLE value (
  id INTEGER PRIMARY KEY,
  tag_id INTEGER NOT NULL REFERENCES tag (id),
  text TEXT NOT NULL,
  UNIQUE (tag_id, text)
);
-- rowid is value.id; the text is folded.
CREATE VIRTUAL TABLE value_tri USING fts5 (text, content='', tokenize='trigram', columnsize=0);
-- rowid is image.id; terms are value ids in decimal, and t<tag.id> for every tag present.
CREATE VIRTUAL TABLE posting USING fts5 (terms, content='', detail=none, columnsize=0);

CREATE TABLE job (
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES source (id),
  spec TEXT NOT NULL, -- JSON of the JobSpec
  state TEXT NOT NULL,
  wish TEXT NOT NULL DEFAULT '', -- pause, resume or cancel, until the engine has seen it
  created_at REAL NOT NULL,
  started_at REAL NOT NULL DEFAULT 0,
  finished_at REAL NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  listed INTEGER NOT NULL DEFAULT 0,
  filtered INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,
  ok INTEGER NOT NULL DEFAULT 0,
  noexif INTEGER NOT NULL DEFAULT 0,
  notimage INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  bytes_listed INTEGER NOT NULL DEFAULT 0,
  bytes_read INTEGER NOT NULL DEFAULT 0,
  requests INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE scan (
  id INTEGER PRIMARY KEY,
  job_id INTEGER NOT NULL REFERENCES job (id),
  prefix TEXT NOT NULL,
  is_exact INTEGER NOT NULL DEFAULT 0, -- the prefix is a key, and only that object counts
  cursor TEXT NOT NULL DEFAULT '',
  is_done INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  lease_until REAL NOT NULL DEFAULT 0,
  not_before REAL NOT NULL DEFAULT 0, -- after a failure, when to try again
  error TEXT NOT NULL DEFAULT '',
  UNIQUE (job_id, prefix, is_exact)
);
CREATE INDEX scan_open ON scan (job_id) WHERE is_done = 0;

CREATE TABLE ledger (
  job_id INTEGER NOT NULL REFERENCES job (id),
  object_id INTEGER NOT NULL REFERENCES object (id),
  state INTEGER NOT NULL, -- 0 pending, 1 leased, 2 done, 3 failed
  outcome TEXT NOT NULL DEFAULT '',
  message TEXT NOT NULL DEFAULT '',
  attempts INTEGER NOT NULL DEFAULT 0, -- how often whoever held it was lost
  batch_id INTEGER NOT NULL DEFAULT 0,
  lease_until REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (job_id, object_id)
) WITHOUT ROWID;
CREATE INDEX ledger_pending ON ledger (job_id, attempts) WHERE state = 0;
CREATE INDEX ledger_leased ON ledger (job_id, batch_id) WHERE state = 1;
CREATE INDEX ledger_failed ON ledger (job_id, outcome) WHERE state = 3;

CREATE TABLE worker (
  name TEXT PRIMARY KEY,
  seen_at REAL NOT NULL,
  objects INTEGER NOT NULL,
  bytes_read INTEGER NOT NULL
) WITHOUT ROWID;
