//! Ties securities to organisations.
//!
//! In: what is known so far and texts. Out: organisations, each security once. What the feed lists comes first, then what the
//! texts name in their order; what no name stands before belongs to the organisation that has another of the same place, or
//! stands alone until a later place names it. Numbers that stand in a line of their own are the issuer's.

use std::collections::{HashMap, HashSet};

use super::{Naming, isin::isin, isin::isins, name, namings, symbol_from_label, wkn};
use crate::article::{Organisation, Symbol};

/// What a feed itself lists of its issuer's securities: `Nasdaq:PGC`, `ISIN:CA...`, a bare ISIN. `None` if that is nothing.
#[must_use]
pub fn listed<'l>(labels: impl Iterator<Item = &'l str>, issuer: Option<&str>) -> Option<Organisation> {
    let mut feed = Organisation {
        name: issuer.map(str::to_owned),
        ..Organisation::default()
    };
    let mut seen = HashSet::new();
    for label in labels.map(str::trim) {
        let number = label.strip_prefix("ISIN:").unwrap_or(label);
        if let Some(number) = isin(number) {
            feed.isin
                .extend(Some(number).filter(|number| seen.insert(number.clone())));
        } else if let Some(symbol) = symbol_from_label(label) {
            feed.symbols
                .extend(Some(symbol).filter(|symbol| seen.insert(symbol.key())));
        }
    }
    (!feed.symbols.is_empty() || !feed.isin.is_empty()).then_some(feed)
}

/// Adds what the texts name in brackets, lines and sentences.
#[must_use]
pub fn named(known: Vec<Organisation>, issuer: Option<&str>, texts: &[&str]) -> Vec<Organisation> {
    let mut ties = Ties::new(known, issuer);
    texts
        .iter()
        .flat_map(|text| namings(text))
        .for_each(|naming| ties.tie(naming));
    ties.organisations()
}

/// Gives issuer and organisation one name where their names are one company's: the feed's word if it has one, else the fuller.
/// Where the issuer's name begins several, it is none of them.
#[must_use]
pub fn issued(mut known: Vec<Organisation>, issuer: String, word: IssuerWord) -> (Vec<Organisation>, String) {
    let alike = |wanted: name::Likeness| -> Vec<usize> {
        let names = known.iter().enumerate();
        let is_alike = |name: &String| name::likeness(name, &issuer) == wanted;
        names
            .filter(|(_, one)| one.name.as_ref().is_some_and(is_alike))
            .map(|(at, _)| at)
            .collect()
    };
    let (same, begins) = (alike(name::Likeness::Same), alike(name::Likeness::Begins));
    let (first, rest) = match (same.split_first(), begins.as_slice()) {
        (Some((first, rest)), _) => (*first, rest.to_vec()),
        (None, [only]) => (*only, Vec::new()),
        (None, _) => return (known, issuer),
    };
    for at in rest.into_iter().rev() {
        let Organisation { symbols, isin, wkn, .. } = known.remove(at);
        known[first].symbols.extend(symbols);
        known[first].isin.extend(isin);
        known[first].wkn.extend(wkn);
    }
    let name = match (word, known[first].name.as_deref()) {
        (IssuerWord::OfText, Some(listed)) => name::fuller(listed, &issuer).to_owned(),
        (IssuerWord::OfFeed | IssuerWord::OfText, _) => issuer,
    };
    known[first].name = Some(name.clone());
    (known, name)
}

/// Who says who the issuer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuerWord {
    /// The feed, by an element of its own.
    OfFeed,
    /// The text.
    OfText,
}

