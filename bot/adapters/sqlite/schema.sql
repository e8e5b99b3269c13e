-- The whole schema, as all migrations together make it. For reading: nothing runs this file but the
-- test that holds it against them.

-- The books: accounts, transfers, jobs and all that is known of a paid request.
-- Money is integer micro-dollars, a moment is integer microseconds since 1970, UTC.

-- The latest moment that the books have seen. A clock set back does not turn them back.
CREATE TABLE clock (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  latest_at INTEGER NOT NULL
) STRICT;
INSERT INTO clock VALUES (1, 0);

-- Which periods have begun. A period that is over can not begin again.
CREATE TABLE periods (
  guild_id INTEGER NOT NULL, -- 0: the operator's
  kind TEXT NOT NULL CHECK (kind IN ('day', 'week', 'month')),
  starts_on TEXT NOT NULL CHECK (starts_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  starts_at INTEGER NOT NULL, -- in the time zone of then
  PRIMARY KEY (guild_id, kind, starts_on)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER periods_go_forward BEFORE INSERT ON periods
WHEN EXISTS (
  SELECT 1 FROM periods
  WHERE guild_id = NEW.guild_id AND kind = NEW.kind AND starts_on > NEW.starts_on
)
BEGIN SELECT RAISE(ABORT, 'rule: a period that is over can not begin'); END;
CREATE TRIGGER periods_stay BEFORE UPDATE ON periods
BEGIN SELECT RAISE(ABORT, 'rule: periods are append-only'); END;
CREATE TRIGGER periods_remain BEFORE DELETE ON periods
BEGIN SELECT RAISE(ABORT, 'rule: periods are append-only'); END;

-- A wallet is money that can be spent; a sink is where it went. The house is where it comes from,
-- and has a sink of its own for what the provider charged beyond a hold.
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('house', 'wallet', 'grant', 'sink')),
  scope TEXT NOT NULL CHECK (scope IN ('house', 'member', 'server', 'day', 'month')),
  guild_id INTEGER NOT NULL, -- 0: the operator's
  member_id INTEGER NOT NULL, -- 0: nobody's in particular
  period TEXT NOT NULL, -- 'month 2026-11-01'; empty for grants and the house
  expires_at INTEGER, -- of a grant
  opened_at INTEGER NOT NULL,
  funded INTEGER NOT NULL DEFAULT 0, -- put in, less what was taken back
  posted INTEGER NOT NULL DEFAULT 0, -- what is there
  pending INTEGER NOT NULL DEFAULT 0, -- of that, held for jobs
  incoming INTEGER NOT NULL DEFAULT 0, -- held elsewhere and bound for here
  CHECK (expires_at IS NULL OR kind = 'grant'),
  CHECK (pending >= 0 AND incoming >= 0),
  -- What makes overspending impossible, whatever the program does.
  CHECK (kind = 'house' OR posted - pending >= 0)
) STRICT;
CREATE UNIQUE INDEX accounts_once ON accounts (guild_id, member_id, scope, period, kind)
WHERE kind <> 'grant';
CREATE INDEX accounts_grants ON accounts (guild_id, member_id, expires_at) WHERE kind = 'grant';
INSERT INTO accounts (id, kind, scope, guild_id, member_id, period, opened_at)
VALUES (1, 'house', 'house', 0, 0, '', 0), (2, 'sink', 'house', 0, 0, '', 0);

CREATE TRIGGER accounts_remain BEFORE DELETE ON accounts
BEGIN SELECT RAISE(ABORT, 'rule: accounts are never deleted'); END;
CREATE TRIGGER accounts_keep_their_owner
BEFORE UPDATE OF id, kind, scope, guild_id, member_id, period, expires_at, opened_at ON accounts
BEGIN SELECT RAISE(ABORT, 'rule: an account keeps its owner'); END;

