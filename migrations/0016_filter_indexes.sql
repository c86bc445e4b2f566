-- Filters compare symbols, markets and ISINs without regard to letter case: indexes that do so carry the search.
DROP INDEX symbol_by_symbol;
CREATE INDEX symbol_by_symbol ON symbol (symbol COLLATE NOCASE, exchange COLLATE NOCASE);
DROP INDEX isin_by_isin;
CREATE INDEX isin_by_isin ON isin (isin COLLATE NOCASE);

PRAGMA user_version = 16;
