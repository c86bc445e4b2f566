//! Which words before a date or a wire's mark are places, and where those places are.
//!
//! In: text that ends with the places of a dateline, whatever stands before them (a sub-headline may be glued on). Out: the
//! byte at which the places begin, and each with city, region and country as far as it prints them or the gazetteer knows them.
//! Never corrects what a release printed: ABUJA, UAE stays in the Emirates.
//!
//! The scan runs leftwards by components (`BOCA RATON`, `Fla.`): an area of the gazetteer, or the words of one city in the
//! case that the rightmost city set. It ends at a word that can be no part of a name.

use crate::article::Place;

use super::gazetteer::{Area, area, city, fold, leading_areas, shared_area};

mod scan;

use scan::{Case, Joint, Name, is_capitals, is_company, is_particle, names, pieces, qualified};

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
    /// Two such names with a comma between them: a misspelt state, a county.
    UnknownNames,
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
        [only] if is_short(only) => Standing::OneUnknownName,
        [city, area] if [city, area].iter().all(|name| is_short(name)) && !is_company(&area.text) => {
            Standing::UnknownNames
        }
        _ => Standing::Unknown,
    };
    Some(Found {
        start,
        places,
        standing,
    })
}

/// Words that head a notice or an agenda beside its date: `MEDIA ADVISORY, March 3, 2026 –`.
fn is_heading(word: &str) -> bool {
    const HEADINGS: &[&str] = &[
        "ADVISORY",
        "ALERT",
        "AGENDA",
        "CORRECTION",
        "DATE",
        "EDITION",
        "KEYNOTE",
        "MEETING",
        "MEMO",
        "NOTICE",
        "OF",
        "ORDER",
        "REPORT",
        "RELEASE",
        "RESULTS",
        "SESSION",
        "STATEMENT",
        "TODAY",
        "UPDATE",
        "UPDATED",
        "V.",
        "VS.",
    ];
    HEADINGS.contains(&word)
}

/// Could the name be a town that nobody knows?
fn is_short(name: &Name) -> bool {
    name.case == Case::Capitals && name.words <= 3 && !name.text.split(' ').any(is_heading)
}

/// May the first name of a place be a person's or an organisation's, before the town: `Ohio University, Athens, Ohio`? Or the bracket
/// behind it that of a paper: `LONDON (CityNews)`?
pub(super) fn opens_with_stranger(places: &[Place]) -> bool {
    places.iter().any(|place| {
        let mut names = place.text.split(", ");
        let (first, bracket) = qualified(names.next().unwrap_or_default());
        bracket.is_some_and(|bracket| area(bracket).is_none()) || (city(first).is_none() && names.count() > 1)
    })
}

