-- What came with an article that was merged: `story split` of its number lets it leave again, with what its items have brought since.
ALTER TABLE overruled ADD COLUMN came TEXT;         -- JSON object: its sightings and when each was first seen, the other articles of its story,
                                                    -- and the outputs that carried it alone; NULL where it cannot be told apart any more

PRAGMA user_version = 21;
