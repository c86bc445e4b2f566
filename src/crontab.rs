//! Cron expressions as crontab(5) means them.

/// A parsed expression.
#[derive(Debug, Clone)]
pub struct Crontab {}
