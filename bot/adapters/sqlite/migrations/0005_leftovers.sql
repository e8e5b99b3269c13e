-- A message that waited for a job that is over, until it has been taken away.
CREATE TABLE leftovers (
  job INTEGER PRIMARY KEY REFERENCES jobs (number),
  tries INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL
) STRICT;