/// Adds the securities numbers that the text ties to no name: they are the issuer's, for German notices list them in lines of
/// their own. A WKN belongs to the owner of the ISIN that holds it.
#[must_use]
pub fn numbered(mut known: Vec<Organisation>, issuer: Option<&str>, text: &str) -> Vec<Organisation> {
    let mut owners: HashMap<String, usize> = HashMap::new();
    let mut twins: HashMap<String, usize> = HashMap::new();
    for (at, organisation) in known.iter().enumerate() {
        let numbers = organisation.isin.iter().chain(&organisation.wkn);
        owners.extend(numbers.map(|number| (number.clone(), at)));
        let held = organisation.isin.iter().filter_map(|isin| wkn::within(isin));
        twins.extend(held.map(|wkn| (wkn.to_owned(), at)));
    }
    let mut rest: Option<usize> = None;
    let mut owner = |known: &mut Vec<Organisation>| *rest.get_or_insert_with(|| owner(known, issuer));
    for (isin, _) in isins(text) {
        if !owners.contains_key(&isin) {
            let at = owner(&mut known);
            twins.extend(wkn::within(&isin).map(|wkn| (wkn.to_owned(), at)));
            known[at].isin.push(isin);
        }
    }
    for (number, _) in wkn::wkns(text) {
        if !owners.contains_key(&number) {
            let at = twins.get(&number).copied().unwrap_or_else(|| owner(&mut known));
            known[at].wkn.push(number);
        }
    }
    known
}

/// Whose numbers without a name are: of the only organisation, of the issuer, of the one that has no name either.
fn owner(known: &mut Vec<Organisation>, issuer: Option<&str>) -> usize {
    let issuer_key = issuer.map(name::folded);
    let has_key = |organisation: &Organisation| organisation.name.as_deref().map(name::folded) == issuer_key;
    let only = (known.len() == 1).then_some(0);
    only.or_else(|| known.iter().position(has_key)).unwrap_or_else(|| {
        known.push(Organisation {
            name: issuer.map(str::to_owned),
            ..Organisation::default()
        });
        known.len() - 1
    })
}

/// The organisation that the news opens with, if it names its own listing: `Acme Corp. (NYSE: ACM) today announced`. A law
/// firm's notice opens with the law firm, so the company that it is about is not taken for its issuer; a research note opens with the
/// company and a colon, and its issuer comes behind.
#[must_use]
pub fn subject(organisations: &[Organisation], news: &str) -> Option<String> {
    let opens = |name: &&String| {
        let rest = news.strip_prefix(name.as_str()).map(str::trim_start);
        let listing = rest.filter(|rest| rest.starts_with(['(', '[']));
        let after = listing.and_then(|listing| listing.split_once([')', ']']));
        after.is_some_and(|(_, after)| !after.trim_start().starts_with(':'))
    };
    organisations
        .iter()
        .filter_map(|known| known.name.as_ref())
        .find(opens)
        .cloned()
}

/// Organisations with what finds them.
struct Ties {
    organisations: Vec<Organisation>,
    /// The organisation and which of its symbols it is.
    by_listing: HashMap<String, (usize, usize)>,
    /// Listings without their class: `SOUL` and `SOUL.U` are of one company.
    by_root: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
    /// ISINs and WKNs that have an owner.
    numbers: HashSet<String>,
    /// The issuer's name by the feed's own word: no text betters it.
    issuer: Option<String>,
}

impl Ties {
    fn new(known: Vec<Organisation>, issuer: Option<&str>) -> Self {
        let mut ties = Self {
            organisations: Vec::new(),
            by_listing: HashMap::new(),
            by_root: HashMap::new(),
            by_name: HashMap::new(),
            numbers: HashSet::new(),
            issuer: issuer.map(str::to_owned),
        };
        for organisation in known {
            let at = ties.organisations.len();
            ties.by_name
                .extend(organisation.name.as_deref().map(|name| (name::folded(name), at)));
            ties.organisations.push(Organisation {
                name: organisation.name.clone(),
                ..Organisation::default()
            });
            ties.take(at, organisation);
        }
        ties
    }

    fn organisations(self) -> Vec<Organisation> {
        let says_something =
            |known: &Organisation| !(known.symbols.is_empty() && known.isin.is_empty() && known.wkn.is_empty());
        self.organisations.into_iter().filter(says_something).collect()
    }

    /// Puts the securities of one with those of another.
    fn take(&mut self, at: usize, from: Organisation) {
        let Organisation { symbols, isin, wkn, .. } = from;
        for symbol in symbols {
            let place = self.organisations[at].symbols.len();
            self.by_listing.insert(listing(&symbol), (at, place));
            self.by_root.insert(root(&symbol), at);
            self.organisations[at].symbols.push(symbol);
        }
        self.numbers.extend(isin.iter().chain(&wkn).cloned());
        self.organisations[at].isin.extend(isin);
        self.organisations[at].wkn.extend(wkn);
    }

