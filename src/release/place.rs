//! Which words before a date or a wire's mark are places, and where those places are.
//!
//! In: text that ends with the places of a dateline, whatever stands before them (a sub-headline may be glued on). Out: the
//! byte at which the places begin, and each with city, region and country as far as it prints them or the gazetteer knows them.
//! Never corrects what a release printed: ABUJA, UAE stays in the Emirates.
//!
//! The scan runs leftwards by components (`BOCA RATON`, `Fla.`): an area of the gazetteer, or the words of one city in the
//! case that the rightmost city set. It ends at a word that can be no part of a name.

use crate::article::Place;

use super::gazetteer::{area, city};

mod scan;

use scan::{Case, Joint, Name, is_capitals, is_particle, names, pieces};

/// Places at the end of a text.
#[derive(Debug)]
pub(super) struct Found {
    /// Byte of the first place.
    pub(super) start: usize,
    /// In printed order.
    pub(super) places: Vec<Place>,
    /// How far the gazetteer vouches for them.
    pub(super) standing: Standing,
}

/// What the gazetteer says of a list of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Each is a known city, or prints a known region or country beside a name.
    Known,
    /// One name in capitals, short enough for a town, that the gazetteer does not have.
    OneUnknownName,
    /// Anything else.
    Unknown,
}

/// Reads a text that is nothing but places, like a `DateLine` element; empty if it is anything else.
#[must_use]
pub fn places(text: &str) -> Vec<Place> {
    match at_end(text) {
        Some(found) if text.get(..found.start).is_some_and(is_blank) => found.places,
        Some(_) | None => Vec::new(),
    }
}

/// Reads the places that end `text`.
pub(super) fn at_end(text: &str) -> Option<Found> {
    let offset = text.ceil_char_boundary(text.len().saturating_sub(LONGEST_LIST));
    let pieces = pieces(text.get(offset..)?, offset);
    let names = names(&pieces);
    let start = names.first()?.start;
    let places = group(&names);
    let known = places
        .iter()
        .all(|place| place.country.is_some() || city(&place.text).is_some());
    let standing = match names.as_slice() {
        _ if known => Standing::Known,
        [only] if only.case == Case::Capitals && only.words <= 3 => Standing::OneUnknownName,
        _ => Standing::Unknown,
    };
    Some(Found {
        start,
        places,
        standing,
    })
}

/// More bytes than any list of places that a wire printed.
const LONGEST_LIST: usize = 240;

pub(super) fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_zero_width(c))
}

/// Joins names to places: a region or country belongs to the name before it, a stand-alone city opens a place of its own.
fn group(names: &[Name]) -> Vec<Place> {
    let mut groups: Vec<Vec<&Name>> = Vec::new();
    for name in names {
        match groups.last_mut() {
            Some(group) if name.joint == Joint::Comma && !opens_place(group, name) => group.push(name),
            Some(_) | None => groups.push(vec![name]),
        }
    }
    let mut places: Vec<Place> = groups.iter().map(|group| place(group)).collect();
    // `GAINESVILLE and BOCA RATON, Fla.`: the region is printed once for both.
    for at in (1..groups.len()).rev() {
        let prints_area = groups[at].iter().skip(1).any(|name| area(&name.text).is_some());
        let linked = groups[at].first().is_some_and(|name| name.joint == Joint::Link);
        if linked && prints_area && places[at - 1].country.is_none() && groups[at - 1].len() == 1 {
            places[at - 1].region = places[at].region.clone();
            places[at - 1].country = places[at].country.clone();
        }
    }
    places
}

/// Does this name open a place of its own after a comma?
fn opens_place(group: &[&Name], name: &Name) -> bool {
    let closed = group.iter().skip(1).any(|part| area(&part.text).is_some());
    let stands_alone = city(&name.text);
    match (area(&name.text), stands_alone) {
        (Some(_), None) => false,
        (None, _) if closed => true,
        (None, None) => false,
        // `ATLANTA, GEORGIA`, `SEATTLE, WASHINGTON`, `BUFFALO, NEW YORK`; but `LONDON, NEW YORK`.
        (area, Some(_)) => match group.first().and_then(|first| city(&first.text)) {
            _ if closed => true,
            None => false,
            Some(first) => !area.is_some_and(|area| match area.region {
                Some(region) => first.region == Some(region),
                None => first.country == Some(area.country),
            }),
        },
    }
}

