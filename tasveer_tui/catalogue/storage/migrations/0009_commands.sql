-- A command (pause, resume or cancel) waits here until the engine has carried it out.
ALTER TABLE job RENAME COLUMN wish TO command;
