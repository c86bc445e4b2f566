//! Which addresses we may reach.
