//! The scan over the words before a date or a mark.
//!
//! In: text that ends with places. Out: the names at its end, each with its case and what joins it to the one before.

use super::super::gazetteer::{area, city, fold, is_country_code};
use super::is_zero_width;

/// Most words of a city name: `San Juan de la Peña (Huesca)`.
const LONGEST_NAME: usize = 8;

/// What the scan walks over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Word {
        text: &'a str,
        start: usize,
    },
    Comma,
    /// `and`, `&`, `/`: the next name is another place.
    Link,
    /// The end of something else: no name reaches over it.
    Break,
}

pub(super) fn pieces(text: &str, offset: usize) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut word_start = None;
    let mut previous = ' ';
    let mut bracket = 0..0;
    for (at, c) in text.char_indices() {
        // The spaces of `(United Kingdom)` part no words.
        if matches!(c, '(' | '[') && word_start.is_none() {
            bracket = at..at + area_in_brackets(&text[at..]);
        }
        let sign = match c {
            ',' | '、' | '，' => Some(Piece::Comma),
            '/' | ';' | '&' => Some(Piece::Link),
            '。' | '！' | '？' | '!' | '?' | ':' | '|' | '•' | '·' | '"' | '“' | '”' | '«' | '»' | '®' | '™' | '\n' => {
                Some(Piece::Break)
            }
            _ => None,
        };
        if bracket.contains(&at) {
            word_start = word_start.or(Some(at));
        } else if sign.is_some() || c.is_whitespace() || is_zero_width(c) {
            push_word(&mut pieces, text, word_start.take(), at, offset);
            pieces.extend(sign);
        } else if let Some(start) = word_start
            && is_seam(&text[start..at], previous, &text[at..])
        {
            push_word(&mut pieces, text, Some(start), at, offset);
            pieces.push(Piece::Break);
            word_start = Some(at);
        } else {
            word_start = word_start.or(Some(at));
        }
        previous = c;
    }
    push_word(&mut pieces, text, word_start, text.len(), offset);
    // `NEWPORT BEACH, Calf.`: a word of its own after a comma is an abbreviation that nobody knows, and ends no sentence.
    if let [.., Piece::Comma, Piece::Word { .. }, Piece::Break] = pieces.as_slice()
        && text.ends_with('.')
    {
        pieces.pop();
    }
    pieces
}

/// Markup lost between a headline and a place leaves `DividendNORTH`, `SIG.JACKSONVILLE`, `(ACME)DALLAS`, `ProjectsVancouver`.
fn is_seam(before: &str, previous: char, after: &str) -> bool {
    let word = after
        .split(|c: char| c.is_whitespace() || c == ',')
        .next()
        .unwrap_or("");
    if previous.is_lowercase() && word.starts_with(char::is_uppercase) && before.chars().count() >= 4 {
        let mut names = after.split(',').map(str::trim);
        let known = names.next().is_some_and(|name| city(name).is_some())
            || names.next().is_some_and(|name| area(name).is_some());
        if word.chars().any(char::is_lowercase) {
            return known;
        }
    }
    let capitals = word.chars().take_while(|c| c.is_uppercase()).count();
    if capitals < 3 || word.chars().any(char::is_lowercase) {
        return false;
    }
    match previous {
        ')' => true,
        '.' => !matches!(fold(before).as_str(), "ST" | "FT" | "MT" | "STE"),
        c if c.is_lowercase() => before.chars().count() >= 3 && !matches!(before, "Mac" | "Van" | "Des"),
        c => c.is_ascii_digit(),
    }
}

/// The inside of a word in brackets.
fn in_brackets(word: &str) -> Option<&str> {
    let inside = |open, close| word.strip_prefix(open)?.strip_suffix(close);
    inside('(', ')').or_else(|| inside('[', ']'))
}

/// Bytes of the brackets that a text begins with, where they hold an area: `(United Kingdom), March 3`.
fn area_in_brackets(text: &str) -> usize {
    let close = text.find([')', ']']).map_or(0, |at| at + 1);
    let holds_area = in_brackets(&text[..close]).and_then(area).is_some();
    if holds_area { close } else { 0 }
}