CREATE TABLE jobs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  guild_id INTEGER NOT NULL,
  member_id INTEGER NOT NULL,
  interaction_id INTEGER NOT NULL UNIQUE, -- a repeated command is the same job
  model TEXT NOT NULL,
  mode TEXT NOT NULL,
  request TEXT NOT NULL CHECK (json_valid(request)),
  price INTEGER NOT NULL CHECK (price > 0),
  price_assumed INTEGER NOT NULL CHECK (price_assumed IN (0, 1)),
  state TEXT NOT NULL DEFAULT 'held',
  charge TEXT NOT NULL DEFAULT 'open',
  channel_id INTEGER NOT NULL,
  message_id INTEGER,
  answered_in INTEGER,
  created_at INTEGER NOT NULL,
  state_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  task_id TEXT UNIQUE,
  result_urls TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(result_urls)),
  cause TEXT,
  fail_code TEXT,
  aside TEXT, -- why it waits for a person
  refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded IN (0, 1)),
  parent INTEGER REFERENCES jobs (number),
  -- Each state goes with one kind of charge.
  CHECK (
    (state IN ('held', 'submitting', 'unknown', 'running') AND charge = 'open')
    OR (state IN ('cancelled', 'rejected') AND charge = 'void')
    OR (state = 'failed' AND charge IN ('void', 'waived'))
    OR (state = 'expired' AND charge = 'waived')
    OR (state IN ('succeeded', 'stored', 'delivered', 'undeliverable', 'lost')
        AND charge IN ('settled', 'waived'))
  ),
  CHECK (task_id IS NOT NULL OR state NOT IN
    ('running', 'succeeded', 'stored', 'delivered', 'undeliverable', 'lost', 'failed')),
  CHECK (refunded = 0 OR charge = 'settled'),
  CHECK (state <> 'lost' OR charge = 'waived' OR refunded = 1)
) STRICT;
CREATE INDEX jobs_unfinished ON jobs (guild_id, member_id, price)
WHERE state IN ('held', 'submitting', 'unknown', 'running');
CREATE INDEX jobs_of_member ON jobs (guild_id, member_id, number);
CREATE INDEX jobs_of_guild ON jobs (guild_id, created_at);
CREATE INDEX jobs_state ON jobs (state);

CREATE TABLE steps (
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  PRIMARY KEY (from_state, to_state)
) STRICT, WITHOUT ROWID;
INSERT INTO steps VALUES
  ('held', 'submitting'), ('held', 'cancelled'),
  ('submitting', 'held'), ('submitting', 'rejected'),
  ('submitting', 'unknown'), ('submitting', 'running'),
  ('unknown', 'running'), ('unknown', 'expired'),
  ('running', 'succeeded'), ('running', 'failed'),
  ('succeeded', 'stored'), ('succeeded', 'lost'),
  ('stored', 'delivered'), ('stored', 'undeliverable'),
  ('undeliverable', 'delivered'),
  ('expired', 'succeeded');

CREATE TRIGGER jobs_start_held BEFORE INSERT ON jobs
WHEN NEW.state <> 'held'
BEGIN SELECT RAISE(ABORT, 'rule: a job starts held'); END;
CREATE TRIGGER jobs_step BEFORE UPDATE OF state ON jobs
WHEN OLD.state <> NEW.state
  AND NOT EXISTS (SELECT 1 FROM steps WHERE from_state = OLD.state AND to_state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'rule: a job can not take this step'); END;
CREATE TRIGGER jobs_charge BEFORE UPDATE OF charge ON jobs
WHEN OLD.charge <> NEW.charge AND OLD.charge <> 'open'
BEGIN SELECT RAISE(ABORT, 'rule: a charge is resolved once'); END;
CREATE TRIGGER jobs_keep_their_order
BEFORE UPDATE OF number, guild_id, member_id, interaction_id, model, mode, request, price ON jobs
BEGIN SELECT RAISE(ABORT, 'rule: a job keeps its order and its price'); END;
CREATE TRIGGER jobs_keep_their_task BEFORE UPDATE OF task_id ON jobs
WHEN OLD.task_id IS NOT NULL AND OLD.task_id IS NOT NEW.task_id
BEGIN SELECT RAISE(ABORT, 'rule: a job keeps its task'); END;
CREATE TRIGGER jobs_remain BEFORE DELETE ON jobs
BEGIN SELECT RAISE(ABORT, 'rule: jobs are never deleted'); END;

-- Every movement of money. Append-only; the triggers below move the balances with it.
CREATE TABLE transfers (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN
    ('fund', 'grant', 'take', 'adjust', 'hold', 'settle', 'void', 'refund', 'excess')),
  debit_id INTEGER NOT NULL REFERENCES accounts (id),
  credit_id INTEGER NOT NULL REFERENCES accounts (id),
  amount INTEGER NOT NULL CHECK (amount > 0),
  scope TEXT NOT NULL,
  job INTEGER REFERENCES jobs (number),
  resolves INTEGER REFERENCES transfers (id), -- the hold; of a refund: the settlement
  actor_id INTEGER NOT NULL DEFAULT 0, -- 0: Clapper itself
  reason TEXT NOT NULL DEFAULT '',
  CHECK (debit_id <> credit_id),
  CHECK ((kind IN ('hold', 'settle', 'void', 'refund', 'excess')) = (job IS NOT NULL)),
  CHECK ((kind IN ('settle', 'void', 'refund')) = (resolves IS NOT NULL))
) STRICT;
-- A hold resolves once, a settlement is refunded once.
CREATE UNIQUE INDEX transfers_resolve_once ON transfers (resolves) WHERE resolves IS NOT NULL;
CREATE UNIQUE INDEX transfers_hold_once ON transfers (job, debit_id) WHERE kind = 'hold';
CREATE INDEX transfers_of_job ON transfers (job) WHERE job IS NOT NULL;
CREATE INDEX transfers_holds_into ON transfers (credit_id, at) WHERE kind = 'hold';

