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
