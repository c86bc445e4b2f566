//! The store: one SQLite file, one writer connection, several readers.