CREATE TRIGGER transfers_resolve_a_hold BEFORE INSERT ON transfers
WHEN NEW.kind IN ('settle', 'void') AND NOT EXISTS (
  SELECT 1 FROM transfers h
  WHERE h.id = NEW.resolves AND h.kind = 'hold' AND h.job = NEW.job AND h.scope = NEW.scope
    AND h.debit_id = NEW.debit_id AND h.credit_id = NEW.credit_id AND h.amount >= NEW.amount
)
BEGIN SELECT RAISE(ABORT, 'rule: at most the hold is settled'); END;
CREATE TRIGGER transfers_refund_a_settlement BEFORE INSERT ON transfers
WHEN NEW.kind = 'refund' AND NOT EXISTS (
  SELECT 1 FROM transfers s
  WHERE s.id = NEW.resolves AND s.kind = 'settle' AND s.job = NEW.job AND s.scope = NEW.scope
    AND s.debit_id = NEW.credit_id AND s.credit_id = NEW.debit_id AND s.amount = NEW.amount
)
BEGIN SELECT RAISE(ABORT, 'rule: a refund returns what was settled to where it came from'); END;

CREATE TRIGGER transfers_apply_hold AFTER INSERT ON transfers WHEN NEW.kind = 'hold'
BEGIN
  UPDATE accounts SET pending = pending + NEW.amount WHERE id = NEW.debit_id;
  UPDATE accounts SET incoming = incoming + NEW.amount WHERE id = NEW.credit_id;
END;
CREATE TRIGGER transfers_apply_settle AFTER INSERT ON transfers WHEN NEW.kind = 'settle'
BEGIN
  UPDATE accounts SET
    posted = posted - NEW.amount,
    pending = pending - (SELECT amount FROM transfers WHERE id = NEW.resolves)
  WHERE id = NEW.debit_id;
  UPDATE accounts SET
    posted = posted + NEW.amount,
    incoming = incoming - (SELECT amount FROM transfers WHERE id = NEW.resolves)
  WHERE id = NEW.credit_id;
END;
CREATE TRIGGER transfers_apply_void AFTER INSERT ON transfers WHEN NEW.kind = 'void'
BEGIN
  UPDATE accounts SET pending = pending - NEW.amount WHERE id = NEW.debit_id;
  UPDATE accounts SET incoming = incoming - NEW.amount WHERE id = NEW.credit_id;
END;
CREATE TRIGGER transfers_void_whole BEFORE INSERT ON transfers
WHEN NEW.kind = 'void' AND NEW.amount <> (SELECT amount FROM transfers WHERE id = NEW.resolves)
BEGIN SELECT RAISE(ABORT, 'rule: a hold is voided whole'); END;
CREATE TRIGGER transfers_apply_refund AFTER INSERT ON transfers
WHEN NEW.kind IN ('refund', 'excess')
BEGIN
  UPDATE accounts SET posted = posted - NEW.amount WHERE id = NEW.debit_id;
  UPDATE accounts SET posted = posted + NEW.amount WHERE id = NEW.credit_id;
END;
CREATE TRIGGER transfers_apply_funding AFTER INSERT ON transfers
WHEN NEW.kind IN ('fund', 'grant', 'take', 'adjust')
BEGIN
  UPDATE accounts SET posted = posted - NEW.amount, funded = funded - NEW.amount
  WHERE id = NEW.debit_id;
  UPDATE accounts SET posted = posted + NEW.amount, funded = funded + NEW.amount
  WHERE id = NEW.credit_id;
END;
CREATE TRIGGER transfers_stay BEFORE UPDATE ON transfers
BEGIN SELECT RAISE(ABORT, 'rule: transfers are append-only'); END;
CREATE TRIGGER transfers_remain BEFORE DELETE ON transfers
BEGIN SELECT RAISE(ABORT, 'rule: transfers are append-only'); END;

