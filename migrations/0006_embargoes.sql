-- What is withheld is looked for at every turn of the schedule, and is nearly nothing.
CREATE INDEX article_withheld ON article (pubstatus) WHERE pubstatus = 'withheld';
PRAGMA user_version = 6;