    fn tie(&mut self, naming: Naming) {
        let key = naming.name.as_deref().map(name::folded);
        let by_name = key.as_ref().and_then(|key| self.by_name.get(key)).copied();
        let owner = |(symbol, _): &(Symbol, _)| self.by_listing.get(&listing(symbol)).map(|(at, _)| *at);
        let is_unnamed = key.is_none();
        let relative = |(symbol, _): &(Symbol, _)| self.by_root.get(&root(symbol)).copied().filter(|_| is_unnamed);
        let by_listing = naming.symbols.iter().find_map(owner);
        let by_listing = by_listing.or_else(|| naming.symbols.iter().find_map(relative));
        let at = match (by_listing, by_name) {
            (Some(listed), Some(named)) if listed != named && self.organisations[listed].name.is_none() => {
                let emptied = std::mem::take(&mut self.organisations[listed]);
                self.take(named, emptied);
                named
            }
            (Some(at), _) | (None, Some(at)) => at,
            (None, None) => {
                self.organisations.push(Organisation::default());
                self.organisations.len() - 1
            }
        };
        if let (Some(name), Some(key)) = (naming.name, key) {
            self.name(at, name, key);
        }
        for (symbol, _) in naming.symbols {
            self.list(at, symbol);
        }
        let mut new = |numbers: Vec<String>| -> Vec<String> {
            numbers
                .into_iter()
                .filter(|number| self.numbers.insert(number.clone()))
                .collect()
        };
        let (isin, wkn) = (new(naming.isin), new(naming.wkn));
        self.organisations[at].isin.extend(isin);
        self.organisations[at].wkn.extend(wkn);
    }

    /// Gives a name to what had none, and the full one to what had a short one: `Acme`, then `Acme Gold Corp.`
    fn name(&mut self, at: usize, name: String, key: String) {
        let organisation = &mut self.organisations[at];
        let is_better = match &organisation.name {
            None => true,
            Some(known) if self.issuer.as_ref() == Some(known) => false,
            Some(known) => name
                .strip_prefix(known.as_str())
                .is_some_and(|rest| rest.starts_with([' ', ','])),
        };
        if is_better {
            organisation.name = Some(name);
            self.by_name.entry(key).or_insert(at);
        }
    }

    /// Each listing once. `OTC` leaves the tier open that another place names: that is one listing, too.
    fn list(&mut self, at: usize, symbol: Symbol) {
        let key = listing(&symbol);
        match self.by_listing.get(&key) {
            None => {
                self.by_root.entry(root(&symbol)).or_insert(at);
                let symbols = &mut self.organisations[at].symbols;
                self.by_listing.insert(key, (at, symbols.len()));
                symbols.push(symbol);
            }
            Some(&(owner, place)) => {
                let known = &mut self.organisations[owner].symbols[place];
                if known.exchange == OTC {
                    known.exchange = symbol.exchange;
                }
            }
        }
    }
}

/// The operator of the American over-the-counter tiers.
const OTC: &str = "OTCM";

/// What makes two symbols one listing: the key, but for the tiers over the counter.
fn listing(symbol: &Symbol) -> String {
    match symbol.exchange.as_str() {
        OTC | "OTCQ" | "OTCB" | "OTCI" | "PINX" | "PSGM" => format!("{OTC}:{}", symbol.symbol),
        _ => symbol.key(),
    }
}

