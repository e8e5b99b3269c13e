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