-- One paid POST each. Only one of a job may have created a task.
CREATE TABLE attempts (
  id INTEGER PRIMARY KEY,
  job INTEGER NOT NULL REFERENCES jobs (number),
  token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32), -- SHA-256 of the callback's token
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'created', 'not-created', 'unknown')),
  at INTEGER NOT NULL,
  detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX attempts_one_may_have_created ON attempts (job) WHERE state <> 'not-created';
CREATE INDEX attempts_of_job ON attempts (job);
CREATE TRIGGER attempts_stay_proven BEFORE UPDATE OF state ON attempts
WHEN OLD.state IN ('created', 'not-created') AND NEW.state <> OLD.state
BEGIN SELECT RAISE(ABORT, 'rule: what is proven of an attempt stays'); END;
CREATE TRIGGER attempts_remain BEFORE DELETE ON attempts
BEGIN SELECT RAISE(ABORT, 'rule: attempts are never deleted'); END;

-- What callbacks, or answers that can not be trusted, said about a job: hints to be verified.
CREATE TABLE inbox (
  id INTEGER PRIMARY KEY,
  job INTEGER NOT NULL REFERENCES jobs (number),
  attempt INTEGER NOT NULL REFERENCES attempts (id),
  body_hash BLOB NOT NULL CHECK (length(body_hash) = 32),
  task_id TEXT, -- as it claims
  at INTEGER NOT NULL,
  verified_at INTEGER, -- when a status read decided about it
  UNIQUE (job, attempt, body_hash)
) STRICT;
CREATE INDEX inbox_unverified ON inbox (job) WHERE verified_at IS NULL;

CREATE TABLE clips (
  job INTEGER NOT NULL REFERENCES jobs (number),
  position INTEGER NOT NULL CHECK (position >= 0),
  name TEXT NOT NULL UNIQUE,
  size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  media_type TEXT NOT NULL,
  seconds REAL,
  width INTEGER,
  height INTEGER,
  stored_at INTEGER NOT NULL,
  removed_at INTEGER, -- by retention
  PRIMARY KEY (job, position)
) STRICT;
CREATE INDEX clips_kept ON clips (stored_at) WHERE removed_at IS NULL;

-- A message that has to reach people once. Its nonce is the same after every restart.
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  job INTEGER NOT NULL REFERENCES jobs (number),
  purpose TEXT NOT NULL CHECK (purpose IN ('clip', 'failure', 'shown')),
  nonce TEXT NOT NULL UNIQUE CHECK (length(nonce) <= 25),
  route TEXT NOT NULL DEFAULT 'channel',
  channel_id INTEGER,
  message_id INTEGER,
  tries INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL,
  done_at INTEGER,
  detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX deliveries_once ON deliveries (job, purpose) WHERE purpose <> 'shown';
CREATE INDEX deliveries_of_job ON deliveries (job);
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE done_at IS NULL;
CREATE INDEX deliveries_message ON deliveries (message_id) WHERE message_id IS NOT NULL;

-- What happened to a job, in order.
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  job INTEGER NOT NULL REFERENCES jobs (number),
  at INTEGER NOT NULL,
  what TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX events_of_job ON events (job);
CREATE TRIGGER events_stay BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'rule: events are append-only'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'rule: events are append-only'); END;

