//! The heads of boilerplate: `About Acme Corp.`, `Über die Acme AG`, `Acmeについて`, and the names in them.
//!
//! In: a text that may begin with such a head. Out: the name, a slice of it. A head stands on its own line, or before a colon, or
//! runs into its text where markup was lost: `About AcmeAcme makes`, `About Acme Founded in 1949, Acme makes`.

use super::marker::bare;

/// Most characters of a head on its own line, and of one that runs into its text.
const LONGEST_HEAD: usize = 140;
const LONGEST_RUN_IN: usize = 80;

/// Opening words by language: fr and others before shorter ones that begin alike.
#[rustfmt::skip]
const OPENINGS: &[&str] = &[
    "About: ", "About ", "ABOUT ", "À propos de l'", "À propos de l’", "À propos de la ", "À propos du ", "À propos des ",
    "À propos de ", "À propos d'", "À propos d’", "A propos de ", "A propos du ", "À PROPOS DE ", "À PROPOS DU ", "Über die ",
    "Über das ", "Über den ", "Über ", "ÜBER ", "Acerca de la ", "Acerca del ", "Acerca de ", "ACERCA DE ", "Sobre la ", "Sobre el ",
    "Sobre a ", "Sobre o ", "Sobre ", "SOBRE ", "Informazioni su ", "Chi è ", "Profilo di ", "Despre ", "DESPRE ", "Over de ",
    "Over het ", "Over ", "Om ", "O spółce ", "O firmie ", "Tietoja ", "О компании ", "关于", "關於",
];

/// Endings by language.
#[rustfmt::skip]
const ENDINGS: &[&str] = &[
    "について", "에 대하여", "에 대해", " 소개", " at a glance", " At A Glance", " at a Glance", " lyhyesti", " i korthet", " i korte træk",
];

/// Heads that name nobody.
#[rustfmt::skip]
const BARE_HEADS: &[&str] = &[
    "about", "corporate profile", "company profile", "company overview", "company description", "company background", "boilerplate",
    "corporate overview", "unternehmensprofil", "perfil de la empresa", "profil de l'entreprise", "perfil corporativo", "公司简介", "公司簡介",
    "会社概要", "회사 소개", "회사소개",
];

/// What a run-in text begins with after the name.
#[rustfmt::skip]
const RUN_INS: &[&str] = &[
    "Founded", "Established", "Based", "Headquartered", "Incorporated", "Launched", "Formed", "Created", "Born", "Since", "Located",
    "Originally", "Initially", "Hosted", "Led", "Headed", "Owned", "Publicly", "Spanning", "With over", "With more",
];

/// Words that may stand small in a name.
#[rustfmt::skip]
const SMALL: &[&str] = &[
    "of", "the", "and", "for", "in", "at", "by", "on", "to", "a", "an", "with", "or", "de", "la", "le", "les", "du", "des", "del", "di",
    "da", "do", "das", "dos", "y", "e", "et", "und", "von", "van", "der", "die", "das", "den", "für", "og", "och", "&", "-", "–", "|",
    "+", "dba", "d/b/a", "formerly",
];

/// Heads that name a thing of the release and no organisation, small letters, without an article.
#[rustfmt::skip]
const GENERIC: &[&str] = &[
    "us", "company", "our company", "companies", "author", "authors", "study", "studies", "survey", "report", "research", "event",
    "events", "book", "film", "movie", "album", "release", "press release", "announcement", "data", "award", "awards", "program",
    "programme", "project", "initiative", "campaign", "conference", "summit", "show", "series", "offering", "transaction", "merger",
    "acquisition", "partnership", "collaboration", "index", "index", "ranking", "grant", "scholarship", "competition", "contest",
    "exhibition", "festival", "trial", "clinical trial", "disease", "product", "products", "technology", "platform", "property",
    "speaker", "speakers", "artist", "artists", "designer", "editor", "founder", "founders", "ceo", "organization", "organisation",
    "foundation", "firm", "team", "methodology", "sponsor", "sponsors", "unternehmen", "gesellschaft", "empresa", "société",
    "entreprise", "nosotros", "nous", "uns", "noi", "oss", "notes", "offer", "webinar", "podcast", "analysis", "poll", "license",
    "legislation", "bill", "fund", "presale", "token", "private placement", "venue",
];