fn place(group: &[&Name]) -> Place {
    let text = group
        .iter()
        .map(|name| name.text.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    let Some((first, rest)) = group.split_first() else {
        return Place::default();
    };
    let areas: Vec<_> = rest.iter().filter_map(|name| area(&name.text)).collect();
    let known = city(&first.text);
    if areas.is_empty() {
        if let Some(known) = known {
            let owned = |text: Option<&str>| text.map(str::to_owned);
            return Place {
                text,
                city: Some(known.name.to_owned()),
                region: owned(known.region),
                country: owned(known.country),
            };
        }
        if let Some(area) = area(&first.text) {
            return Place {
                text,
                city: None,
                region: area.region.map(str::to_owned),
                country: Some(area.country.to_owned()),
            };
        }
        // `Melbourne Australia`: the comma was left out.
        let split = first
            .text
            .match_indices(' ')
            .find_map(|(at, _)| Some((at, area(first.text.get(at + 1..)?)?)));
        if let Some((at, area)) = split {
            let city = first.text.get(..at).map(title_case);
            return Place {
                text,
                city,
                region: area.region.map(str::to_owned),
                country: Some(area.country.to_owned()),
            };
        }
        return Place {
            text,
            city: Some(title_case(&first.text)),
            region: None,
            country: None,
        };
    }
    let country = areas.last().map(|area| area.country);
    // A state abroad is another word's abbreviation: the CO of COMO, CO, ITALY.
    let region = areas
        .iter()
        .find_map(|area| area.region.filter(|_| Some(area.country) == country));
    let name = known
        .filter(|known| known.country == country)
        .map_or_else(|| title_case(&first.text), |k| k.name.to_owned());
    Place {
        text,
        city: Some(name),
        region: region.map(str::to_owned),
        country: country.map(str::to_owned),
    }
}

/// `O'FALLON` to `O'Fallon`, `RIO DE JANEIRO` to `Rio de Janeiro`; a name that is not in capitals stays as printed.
fn title_case(name: &str) -> String {
    let words: Vec<String> = name
        .split(' ')
        .enumerate()
        .map(|(at, word)| {
            let lower = word.to_lowercase();
            if !is_capitals(word) {
                word.to_owned()
            } else if at > 0 && is_particle(&lower) {
                lower
            } else {
                title_word(&lower)
            }
        })
        .collect();
    words.join(" ")
}

fn title_word(lower: &str) -> String {
    let mut title = String::with_capacity(lower.len());
    let mut starts = true;
    for (at, c) in lower.char_indices() {
        let rest = lower.len() - at - c.len_utf8();
        if starts || (at == 2 && lower.starts_with("mc") && rest > 1) {
            title.extend(c.to_uppercase());
        } else {
            title.push(c);
        }
        // `Lee's` but `O'Fallon`.
        starts = matches!(c, '-' | '.') || (matches!(c, '\'' | '’') && rest > 1);
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_split_into_city_region_and_country() {
        for (text, city, region, country) in [
            ("BEIJING", Some("Beijing"), None, Some("CN")),
            ("BOISE, Idaho", Some("Boise"), Some("Idaho"), Some("US")),
            ("NEW YORK", Some("New York"), Some("New York"), Some("US")),
            ("DUBLIN, Ohio", Some("Dublin"), Some("Ohio"), Some("US")),
            ("DUBLIN, Ireland", Some("Dublin"), None, Some("IE")),
            ("O'FALLON, Mo.", Some("O'Fallon"), Some("Missouri"), Some("US")),
            ("McLEAN, Va.", Some("McLean"), Some("Virginia"), Some("US")),
            ("MCLEAN, VA", Some("McLean"), Some("Virginia"), Some("US")),
            ("LEE’S SUMMIT, MO", Some("Lee’s Summit"), Some("Missouri"), Some("US")),
            (
                "ROUYN-NORANDA, Quebec",
                Some("Rouyn-Noranda"),
                Some("Quebec"),
                Some("CA"),
            ),
            (
                "Vancouver, BC, Canada",
                Some("Vancouver"),
                Some("British Columbia"),
                Some("CA"),
            ),
            ("COMO, CO, ITALY", Some("Como"), None, Some("IT")),
            (
                "ATLANTA , GA, UNITED STATES",
                Some("Atlanta"),
                Some("Georgia"),
                Some("US"),
            ),
            ("Melbourne Australia", Some("Melbourne"), None, Some("AU")),
            ("United Kingdom", None, None, Some("GB")),
            ("HONG KONG SAR", Some("Hong Kong"), None, Some("HK")),
            ("MÜNCHEN", Some("Munich"), None, Some("DE")),
            ("LIBERLAND", Some("Liberland"), None, None),
        ] {
            let places = places(text);
            let got = places
                .iter()
                .map(|p| (p.city.as_deref(), p.region.as_deref(), p.country.as_deref()))
                .collect::<Vec<_>>();
            assert_eq!(got, [(city, region, country)], "{text}");
        }
    }

    #[test]
    fn a_list_is_cut_where_a_place_begins() {
        for (text, want) in [
            ("CHICAGO and PARK CITY, UT", &["CHICAGO", "PARK CITY, UT"][..]),
            (
                "NEW YORK, NY, RALEIGH, NC, and LOS ANGELES, CA",
                &["NEW YORK, NY", "RALEIGH, NC", "LOS ANGELES, CA"],
            ),
            (
                "SAN FRANCISCO & NEW YORK & MUNICH",
                &["SAN FRANCISCO", "NEW YORK", "MUNICH"],
            ),
            ("LONDON, NEW YORK", &["LONDON", "NEW YORK"]),
            ("SEATTLE, WASHINGTON", &["SEATTLE, WASHINGTON"]),
            ("BUFFALO, NEW YORK", &["BUFFALO, NEW YORK"]),
            ("SAN MATEO/HANOI", &["SAN MATEO", "HANOI"]),
            (
                "PALM BEACH, FL / BUENOS AIRES, ARGENTINA",
                &["PALM BEACH, FL", "BUENOS AIRES, ARGENTINA"],
            ),
            ("BEIJING, CHINA, SINGAPORE", &["BEIJING, CHINA", "SINGAPORE"]),
            (
                "ROCKVILLE PIKE SUITE, ROCKVILLE, USA",
                &["ROCKVILLE PIKE SUITE, ROCKVILLE, USA"],
            ),
        ] {
            let places = places(text);
            let got: Vec<&str> = places.iter().map(|p| p.text.as_str()).collect();
            assert_eq!(got, want, "{text}");
        }
    }

    #[test]
    fn a_region_printed_once_belongs_to_both_cities() {
        let places = places("GAINESVILLE and BOCA RATON, Fla.");
        assert_eq!(
            places.iter().map(|p| p.region.as_deref()).collect::<Vec<_>>(),
            [Some("Florida"); 2]
        );
        assert_eq!(places[0].text, "GAINESVILLE");
    }

    #[test]
    fn what_stands_before_the_places_is_left_out() {
        for (text, want) in [
            ("a record for potato fries BOISE, Idaho", "BOISE, Idaho"),
            ("Declares Quarterly DividendNORTH CHICAGO, Ill.", "NORTH CHICAGO, Ill."),
            ("direction of SIG.JACKSONVILLE, Fla.", "JACKSONVILLE, Fla."),
            ("cleared by the FDA NEW YORK", "NEW YORK"),
            ("Acme Corp, NEW YORK", "NEW YORK"),
            ("at 5:30 p.m. MONTREAL", "MONTREAL"),
            ("ACME, INC. ANNOUNCES RECORD DIVIDEND NEW YORK", "NEW YORK"),
            (
                "closes the financing Vancouver, British Columbia",
                "Vancouver, British Columbia",
            ),
        ] {
            let found = at_end(text).expect("places");
            assert_eq!(&text[found.start..], want, "{text}");
        }
    }
}
