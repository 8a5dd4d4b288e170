-- The language that somebody chose to be spoken to in, as its tag. None: that of their profile in the directory, or else
-- their browser's.
ALTER TABLE users ADD COLUMN language text CONSTRAINT users_language CHECK (language IN ('en', 'de', 'fr'));
