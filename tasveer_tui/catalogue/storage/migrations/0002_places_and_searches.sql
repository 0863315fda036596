-- The nearest town of each image that has a position, by its name and its country's.
CREATE TABLE town (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  UNIQUE (name, country)
);
INSERT INTO town VALUES (0, '', '');

ALTER TABLE image ADD COLUMN town_id INTEGER NOT NULL DEFAULT 0;
CREATE INDEX image_by_town ON image (town_id);

CREATE TABLE saved_search (
  name TEXT PRIMARY KEY COLLATE NOCASE,
  query TEXT NOT NULL,
  saved_at REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE recent_search (query TEXT PRIMARY KEY, used_at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX recent_search_by_time ON recent_search (used_at);