/// The name in a head of boilerplate, if `text` begins with one; empty for a head that names nobody.
pub(super) fn about(text: &str) -> Option<&str> {
    let line = bare(text.trim_start().split('\n').next().unwrap_or_default());
    let short = line.chars().nth(LONGEST_HEAD).is_none();
    let head = line.trim_end_matches([':', '：', '.', ' ']);
    if short && BARE_HEADS.iter().any(|bare| head.eq_ignore_ascii_case(bare)) {
        return Some("");
    }
    let first = line.as_bytes().first();
    let mut openings = OPENINGS.iter().filter(|opening| opening.as_bytes().first() == first);
    let opening = openings.find(|opening| line.starts_with(**opening));
    let Some(opening) = opening else {
        let head = ENDINGS.iter().find_map(|ending| head.strip_suffix(ending))?;
        return (short && starts_name(head)).then_some(head);
    };
    let rest = &line[opening.len()..];
    let rest = ["the ", "The ", "THE "]
        .iter()
        .find_map(|article| rest.strip_prefix(article))
        .unwrap_or(rest);
    before_colon(rest)
        .or_else(|| own_line(rest).filter(|_| short))
        .or_else(|| run_in(rest, opening.starts_with("ABOUT")))
}

/// The name in a head within a paragraph, where only a sure one counts: before a colon or run in.
pub(super) fn about_within(text: &str) -> Option<&str> {
    let (opening, rest) = text
        .split_once(' ')
        .filter(|(word, _)| matches!(*word, "About" | "ABOUT"))?;
    let rest = ["the ", "The ", "THE "]
        .iter()
        .find_map(|article| rest.strip_prefix(article))
        .unwrap_or(rest);
    let rest = &rest[..rest.floor_char_boundary(400)];
    before_colon(rest).or_else(|| run_in(rest, opening == "ABOUT"))
}

/// Does a name begin here: a capital, a script without capitals, or a figure that is part of a word (`1win`)?
fn starts_name(text: &str) -> bool {
    let first = text
        .trim_start_matches(['“', '"', '‘', '«', '[', '*'])
        .split(' ')
        .next()
        .unwrap_or_default();
    first
        .chars()
        .next()
        .is_some_and(|c| c.is_alphabetic() && !c.is_lowercase())
        || (first.starts_with(|c: char| c.is_ascii_digit()) && first.contains(char::is_alphabetic))
}

/// Written as a name: each word large, numbered, or one of the small words of names.
pub(super) fn is_name(text: &str) -> bool {
    let words = text.split_whitespace();
    starts_name(text)
        && text.split_whitespace().count() <= 12
        && words.into_iter().all(|word| {
            let word = word.trim_start_matches(['(', '“', '"', '‘', '*', '[', '$', '#', '@']);
            word.is_empty()
                || !word.starts_with(char::is_lowercase)
                || SMALL.contains(&word)
                || word.chars().skip(1).any(char::is_uppercase)
        })
}

fn before_colon(rest: &str) -> Option<&str> {
    // A listing holds a colon of its own: `Acme (NYSE: ACME): Acme makes`.
    if let Some(link) = rest.strip_prefix('[') {
        return link.split_once("](").map(|(name, _)| name).filter(|name| is_name(name));
    }
    let mut depth = 0_i32;
    for (at, c) in rest.char_indices().take(LONGEST_RUN_IN) {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ':' | '：' | '*' | '_' if depth <= 0 => {
                let bold = matches!(c, '*' | '_');
                if bold && !rest[at..].starts_with("**") && !rest[at..].starts_with("__") {
                    continue;
                }
                let name = rest[..at].trim();
                // `About RE:CIRCLE`: the colon is the name's own, unless the name is said again.
                let after = &rest[at + c.len_utf8()..];
                let inside = c == ':' && after.starts_with(char::is_uppercase) && !name.contains(' ');
                if inside && !starts_like(after, name) && after.split(' ').next().is_some_and(is_capitals) {
                    continue;
                }
                return (is_name(name) && !name.contains(['?', '!', ';'])).then_some(name);
            }
            '-' | '–' | '—' if depth <= 0 && rest[..at].ends_with(' ') => {
                let name = rest[..at].trim();
                return is_name(name).then_some(name);
            }
            _ => {}
        }
    }
    None
}

