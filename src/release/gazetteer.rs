//! The names that datelines print: states and provinces, countries, cities that stand alone.
//!
//! In: a name in any case, with or without accents and full stops. Out: its row. It decides where a place begins and what
//! country a lone city is in; a place that prints its own region or country needs no row.
//!
//! A table of our own and no gazetteer crate, for three reasons. *Ambiguity*: the free lists (GeoNames and what is made of it)
//! hold some 30,000 cities, Of, Mobile, Reading and Orange among them; each is a word of a headline that would be cut as a
//! place, and fifteen Springfields say nothing of a lone one. *Size*: megabytes of rows for the few hundred names that stand
//! alone in datelines. *Licence*: CC BY rows in a binary under another. What is here is what the press prints alone: the
//! stand-alone cities of the Associated Press, capitals, and large cities whose name is nobody else's.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::{decomposed, is_mark};

mod areas;
mod cities;

use areas::{COUNTRIES, OTHER_AREAS, REGIONS, SHARED_AREAS};
use cities::{CITIES, OTHER_NAMES};

/// A city of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KnownCity {
    /// In title case.
    pub(super) name: &'static str,
    /// State or province.
    pub(super) region: Option<&'static str>,
    /// ISO 3166-1 alpha-2.
    pub(super) country: Option<&'static str>,
}

/// A state, province or country of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    /// State or province, spelled out; `None` for a country.
    pub(super) region: Option<&'static str>,
    /// ISO 3166-1 alpha-2.
    pub(super) country: &'static str,
}

/// One spelling for all: capitals, no accents, no full stops, single spaces, straight apostrophes.
pub(super) fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for c in decomposed(name).chars().filter(|c| !is_mark(*c)) {
        match c {
            'A'..='Z' => folded.push(c),
            'a'..='z' => folded.push(c.to_ascii_uppercase()),
            '.' | '\u{200B}'..='\u{200D}' | '\u{FEFF}' => {}
            '’' | '‘' => folded.push('\''),
            c if c.is_whitespace() => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            c => folded.extend(c.to_uppercase()),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The city of this name.
pub(super) fn city(name: &str) -> Option<KnownCity> {
    static BY_NAME: LazyLock<HashMap<String, KnownCity>> = LazyLock::new(|| {
        let some = |text: &'static str| (!text.is_empty()).then_some(text);
        let mut cities: HashMap<String, KnownCity> = CITIES
            .iter()
            .map(|(name, region, country)| {
                (
                    fold(name),
                    KnownCity {
                        name,
                        region: some(region),
                        country: some(country),
                    },
                )
            })
            .collect();
        for (other, name) in OTHER_NAMES {
            if let Some(known) = cities.get(&fold(name)).copied() {
                cities.entry(fold(other)).or_insert(known);
            }
        }
        cities
    });
    BY_NAME.get(&fold(name)).copied()
}

/// The state, province or country of this name. Two letters count only as printed by the post (`NY`) or the press (`N.Y.`):
/// "In" is no Indiana. A name that is both a state and a country is the state, as in the wires.
pub(super) fn area(name: &str) -> Option<Area> {
    static BY_NAME: LazyLock<HashMap<String, Area>> = LazyLock::new(|| {
        let mut areas = HashMap::new();
        for (name, country) in COUNTRIES {
            areas.insert(fold(name), Area { region: None, country });
        }
        for (name, country, short) in REGIONS {
            // Victoria spelled out is the city of that name, of which there are several.
            let spelled = std::iter::once(name).filter(|name| **name != "Victoria");
            for text in spelled.chain(short.iter()) {
                areas.insert(
                    fold(text),
                    Area {
                        region: Some(name),
                        country,
                    },
                );
            }
        }
        for (other, name) in OTHER_AREAS {
            if let Some(known) = areas.get(&fold(name)).copied() {
                areas.entry(fold(other)).or_insert(known);
            }
        }
        areas
    });
    let key = fold(name);
    if key.len() == 2 && name.chars().any(char::is_lowercase) && !name.contains('.') {
        return None;
    }
    BY_NAME.get(&key).copied()
}

/// The area of this name in that country, where another country's area is meant without its city: `TBILISI, GEORGIA`,
/// `Monterrey, NL`.
pub(super) fn shared_area(name: &str, country: &str) -> Option<Area> {
    let key = fold(name);
    SHARED_AREAS
        .iter()
        .find(|(name, _, own)| *name == key && *own == country)
        .map(|(_, region, country)| Area {
            region: (!region.is_empty()).then_some(region),
            country,
        })
}

/// Is this the code of a country, as the `SV` of `San Salvador, SV`? Too many are also words, states or companies' initials to
/// be areas of their own: they name no place without a city of the table before them.
pub(super) fn is_country_code(name: &str) -> bool {
    COUNTRIES.iter().any(|(_, code)| *code == name)
}

/// The areas that open a Chinese or Japanese place, and the rest of it: `印尼雅加达` is Indonesia and 雅加达.
pub(super) fn leading_areas(name: &str) -> (Vec<Area>, &str) {
    let mut areas = Vec::new();
    let mut rest = name;
    while rest.starts_with(|c: char| c >= '\u{2E80}')
        && let Some((at, found)) = rest
            .char_indices()
            .skip(1)
            .filter_map(|(at, _)| Some((at, area(&rest[..at])?)))
            .last()
    {
        areas.push(found);
        rest = rest[at..].trim_start_matches(['省', '市', '县']);
    }
    (areas, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_code_is_two_capitals_and_every_other_name_names_a_city() {
        for code in COUNTRIES.iter().map(|c| c.1).chain(REGIONS.iter().map(|r| r.1)) {
            assert!(
                code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()),
                "{code}"
            );
        }
        for (other, name) in OTHER_NAMES {
            assert_eq!(city(other).map(|c| c.name), Some(*name), "{other}");
        }
        for (other, name) in OTHER_AREAS {
            assert!(area(name).is_some() && area(other) == area(name), "{other}: {name}");
        }
        for (name, region, _) in CITIES {
            let known = REGIONS.iter().any(|row| row.0 == *region);
            assert!(region.is_empty() || known, "{name}: {region}");
        }
    }

    #[test]
    fn a_name_is_found_however_it_is_printed() {
        for (name, region, country) in [
            ("Idaho", Some("Idaho"), "US"),
            ("N.Y.", Some("New York"), "US"),
            ("NY", Some("New York"), "US"),
            ("Calif.", Some("California"), "US"),
            ("W.Va.", Some("West Virginia"), "US"),
            ("BRITISH  COLUMBIA", Some("British Columbia"), "CA"),
            ("B.C.", Some("British Columbia"), "CA"),
            ("Québec", Some("Quebec"), "CA"),
            ("Georgia", Some("Georgia"), "US"),
            ("U.K.", None, "GB"),
            ("ITALY", None, "IT"),
        ] {
            assert_eq!(area(name), Some(Area { region, country }), "{name}");
        }
        for name in ["In", "or", "News", ""] {
            assert_eq!(area(name), None, "{name}");
        }
        assert_eq!(city("ZÜRICH").and_then(|c| c.country), Some("CH"));
        assert_eq!(city("st. louis").and_then(|c| c.region), Some("Missouri"));
    }
}