/// The listing without its class.
fn root(symbol: &Symbol) -> String {
    let listing = listing(symbol);
    listing.split(['.', '-', ' ']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Acme Corp.: XNYS:ACM US0378331005 A1C2D3`
    fn shown(organisations: &[Organisation]) -> Vec<String> {
        let one = |known: &Organisation| {
            let symbols = known.symbols.iter().map(Symbol::key);
            let securities: Vec<String> = symbols.chain(known.isin.clone()).chain(known.wkn.clone()).collect();
            format!("{}: {}", known.name.as_deref().unwrap_or("?"), securities.join(" "))
        };
        organisations.iter().map(one).collect()
    }

    #[test]
    fn one_company_is_one_organisation_whatever_names_it() {
        for (why, texts, want) in [
            (
                "three markets, the headline without a sure name, the text with one",
                &[
                    "Shares of the company (TSXV: AGX) rise",
                    "Acme Gold Corp. (TSXV: AGX) (OTCQB: AGXPF) (FSE: 1AB) said",
                ][..],
                &["Acme Gold Corp.: XTSX:AGX OTCB:AGXPF XFRA:1AB"][..],
            ),
            (
                "a short name, then the full one; the tier of OTC comes later",
                &[
                    "coverage of Acme (OTC: AGXPF)",
                    "Acme Gold Corp. (TSXV: AGX; OTCQX: AGXPF) said",
                ],
                &["Acme Gold Corp.: OTCQ:AGXPF XTSX:AGX"],
            ),
            (
                "a law firm's notice names the target",
                &["Doe & Roe LLP reminds investors of Acme Corp. (NYSE: ACM) of a deadline"],
                &["Acme Corp.: XNYS:ACM"],
            ),
            (
                "two companies",
                &[
                    "Acme Corp. (NYSE: ACM) buys Bolt Inc. (NASDAQ: BLT)",
                    "Bolt Inc. (NASDAQ: BLT)",
                ],
                &["Acme Corp.: XNYS:ACM", "Bolt Inc.: XNAS:BLT"],
            ),
            (
                "markets spelled out between the brackets",
                &[
                    "shares of Acme are listed on the TSX Venture Exchange (TSXV: ABC), the OTC Markets (OTCQB: ABCDF), and the Frankfurt Stock Exchange (FSE: K4)",
                ],
                &["?: XTSX:ABC OTCB:ABCDF XFRA:K4"],
            ),
            (
                "a German bracket",
                &["Acme SE (WKN: A2YN35 / ISIN: DE000A2YN355 / XETRA: ACM), a maker"],
                &["Acme SE: XETR:ACM DE000A2YN355 A2YN35"],
            ),
            (
                "classes of one share",
                &[
                    "Acme Corp. (NYSE: ACM.U) said",
                    "will list on the NYSE under the symbols “ACM” and “ACMR,” respectively",
                ],
                &["Acme Corp.: XNYS:ACM.U XNYS:ACM XNYS:ACMR"],
            ),
            (
                "numbers alone",
                &["the Acme Group (ISIN: DE000A2YN355, Prime Standard) has"],
                &["Acme Group: DE000A2YN355"],
            ),
            (
                "a sentence adds to what a bracket named",
                &[
                    "Acme Corp. (TSXV: ABC) said.",
                    "listed on the TSX Venture Exchange under the symbol ABC and on the OTCQX under the symbol ABCDF",
                ],
                &["Acme Corp.: XTSX:ABC OTCQ:ABCDF"],
            ),
        ] {
            assert_eq!(shown(&named(Vec::new(), None, texts)), want, "{why}");
        }
    }

    #[test]
    fn what_the_feed_lists_is_the_issuers_and_no_text_repeats_it() {
        let labels = [
            "TSX:ACM",
            "Other OTC:ACMEF",
            "TSX:ACM",
            "ISIN:CA50684B1031",
            "US0378331005",
            "US0378331006",
            "?",
        ];
        let feed = listed(labels.into_iter(), Some("Acme Gold Corp."));
        assert_eq!(
            shown(feed.as_slice()),
            ["Acme Gold Corp.: XTSE:ACM OTCM:ACMEF CA50684B1031 US0378331005"]
        );
        let text = "Acme Gold (TSX: ACM) (OTCQX: ACMEF) (FSE: 1AB) and Bolt Inc. (NYSE: BLT)";
        let known = named(feed.into_iter().collect(), Some("Acme Gold Corp."), &[text]);
        assert_eq!(
            shown(&known),
            [
                "Acme Gold Corp.: XTSE:ACM OTCQ:ACMEF XFRA:1AB CA50684B1031 US0378331005",
                "Bolt Inc.: XNYS:BLT"
            ]
        );
        assert_eq!(listed(["?"].into_iter(), Some("Acme")), None);
    }

    #[test]
    fn issuer_and_organisation_are_one_where_their_names_are_and_companies_of_like_names_are_not() {
        for (listed, issuer, joined) in [
            (
                &["Newmont Mining Corporation"][..],
                "Newmont",
                Some("Newmont Mining Corporation"),
            ),
            (
                &["The Walt Disney Company"],
                "Walt Disney Company",
                Some("The Walt Disney Company"),
            ),
            (&["Okta, Inc."], "Okta", Some("Okta, Inc.")),
            (&["Acme Robotics"], "ACME ROBOTICS INC.", Some("Acme Robotics")),
            (&["Die Nordstahl AG"], "Nordstahl AG", Some("Die Nordstahl AG")),
            (&["Acme S.A."], "ACME", Some("Acme S.A.")),
            (&["Acme Gold Corp.", "Bolt Inc."], "Acme Gold", Some("Acme Gold Corp.")),
            (&["Acme Gold Corp."], "Acme Silver Corp.", None),
            (&["Acme Corporation"], "Acme Infrastructure Partners LP", None),
            (&["Acme Gold Corp.", "Acme Silver Corp."], "Acme", None),
            (&["Bank of America"], "Bank of Ireland", None),
            (&["Bank of America"], "Bank", None),
            (&["First National Bank of Alaska"], "First National", None),
            (&["American Express Company"], "American", None),
            (&["Johnson & Johnson"], "Johnson", None),
            (&["Acmeon Inc."], "Acme", None),
            (&["Global Partners LP"], "Global Payments Inc.", None),
            (&["Acme Corp."], "Doe & Roe LLP", None),
        ] {
            let known = |name: &&str| Organisation {
                name: Some((*name).to_owned()),
                ..Organisation::default()
            };
            let organisations: Vec<Organisation> = listed.iter().map(known).collect();
            let (read, of_text) = issued(organisations.clone(), issuer.to_owned(), IssuerWord::OfText);
            let is_named = |name: &str| read.iter().any(|one| one.name.as_deref() == Some(name));
            assert_eq!(
                is_named(&of_text).then_some(of_text.as_str()),
                joined,
                "{listed:?} {issuer}"
            );
            let (read, of_feed) = issued(organisations, issuer.to_owned(), IssuerWord::OfFeed);
            let is_issuer = read.iter().any(|one| one.name.as_deref() == Some(issuer));
            assert_eq!(
                (is_issuer, of_feed.as_str()),
                (joined.is_some(), issuer),
                "{listed:?} {issuer}"
            );
        }
    }

    #[test]
    fn numbers_without_a_name_are_the_issuers() {
        let lines = "ISIN:\tDE000A2YN355\nWKN:\tA2YN35\nIndizes:\tSDAX";
        let acme = || named(Vec::new(), None, &["Acme SE (XETRA: ACM)"]);
        let both = || named(Vec::new(), None, &["Bolt AG (XETRA: BLT) buys Acme SE (XETRA: ACM)"]);
        for (why, known, issuer, want) in [
            (
                "of nobody else",
                Vec::new(),
                Some("Acme SE"),
                &["Acme SE: DE000A2YN355 A2YN35"][..],
            ),
            (
                "of the only one",
                acme(),
                None,
                &["Acme SE: XETR:ACM DE000A2YN355 A2YN35"],
            ),
            (
                "of the issuer, with or without its legal form",
                both(),
                Some("ACME"),
                &["Bolt AG: XETR:BLT", "Acme SE: XETR:ACM DE000A2YN355 A2YN35"],
            ),
            (
                "of no one that the text tells",
                both(),
                None,
                &["Bolt AG: XETR:BLT", "Acme SE: XETR:ACM", "?: DE000A2YN355 A2YN35"],
            ),
        ] {
            assert_eq!(shown(&numbered(known, issuer, lines)), want, "{why}");
        }
        let held = named(
            Vec::new(),
            None,
            &["Bolt AG (XETRA: BLT) buys Acme SE (ISIN DE000A2YN355)"],
        );
        assert_eq!(
            shown(&numbered(held, Some("Bolt AG"), "WKN: A2YN35")),
            ["Bolt AG: XETR:BLT", "Acme SE: DE000A2YN355 A2YN35"],
            "a WKN goes with the ISIN that holds it"
        );
    }
}