/// A name and what the brackets behind it say of it: `MONTRÉAL (Québec)`, `LYON (Rhône)`. Unknown capitals, as of
/// `WASHINGTON (CNN)`, are no region's.
pub(super) fn qualified(name: &str) -> (&str, Option<&str>) {
    name.find(['(', '['])
        .and_then(|open| {
            let bracket = in_brackets(&name[open..])?;
            let is_area = area(bracket).is_some() || bracket.contains(char::is_lowercase);
            let before = name[..open].trim_end();
            (is_area && !before.is_empty()).then_some((before, Some(bracket)))
        })
        .unwrap_or((name, None))
}

fn push_word<'a>(pieces: &mut Vec<Piece<'a>>, text: &'a str, start: Option<usize>, end: usize, offset: usize) {
    let Some(word) = start.and_then(|start| text.get(start..end)) else {
        return;
    };
    let start = offset + start.unwrap_or(0);
    if matches!(word, "and" | "AND" | "und" | "et" | "y" | "e" | "och" | "og" | "en") {
        pieces.push(Piece::Link);
        return;
    }
    if word.chars().all(|c| c == '-') {
        pieces.push(Piece::Break);
        return;
    }
    // A bracket belongs to a name only around one word or an area: `(Huesca)`, `[India]`, `(United Kingdom)`.
    if word.contains(['(', ')', '[', ']']) && in_brackets(word).is_none() {
        pieces.push(Piece::Break);
        return;
    }
    // `上海和波士顿`: no space around the "and", which is a letter of other names.
    if let Some((at, and)) = word
        .char_indices()
        .find(|(_, c)| matches!(c, '和' | '与' | '與' | '及'))
        && let (one, other) = (&word[..at], &word[at + and.len_utf8()..])
        && city(one).is_some()
        && city(other).is_some()
    {
        pieces.push(Piece::Word { text: one, start });
        pieces.push(Piece::Link);
        pieces.push(Piece::Word {
            text: other,
            start: start + at + and.len_utf8(),
        });
        return;
    }
    pieces.push(Piece::Word { text: word, start });
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let ends_sentence = word.ends_with('.') && letters >= 3 && word.matches('.').count() == 1 && area(word).is_none();
    if ends_sentence {
        pieces.push(Piece::Break);
    }
}

/// How a name is printed; one list of places keeps to one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Capitals,
    Title,
    /// A region or country, which every wire prints as it likes.
    Area,
}

#[derive(Debug)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) words: usize,
    pub(super) case: Case,
    /// What stands before it; a comma for the first.
    pub(super) joint: Joint,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    Comma,
    Link,
}

pub(super) fn is_capitals(word: &str) -> bool {
    let rest = ["Mc", "Mac", "De", "La", "Le", "Van"]
        .iter()
        .find_map(|prefix| {
            word.strip_prefix(prefix)
                .filter(|rest| rest.chars().any(char::is_uppercase))
        })
        .unwrap_or(word);
    rest.chars().any(char::is_alphabetic) && !rest.chars().any(|c| c.is_lowercase() || c.is_ascii_digit())
}

fn is_title(word: &str) -> bool {
    !word.chars().any(|c| c.is_ascii_digit())
        && word
            .chars()
            .next()
            .is_some_and(|c| c.is_uppercase() || c == '\'' || c == '’')
}

pub(super) fn is_particle(word: &str) -> bool {
    const PARTICLES: &[&str] = &[
        "de", "la", "las", "los", "del", "der", "den", "da", "do", "dos", "das", "di", "du", "des", "le", "les", "el",
        "al", "of", "the", "upon", "on", "sur", "sous", "am", "an", "im", "bei", "in", "or", "es",
    ];
    PARTICLES.contains(&word)
}

/// A word of a headline in capitals that no name of a place holds: `GROWTH IN ELKO`.
fn is_preposition(word: &str) -> bool {
    matches!(
        word,
        "IN" | "FOR" | "AT" | "WITH" | "FROM" | "TO" | "BY" | "AS" | "IS" | "ITS"
    )
}

