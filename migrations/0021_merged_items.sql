-- Which items came with an article that was merged: `story split` of its number lets them leave together, with what they brought.
ALTER TABLE overruled ADD COLUMN sightings TEXT;    -- JSON array of their numbers; NULL of what is no merge into one article, and of earlier stores

PRAGMA user_version = 21;