/// Are the cities of a list in capitals, as wires print them?
pub(super) fn in_capitals(places: &[Place]) -> bool {
    places.iter().all(|place| {
        let city = place.text.split(',').next().unwrap_or_default();
        !qualified(city).0.chars().any(char::is_lowercase)
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
    let closed = group.iter().skip(1).any(|part| area(&part.text).is_some())
        || group.iter().any(|part| qualified(&part.text).1.is_some());
    let stands_alone = city(qualified(&name.text).0);
    match (area(&name.text), stands_alone) {
        (Some(_), None) => false,
        (None, _) if closed => true,
        (None, None) => false,
        // `ATLANTA, GEORGIA`, `SEATTLE, WASHINGTON`, `BUFFALO, NEW YORK`; but `LONDON, NEW YORK`.
        (area, Some(_)) => match group.first().and_then(|first| city(&first.text)) {
            _ if closed => true,
            None => false,
            // `DUBAI, DUBAI, UNITED ARAB EMIRATES`: the region is called like its city.
            Some(first) if Some(first) == stands_alone => false,
            Some(first) => !area.is_some_and(|area| match area.region {
                Some(region) => first.region == Some(region),
                None => first.country == Some(area.country),
            }),
        },
    }
}

/// The areas that one name prints: `PA USA` has two, with no comma between them; `stan Kentucky` has one.
fn areas(name: &str) -> Vec<Area> {
    let name = name.find(char::is_uppercase).map_or(name, |at| &name[at..]);
    let two = || {
        let (at, _) = name
            .match_indices(' ')
            .find(|(at, _)| area(&name[at + 1..]).is_some())?;
        Some(vec![area(&name[..at])?, area(&name[at + 1..])?])
    };
    area(name).map(|area| vec![area]).or_else(two).unwrap_or_default()
}

fn place(group: &[&Name]) -> Place {
    let text = group
        .iter()
        .map(|name| name.text.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    // A bracket says of its city what a name after a comma says.
    let mut names = group.iter().flat_map(|name| {
        let (name, bracket) = qualified(&name.text);
        std::iter::once(name).chain(bracket)
    });
    let Some(first) = names.next() else {
        return Place::default();
    };
    let known = city(first);
    let areas: Vec<Area> = names
        .flat_map(|name| {
            let shared = known.and_then(|known| shared_area(name, known.country?));
            shared.map_or_else(|| areas(name), |area| vec![area])
        })
        .collect();
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
        if let Some(area) = area(first) {
            return Place {
                text,
                city: None,
                region: area.region.map(str::to_owned),
                country: Some(area.country.to_owned()),
            };
        }
        let (areas, rest) = leading_areas(first);
        if let Some(country) = areas.first().map(|area| area.country) {
            return Place {
                city: (!rest.is_empty()).then(|| city(rest).map_or(rest, |known| known.name).to_owned()),
                region: areas.iter().find_map(|area| area.region).map(str::to_owned),
                country: Some(country.to_owned()),
                text,
            };
        }
        // `Melbourne Australia`: no comma stands between them.
        let split = first
            .match_indices(' ')
            .find_map(|(at, _)| Some((at, area(first.get(at + 1..)?)?)));
        if let Some((at, area)) = split {
            // `South Florida` is a part of a state and no town of it.
            let city = first.get(..at).filter(|name| !is_part(name)).map(title_case);
            return Place {
                text,
                city,
                region: area.region.map(str::to_owned),
                country: Some(area.country.to_owned()),
            };
        }
        return Place {
            text,
            city: Some(title_case(first)),
            region: None,
            country: None,
        };
    }
    let country = areas.last().map(|area| area.country);
    // A state abroad is another word's abbreviation: the CO of COMO, CO, ITALY.
    let region = areas
        .iter()
        .find_map(|area| area.region.filter(|_| Some(area.country) == country));
    let known = known.filter(|known| known.country == country);
    // `ALBERTA, CANADA` names no city; `ONTARIO, Calif.` does.
    let itself = area(first).filter(|area| known.is_none() && Some(area.country) == country && region.is_none());
    let name = match (known, itself) {
        (Some(known), _) => Some(known.name.to_owned()),
        (None, Some(_)) => None,
        (None, None) => Some(title_case(first)),
    };
    // `Atlanta, United States`: the region is that of the lone city.
    let region = region
        .or(itself.and_then(|area| area.region))
        .or(known.and_then(|known| known.region));
    Place {
        text,
        city: name,
        region: region.map(str::to_owned),
        country: country.map(str::to_owned),
    }
}

/// A word that makes a part of an area.
fn is_part(name: &str) -> bool {
    matches!(
        fold(name).as_str(),
        "NORTH" | "SOUTH" | "EAST" | "WEST" | "CENTRAL" | "NORTHERN" | "SOUTHERN" | "EASTERN" | "WESTERN" | "UPSTATE"
    )
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
        starts = matches!(c, '-' | '–' | '.') || (matches!(c, '\'' | '’') && rest > 1);
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
            ("TBILISI, GEORGIA", Some("Tbilisi"), None, Some("GE")),
            ("ATLANTA, GEORGIA", Some("Atlanta"), Some("Georgia"), Some("US")),
            ("DUBAI, DUBAI, UNITED ARAB EMIRATES", Some("Dubai"), None, Some("AE")),
            (
                "DALLAS–FORT WORTH, TX",
                Some("Dallas–Fort Worth"),
                Some("Texas"),
                Some("US"),
            ),
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
            (
                "Washington DC",
                Some("Washington"),
                Some("District of Columbia"),
                Some("US"),
            ),
            ("Mesa, Az. USA", Some("Mesa"), Some("Arizona"), Some("US")),
            ("MESA, AZ USA", Some("Mesa"), Some("Arizona"), Some("US")),
            ("ALBERTA, CANADA", None, Some("Alberta"), Some("CA")),
            ("ONTARIO, Calif.", Some("Ontario"), Some("California"), Some("US")),
            ("South Florida", None, Some("Florida"), Some("US")),
            ("Atlanta, United States", Some("Atlanta"), Some("Georgia"), Some("US")),
            (
                "New York City, United States",
                Some("New York"),
                Some("New York"),
                Some("US"),
            ),
            ("GUAYNABO, PR", Some("Guaynabo"), None, Some("PR")),
            ("San Salvador, SV", Some("San Salvador"), None, Some("SV")),
            ("GENÈVE, Suisse", Some("Geneva"), None, Some("CH")),
            ("Monterrey, NL", Some("Monterrey"), Some("Nuevo León"), Some("MX")),
            (
                "GANDER, NL",
                Some("Gander"),
                Some("Newfoundland and Labrador"),
                Some("CA"),
            ),
            ("Perth, WA", Some("Perth"), Some("Western Australia"), Some("AU")),
            ("SEATTLE, WA", Some("Seattle"), Some("Washington"), Some("US")),
            (
                "LOUISVILLE, stan Kentucky",
                Some("Louisville"),
                Some("Kentucky"),
                Some("US"),
            ),
            ("Pittsburgh (PA)", Some("Pittsburgh"), Some("Pennsylvania"), Some("US")),
            ("Damascus [Syria]", Some("Damascus"), None, Some("SY")),
            ("MONTRÉAL (Québec)", Some("Montreal"), Some("Quebec"), Some("CA")),
            ("Val-d’Or (Québec)", Some("Val-d’Or"), Some("Quebec"), Some("CA")),
            ("MÜNCHEN (Deutschland)", Some("Munich"), None, Some("DE")),
            ("LEEDS (United Kingdom)", Some("Leeds"), None, Some("GB")),
            ("ATLANTA (Georgia)", Some("Atlanta"), Some("Georgia"), Some("US")),
            ("TBILISI (Georgia)", Some("Tbilisi"), None, Some("GE")),
            ("PARIS (Texas)", Some("Paris"), Some("Texas"), Some("US")),
            ("LYON (Rhône)", Some("Lyon"), None, Some("FR")),
            ("LYON (Rhône), France", Some("Lyon"), None, Some("FR")),
            ("SAINT-GENIS-LAVAL (Rhône)", Some("Saint-Genis-Laval"), None, None),
            ("CIUDAD DE MÉXICO", Some("Mexico City"), None, Some("MX")),
            ("印尼雅加达", Some("Jakarta"), None, Some("ID")),
            ("加州桑尼維爾", Some("Sunnyvale"), Some("California"), Some("US")),
            (
                "米カリフォルニア州サンノゼ",
                Some("San Jose"),
                Some("California"),
                Some("US"),
            ),
            ("中国", None, None, Some("CN")),
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
                "MONTRÉAL (Québec), TORONTO (Ontario)",
                &["MONTRÉAL (Québec)", "TORONTO (Ontario)"],
            ),
            ("MONTRÉAL (Québec), CANADA", &["MONTRÉAL (Québec), CANADA"]),
            ("PARIS (France) et LONDRES", &["PARIS (France)", "LONDRES"]),
            ("上海和波士顿", &["上海", "波士顿"]),
            ("呼和浩特", &["呼和浩特"]),
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
            (
                "and Key Extension ProjectsVancouver, British Columbia",
                "Vancouver, British Columbia",
            ),
            ("ACME REPORTS STRONG GROWTH IN ELKO, Nev.", "ELKO, Nev."),
            ("In Us Dollars, Unless Otherwise Indicated Vancouver", "Vancouver"),
            ("Parking Violations in Washington, D.C.", "Washington, D.C."),
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