fn own_line(rest: &str) -> Option<&str> {
    let name = rest.trim_end_matches([':', '：']).trim();
    let words = name.split(' ').count();
    // A brand may be written small, and `us` and `this study` are.
    let numbered = name.starts_with(|c: char| c.is_ascii_digit())
        && words > 1
        && name.split(' ').skip(1).all(|word| word.starts_with(char::is_uppercase));
    let starts = numbered || starts_name(name) || (words <= 4 && name.starts_with(char::is_lowercase));
    // "Inc." ends a name, not a sentence.
    let ends_sentence = name.ends_with(['。', '?', ',', ';', '…'])
        || (words > 3 && name.ends_with('!'))
        || name
            .strip_suffix('.')
            .is_some_and(|h| !h.rsplit(' ').next().is_some_and(is_abbreviation));
    (starts && !ends_sentence).then_some(name)
}

pub(super) fn is_abbreviation(word: &str) -> bool {
    word.contains('.')
        || matches!(
            word,
            "Inc"
                | "INC"
                | "Corp"
                | "CORP"
                | "Co"
                | "Cos"
                | "Ltd"
                | "LTD"
                | "Bros"
                | "Int'l"
                | "Intl"
                | "No"
                | "Jr"
                | "Sr"
                | "St"
                | "Ph.D"
        )
}

/// A head that lost its line end: its name is said again at once, or a capital is glued to it, or it is in capitals, or the text begins
/// as such texts do.
fn run_in(rest: &str, capitals: bool) -> Option<&str> {
    let mut previous = ' ';
    let mut found = None;
    for (at, c) in rest.char_indices().take(LONGEST_RUN_IN) {
        let glued = c.is_uppercase() && (previous.is_lowercase() || matches!(previous, ')' | '®' | '™' | '.'));
        let said_again =
            at > 3 && c.is_alphanumeric() && previous.is_alphanumeric() && rest[at..].starts_with(&rest[..at]);
        // `ABOUT ACME FORGEAcme makes`
        let falls = capitals
            && c.is_uppercase()
            && previous.is_uppercase()
            && rest[at..].chars().nth(1).is_some_and(char::is_lowercase);
        let boundary = glued || c == ' ' || said_again || falls;
        previous = c;
        if !boundary || at == 0 {
            continue;
        }
        let name = rest[..at].trim_end_matches([' ', ',']);
        let after = rest[at..].trim_start();
        if !is_name(name) {
            break;
        }
        let bare = name.split(" (").next().unwrap_or(name).trim_end_matches(['®', '™']);
        let again =
            starts_like(after, bare) || after.strip_prefix("The ").is_some_and(|after| starts_like(after, bare));
        let begins = RUN_INS
            .iter()
            .any(|word| after.strip_prefix(*word).is_some_and(|rest| rest.starts_with(' ')));
        let glued = glued && name.rsplit(' ').next().is_some_and(|word| word.chars().count() > 3);
        let large = capitals && is_capitals(name);
        let small = large && after.chars().nth(1).is_some_and(char::is_lowercase);
        if again || begins || glued || small {
            // A glued capital may be a brand's own (`WorkSpan`): a name said again is surer, and comes later.
            found = Some(name);
            if again || begins {
                break;
            }
        }
    }
    found
}

fn is_capitals(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() >= 3 && !text.chars().any(char::is_lowercase)
}

/// Does `text` begin with the words of `name`, in any case?
fn starts_like(text: &str, name: &str) -> bool {
    let mut chars = text.chars();
    let same = name
        .chars()
        .flat_map(char::to_lowercase)
        .eq(chars.by_ref().take(name.chars().count()).flat_map(char::to_lowercase));
    same && chars.next().is_none_or(|c| !c.is_lowercase())
}

/// A name that a head gives, cleaned for display: without listing and marks; `None` for one that names a thing of the release.
pub(super) fn organisation(name: &str) -> Option<&str> {
    let name = name.split_once(" (").map_or(name, |(name, _)| name);
    let name = name.split_once(" [").map_or(name, |(name, _)| name);
    let name = name.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '*' | '_' | ':' | ',' | '®' | '™' | '“' | '”' | '"' | '|')
    });
    let low = name.to_lowercase();
    let low = ["the ", "this ", "our ", "die ", "das ", "la ", "el ", "le "]
        .iter()
        .find_map(|article| low.strip_prefix(article))
        .unwrap_or(&low);
    #[rustfmt::skip]
    const THINGS: &[&str] = &[
        "scholarship", "grant", "summit", "conference", "award", "awards", "podcast", "report", "study", "index", "survey", "webinar",
        "trial",
    ];
    let names_thing = low.split(' ').any(|word| THINGS.contains(&word));
    let generic = names_thing
        || GENERIC.contains(&low)
        || low.starts_with("this ")
        || name.chars().nth(100).is_some()
        || name.is_empty();
    (!generic && !name.contains("://")).then_some(name)
}