-- What the operator has to know about money: a bill that may differ from the books.
CREATE TABLE flags (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  job INTEGER REFERENCES jobs (number),
  kind TEXT NOT NULL CHECK (kind IN ('excess', 'price-unknown', 'maybe-billed', 'late-gift')),
  amount INTEGER NOT NULL DEFAULT 0,
  detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER flags_stay BEFORE UPDATE ON flags
BEGIN SELECT RAISE(ABORT, 'rule: flags are append-only'); END;
CREATE TRIGGER flags_remain BEFORE DELETE ON flags
BEGIN SELECT RAISE(ABORT, 'rule: flags are append-only'); END;

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

-- Members who ask an admin, and messages that are owed to a server rather than to a job's maker.

-- One question of a member: may this video be made although my money does not suffice?
CREATE TABLE asks (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  guild_id INTEGER NOT NULL,
  member_id INTEGER NOT NULL,
  interaction_id INTEGER NOT NULL UNIQUE, -- the job that comes of it is ordered under this one
  likeness BLOB NOT NULL CHECK (length(likeness) = 32), -- SHA-256 of what is asked for
  roles TEXT NOT NULL CHECK (json_valid(roles)),
  model TEXT NOT NULL,
  mode TEXT NOT NULL,
  request TEXT NOT NULL CHECK (json_valid(request)),
  price INTEGER NOT NULL CHECK (price > 0),
  price_assumed INTEGER NOT NULL CHECK (price_assumed IN (0, 1)),
  free INTEGER NOT NULL, -- what the member had when they asked
  renews_at INTEGER NOT NULL,
  pool_free INTEGER, -- what the server had, where that was too little as well
  asked_in INTEGER NOT NULL,
  asked_in_parent INTEGER, -- of a thread
  parent INTEGER REFERENCES jobs (number),
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'denied', 'expired', 'void')),
  asked_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  decided_at INTEGER,
  actor_id INTEGER, -- who decided, if a person did
  reason TEXT NOT NULL DEFAULT '', -- typed by an admin; of a void one: our own word for why
  grant_id INTEGER REFERENCES accounts (id),
  job INTEGER UNIQUE REFERENCES jobs (number),
  shown TEXT NOT NULL DEFAULT 'open', -- the state that its card tells
  waiting_channel INTEGER, -- a waiting message that stands already, for a job that does not yet
  waiting_message INTEGER,
  CHECK ((state = 'open') = (decided_at IS NULL)),
  CHECK ((state = 'approved') = (job IS NOT NULL)),
  CHECK (grant_id IS NULL OR state = 'approved')
) STRICT;
-- Asked twice is one question.
CREATE UNIQUE INDEX asks_once ON asks (guild_id, member_id, likeness) WHERE state = 'open';
CREATE INDEX asks_of_member ON asks (guild_id, member_id, number);
CREATE INDEX asks_open ON asks (expires_at) WHERE state = 'open';
CREATE INDEX asks_untold ON asks (number) WHERE shown <> state;
CREATE INDEX asks_waiting ON asks (number) WHERE state <> 'approved' AND waiting_message IS NOT NULL;

CREATE TRIGGER asks_are_decided_once BEFORE UPDATE OF state ON asks
WHEN OLD.state <> 'open' AND OLD.state <> NEW.state
BEGIN SELECT RAISE(ABORT, 'rule: an ask is decided once'); END;
CREATE TRIGGER asks_keep_their_request
BEFORE UPDATE OF number, guild_id, member_id, interaction_id, model, mode, request, price ON asks
BEGIN SELECT RAISE(ABORT, 'rule: an ask keeps its request and its price'); END;
CREATE TRIGGER asks_remain BEFORE DELETE ON asks
BEGIN SELECT RAISE(ABORT, 'rule: asks are never deleted'); END;

-- A message that a server is to get once: an alert, an ask's card, the word to who asked. Its nonce
-- comes from its id and never changes.
CREATE TABLE notices (
  id INTEGER PRIMARY KEY,
  guild_id INTEGER NOT NULL,
  topic TEXT NOT NULL CHECK (topic IN ('alert', 'relief', 'card', 'word')),
  name TEXT NOT NULL, -- which alert, which word
  subject TEXT NOT NULL, -- what makes it another one: a period, a day, an ask
  facts TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(facts)),
  raised_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL, -- of no use to anybody after that
  cleared_at INTEGER, -- an alert: when it was true no more
  due_at INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  done_at INTEGER, -- posted, or given up
  channel_id INTEGER,
  message_id INTEGER,
  detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX notices_once ON notices (guild_id, topic, name, subject);
CREATE INDEX notices_due ON notices (due_at) WHERE done_at IS NULL;
CREATE INDEX notices_standing ON notices (guild_id) WHERE topic = 'alert' AND cleared_at IS NULL;
CREATE TRIGGER notices_remain BEFORE DELETE ON notices
BEGIN SELECT RAISE(ABORT, 'rule: notices are never deleted'); END;

-- Money that an admin moved: the same interaction, brought twice, moves it once.
CREATE TABLE acts (
  interaction_id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('grant', 'take')),
  account_id INTEGER REFERENCES accounts (id), -- of a grant
  amount INTEGER NOT NULL,
  there INTEGER, -- of a take: what could be taken; less than the amount, then nothing was
  CHECK ((kind = 'grant') = (account_id IS NOT NULL)),
  CHECK ((kind = 'take') = (there IS NOT NULL))
) STRICT;
CREATE TRIGGER acts_stay BEFORE UPDATE ON acts
BEGIN SELECT RAISE(ABORT, 'rule: acts are append-only'); END;
CREATE TRIGGER acts_remain BEFORE DELETE ON acts
BEGIN SELECT RAISE(ABORT, 'rule: acts are append-only'); END;

-- A message that waited for a job that is over, until it has been taken away.
CREATE TABLE leftovers (
  job INTEGER PRIMARY KEY REFERENCES jobs (number),
  tries INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL
) STRICT;
