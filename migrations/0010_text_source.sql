-- A fuller text that another source showed of a release is shown in the place of a teaser: whose text a version shows, where it is not that of
-- the source that it stands under. Such a version goes when that copy goes.
ALTER TABLE version ADD COLUMN text_source TEXT;
PRAGMA user_version = 10;
