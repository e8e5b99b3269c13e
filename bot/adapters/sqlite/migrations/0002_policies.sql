-- What the admins of each server decide, and who decided it.

CREATE TABLE policies (
  guild_id INTEGER PRIMARY KEY,
  allowance INTEGER NOT NULL CHECK (allowance >= 0),
  allowance_period TEXT NOT NULL CHECK (allowance_period IN ('day', 'week', 'month')),
  pool INTEGER NOT NULL CHECK (pool >= 0),
  pool_period TEXT NOT NULL CHECK (pool_period IN ('day', 'week', 'month')),
  confirm_above INTEGER NOT NULL CHECK (confirm_above >= 0),
  dearest INTEGER NOT NULL CHECK (dearest >= 0),
  at_once INTEGER NOT NULL CHECK (at_once >= 1),
  queued INTEGER NOT NULL CHECK (queued >= 0),
  zone_name TEXT NOT NULL,
  currency TEXT NOT NULL,
  channel INTEGER,
  admin_channel INTEGER,
  anywhere INTEGER NOT NULL CHECK (anywhere IN (0, 1)),
  paused INTEGER NOT NULL CHECK (paused IN (0, 1))
) STRICT;

CREATE TABLE role_allowances (
  guild_id INTEGER NOT NULL,
  role_id INTEGER NOT NULL,
  amount INTEGER NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (guild_id, role_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE member_allowances (
  guild_id INTEGER NOT NULL,
  member_id INTEGER NOT NULL,
  amount INTEGER NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (guild_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE admin_roles (
  guild_id INTEGER NOT NULL,
  role_id INTEGER NOT NULL,
  PRIMARY KEY (guild_id, role_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE blocked_members (
  guild_id INTEGER NOT NULL,
  member_id INTEGER NOT NULL,
  PRIMARY KEY (guild_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE blocked_words (
  guild_id INTEGER NOT NULL,
  word TEXT NOT NULL CHECK (length(word) BETWEEN 1 AND 100),
  PRIMARY KEY (guild_id, word)
) STRICT, WITHOUT ROWID;

CREATE TABLE lora_presets (
  guild_id INTEGER NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 100),
  url TEXT NOT NULL,
  scale REAL NOT NULL CHECK (scale BETWEEN 0 AND 4),
  PRIMARY KEY (guild_id, name)
) STRICT, WITHOUT ROWID;

-- Who changed what. Append-only.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  guild_id INTEGER NOT NULL,
  actor_id INTEGER NOT NULL,
  act TEXT NOT NULL, -- 'allowance', 'grant', 'refund' …
  subject TEXT NOT NULL DEFAULT '', -- a member, a role, a job, a word
  before TEXT NOT NULL DEFAULT '',
  after TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX audit_of_guild ON audit (guild_id, id);
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'rule: the audit is append-only'); END;
CREATE TRIGGER audit_remains BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'rule: the audit is append-only'); END;

-- Facts about ourselves that must outlive a restart, such as the commands' hash.
CREATE TABLE marks (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