/// Walks leftwards over the components; the names found, in printed order.
pub(super) fn names(pieces: &[Piece<'_>]) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let mut case = None;
    let mut end = pieces
        .iter()
        .rposition(|p| !matches!(p, Piece::Comma))
        .map_or(0, |last| last + 1);
    loop {
        let (begin, words) = component(pieces, end);
        let Some((mut count, mut found)) = name_at_end(&words, case) else {
            break;
        };
        // `LOUISVILLE, stan Kentucky`: the word for a state, in the language of the release.
        let (kind, area_words) = words.split_at(words.len() - count);
        if matches!(kind, [(kind, _)] if kind.starts_with(char::is_lowercase))
            && area(&joined(area_words).0).is_some()
            && follows_city(pieces, begin)
        {
            (count, found) = (words.len(), Case::Area);
        }
        let whole = count == words.len();
        let (text, start) = joined(&words[words.len() - count..]);
        // `DUBAI, Uni Emirat Arab`: beside a city in capitals, what is not in capitals is its region or country.
        if found == Case::Title && names.is_empty() && whole && city(&text).is_none() && follows_city(pieces, begin) {
            found = Case::Area;
        }
        if found != Case::Area {
            case = Some(found);
        }
        let (joint, next) = match begin.checked_sub(1).map(|at| pieces[at]) {
            Some(Piece::Comma) => (Some(Joint::Comma), begin - 1),
            // `, and`, and the empty component that `A & B` leaves beside its spaces.
            Some(Piece::Link) => {
                let comma = begin >= 2 && pieces[begin - 2] == Piece::Comma;
                (Some(Joint::Link), begin - if comma { 2 } else { 1 })
            }
            Some(Piece::Word { .. } | Piece::Break) | None => (None, 0),
        };
        names.push(Name {
            text,
            start,
            words: count,
            case: found,
            joint: joint.unwrap_or(Joint::Comma),
        });
        if !whole || joint.is_none() {
            break;
        }
        end = next;
    }
    names.reverse();
    names
}

/// The words that end at a piece, up to the comma, link or break before them, and the piece at which they begin.
fn component<'a>(pieces: &[Piece<'a>], end: usize) -> (usize, Vec<(&'a str, usize)>) {
    let begin = pieces[..end]
        .iter()
        .rposition(|p| !matches!(p, Piece::Word { .. }))
        .map_or(0, |at| at + 1);
    let words = pieces[begin..end].iter().filter_map(|p| match p {
        Piece::Word { text, start } => Some((*text, *start)),
        Piece::Comma | Piece::Link | Piece::Break => None,
    });
    (begin, words.collect())
}

/// Do a short name in capitals and a comma stand before this piece?
fn follows_city(pieces: &[Piece<'_>], begin: usize) -> bool {
    const LONGEST: usize = 3;
    let Some(comma) = begin.checked_sub(1).filter(|at| pieces[*at] == Piece::Comma) else {
        return false;
    };
    let (_, words) = component(pieces, comma);
    let capitals = words.iter().rev().take_while(|(word, _)| is_capitals(word));
    (1..=LONGEST).contains(&capitals.count())
}

fn joined(words: &[(&str, usize)]) -> (String, usize) {
    let texts: Vec<&str> = words.iter().map(|w| w.0).collect();
    (texts.join(" "), words.first().map_or(0, |w| w.1))
}

/// `ACME, INC.` is no place.
pub(super) fn is_company(name: &str) -> bool {
    matches!(
        fold(name).as_str(),
        "INC" | "CORP" | "LLC" | "LLP" | "LTD" | "PLC" | "CO" | "SA" | "AG" | "SE" | "NV" | "LP"
    )
}

/// How many of the last `words` are one name, and its case. `case` is the one that the list keeps, once set.
fn name_at_end(words: &[(&str, usize)], case: Option<Case>) -> Option<(usize, Case)> {
    let last = words.last()?.0;
    let whole = joined(words).0;
    // A city that shares its name with its state is a city where it opens the list; the grouping decides.
    if area(&whole).is_some() {
        return Some((
            words.len(),
            if city(&whole).is_some() && is_capitals(last) {
                Case::Capitals
            } else {
                Case::Area
            },
        ));
    }
    // `Abu dhabi`: known in whatever case, unless the list keeps to capitals.
    if city(&whole).is_some() && !is_capitals(&whole) && case != Some(Case::Capitals) && is_title(&whole) {
        return Some((words.len(), Case::Title));
    }
    // `Washington DC`, `PA USA`: the comma before a code was left out.
    if let Some((code, rest)) = words.split_last()
        && is_capitals(code.0)
        && code.0.len() <= 4
        && area(code.0).is_some()
        && rest
            .last()
            .is_some_and(|(before, _)| !is_capitals(before) || area(&joined(rest).0).is_some())
        && let Some((count, found)) = name_at_end(rest, None)
        && (count == rest.len() || found == Case::Title)
    {
        return Some((count + 1, found));
    }
    if is_company(last) {
        return None;
    }
    // `San Salvador, SV`: an area by where it stands.
    if words.len() == 1 && is_country_code(last) {
        return Some((1, Case::Area));
    }
    // `Pittsburgh (PA)`: a bracket is printed in a case of its own.
    let is_bracket = |word: &str| word.starts_with(['(', '[']);
    let leading = words.iter().rev().find(|(word, _)| !is_bracket(word));
    let found = if is_capitals(leading?.0) {
        Case::Capitals
    } else {
        Case::Title
    };
    if case.is_some_and(|case| case != found) {
        return None;
    }
    let fits = |word: &str| {
        is_bracket(word)
            || match found {
                Case::Capitals => is_capitals(word),
                Case::Title | Case::Area => is_title(word),
            }
    };
    if !fits(last) {
        return None;
    }
    let mut run = 0;
    for (back, (word, _)) in words.iter().rev().enumerate().take(LONGEST_NAME) {
        if found == Case::Capitals && is_preposition(word) {
            break;
        }
        if fits(word) {
            run = back + 1;
        } else if !is_particle(word) {
            break;
        }
    }
    // A bracket qualifies the name before it; none opens with one.
    while run > 0 && is_bracket(words[words.len() - run].0) {
        run -= 1;
    }
    if run == 0 {
        return None;
    }
    let whole = run == words.len();
    const SHORT: usize = 3;
    // `Violations in Washington` is no town of that name.
    let last_known = known_suffix(&words[words.len() - run..])
        .filter(|known| *known < run && matches!(words[words.len() - known - 1].0, "in" | "on" | "or"));
    if let Some(known) = last_known {
        return Some((known, found));
    }
    let count = match known_suffix(&words[words.len() - run..]) {
        Some(known) if !whole || run > SHORT => known,
        Some(_) | None if whole => run,
        Some(_) | None => run.min(if found == Case::Capitals { 4 } else { 2 }),
    };
    Some((count, found))
}

/// The longest known city or area that ends the words, unless the word before it makes another name of it (NORTH CHICAGO).
fn known_suffix(words: &[(&str, usize)]) -> Option<usize> {
    const MODIFIERS: &[&str] = &[
        "NORTH", "SOUTH", "EAST", "WEST", "NEW", "OLD", "PORT", "FORT", "FT", "SAINT", "ST", "SAN", "SANTA", "LAKE",
        "MOUNT", "MT", "UPPER", "LOWER", "GREATER", "CITY", "OF", "DOWNTOWN", "LA", "LOS", "LAS", "EL",
    ];
    let known = (1..=words.len()).rev().find(|count| {
        let name = joined(&words[words.len() - count..]).0;
        city(&name).is_some() || area(&name).is_some()
    })?;
    let before = words.len().checked_sub(known + 1).map(|at| fold(words[at].0));
    (!before.is_some_and(|word| MODIFIERS.contains(&word.as_str()))).then_some(known)
}
