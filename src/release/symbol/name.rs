//! The organisation that is named right before a bracket of listings.
//!
//! A run of capitalised words that ends at the bracket. It is given only when its beginning is sure: after a lower-case word, a
//! word that no name holds, punctuation, or at the start of the line. A headline in title case has no such beginning.

use super::exchange::is_label;
use crate::release::legal_form::is_legal_form;
use crate::text::letters;

/// Words after "and" that make it part of the name: Oil and Gas, Products and Services.
#[rustfmt::skip]
const AFTER_AND: &[&str] = &[
    "beverage", "chemicals", "co", "company", "development", "entertainment", "gas", "materials", "production", "resources", "sciences",
    "services", "solutions", "sons", "steel", "technologies", "technology", "trust",
];

/// Characters that a name may have; a longer run is a headline.
const MAX_NAME_CHARS: usize = 60;

/// Words that stand before a name, in a headline or at the start of a sentence, and never inside one.
#[rustfmt::skip]
const NEVER_IN_NAMES: &[&str] = &[
    "a", "about", "acquire", "acquires", "action", "after", "against", "alert", "an", "announce", "announces", "announced", "announcing", "are", "as",
    "at", "before", "behalf", "between", "but", "buy", "buys", "by", "ceo", "certain", "chairman", "class", "closes", "completes", "concerning", "customer",
    "deadline", "director", "during", "encourages", "expands", "featured", "features", "files", "filed", "following", "for", "from", "has", "have", "how", "if", "in",
    "including", "into", "investigates", "investigating", "investigation", "investing", "investors", "is", "it", "its", "joins", "launches", "lawsuit", "like", "losses",
    "names", "near", "notice", "on", "our", "over", "parent", "partner", "partners", "president", "provides", "receives", "regarding", "releases",
    "reminds", "report", "reports", "result", "results", "saw", "secures", "selects", "shareholder", "shareholders", "shares", "signs", "since", "stockholders", "subsidiary", "than", "that",
    "this", "through", "to", "today", "toward", "towards", "under", "unveils", "update", "updates", "urges", "via", "was", "we", "when", "where", "which", "while", "who", "whose", "will",
    "with", "within", "versus", "vs",
];

/// What a name cannot consist of alone.
#[rustfmt::skip]
const GENERIC: &[&str] = &[
    "bank", "businesses", "common", "companies", "company", "corporation", "exchange", "fund", "group", "issuer", "market", "ordinary", "preferred", "price",
    "securities", "share", "stock", "ticker", "trust", "units", "warrants",
];

/// Words before "of" that make it part of the name: Bank of America.
#[rustfmt::skip]
const BEFORE_OF: &[&str] = &[
    "bank", "bancorp", "board", "brands", "college", "company", "corporation", "institute", "royal", "society",
    "trust", "university",
];

/// Bytes before a bracket that are looked at: a name, and the bracket that says what the text calls it.
const REACH_BYTES: usize = 400;

/// What makes two names one organisation's: words in lower case, without legal forms and "the".
pub(super) fn folded(name: &str) -> String {
    let words: Vec<String> = name
        .split_whitespace()
        .map(letters)
        .filter(|word| !word.is_empty())
        .collect();
    let first = usize::from(words.len() > 1 && words[0] == "the");
    let forms = words.iter().rev().take_while(|word| is_legal_form(word)).count();
    let end = (words.len() - forms).max(first + 1).min(words.len());
    words[first..end].join(" ")
}

/// Words that many names share: a name of such words alone begins many others.
#[rustfmt::skip]
const SHARED: &[&str] = &[
    "american", "associates", "asset", "australian", "british", "canadian", "capital", "china", "chinese", "city", "co", "energy", "european", "federal", "finance",
    "financial", "first", "foundation", "french", "general", "german", "global", "gold", "great", "holding", "holdings", "home", "india", "industries", "insurance",
    "international", "investment", "investments", "japan", "life", "management", "media", "mining", "national", "new", "north", "northern", "of", "oil", "one", "pacific",
    "partners", "power", "real", "research", "resources", "royal", "services", "silver", "solutions", "south", "southern", "standard", "state", "systems", "technologies",
    "technology", "the", "union", "united", "university", "us", "usa", "western", "world", "york",
];

/// Articles that begin names in the languages of the wires.
const ARTICLES: &[&str] = &[
    "the", "die", "der", "das", "la", "le", "les", "el", "los", "las", "il", "lo", "de", "het",
];

/// How near two names are to one organisation's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// They are one but for legal form, article, case and punctuation.
    Same,
    /// One begins the other by whole words, of which one is its own: `Newmont` and `Newmont Mining Corporation`.
    Begins,
    Other,
}

pub(super) fn likeness(one: &str, other: &str) -> Likeness {
    let words = |name: &str| -> Vec<String> {
        let folded = folded(name);
        let words: Vec<String> = folded.split(' ').map(str::to_owned).collect();
        match words.split_first() {
            Some((first, rest)) if !rest.is_empty() && ARTICLES.contains(&first.as_str()) => rest.to_vec(),
            _ => words,
        }
    };
    let (one_words, other_words) = (words(one), words(other));
    if one_words == other_words && !one_words.concat().is_empty() {
        return Likeness::Same;
    }
    let ([short, long], printed) = if one_words.len() < other_words.len() {
        ([one_words, other_words], other)
    } else {
        ([other_words, one_words], one)
    };
    let is_own = |word: &String| {
        let word = word.as_str();
        word.chars().count() > 1 && !is_legal_form(word) && ![SHARED, GENERIC].iter().any(|known| known.contains(&word))
    };
    // `Johnson` begins `Johnson & Johnson`, and is not it.
    let goes_on = printed.contains(" & ")
        || long
            .get(short.len())
            .is_some_and(|word| matches!(word.as_str(), "and" | "of" | "und" | "et" | "y"));
    // `Hess Corporation` and `Hess Infrastructure Partners LP`: both are whole.
    let is_whole = |name: &str| name.split_whitespace().next_back().is_some_and(is_legal_form);
    let are_whole = is_whole(one) && is_whole(other);
    if long.starts_with(&short) && short.iter().any(is_own) && !goes_on && !are_whole {
        Likeness::Begins
    } else {
        Likeness::Other
    }
}

/// The fuller of two names of one organisation; of equals the one that is not shouted.
pub(super) fn fuller<'n>(one: &'n str, other: &'n str) -> &'n str {
    let is_shouted = |name: &str| !name.contains(char::is_lowercase) && name.contains(' ');
    match (is_shouted(one), is_shouted(other)) {
        (true, false) => other,
        (false, true) => one,
        _ if other.chars().count() > one.chars().count() => other,
        _ => one,
    }
}

/// The name that ends where `before` ends.
pub(super) fn organisation_before(before: &str) -> Option<String> {
    let before = &before[before.ceil_char_boundary(before.len().saturating_sub(REACH_BYTES))..];
    let before = without_alias(before.trim_end());
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = &before[line_start..];
    let words: Vec<&str> = line
        .split_whitespace()
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .take(16)
        .collect();
    let mut kept: Vec<&str> = Vec::new();
    let mut chars = 0;
    for (index, &printed) in words.iter().enumerate() {
        let word = without_mark(printed);
        // "About Acme, Inc.® Acme™"
        let is_signed = printed.len() > word.len() && printed.ends_with(['®', '™', ')']);
        if index > 0 && is_signed && is_legal_form(word) {
            break;
        }
        let left = words.get(index + 1).copied().unwrap_or_default();
        match join(word, kept.last().copied(), left) {
            Joint::Inside => kept.push(word),
            Joint::Before => break,
            Joint::Unsure => return None,
        }
        chars += word.chars().count() + 1;
        if chars > MAX_NAME_CHARS || index == 15 {
            return None;
        }
        if !printed.starts_with(word) {
            break;
        }
    }
    kept.reverse();
    let joined = kept.join(" ");
    let name =
        joined.trim_matches(|c: char| matches!(c, '“' | '”' | '"' | '‘' | '’' | '\'' | ',' | '*') || c.is_whitespace());
    let name = without_possessive(name);
    // The end of a sentence that a bracket follows, not of an abbreviation.
    let spelled_out = ["Limited.", "Corporation.", "Company.", "Group.", "Holdings.", ".."];
    let ends = spelled_out.iter().any(|word| name.ends_with(word));
    let name = name.strip_suffix('.').filter(|_| ends).unwrap_or(name);
    let name = without_article(without_repeat(name, before));
    is_name(name).then(|| name.to_owned())
}

/// The second of two names that stand in a row, as a heading and the line below it: `LPL FINANCIAL LPL Financial Holdings Inc.`,
/// `Cboe Global MarketsCboe Global Markets`.
fn without_repeat<'n>(name: &'n str, before: &str) -> &'n str {
    let starts: Vec<usize> = name
        .split(' ')
        .map(|word| word.as_ptr() as usize - name.as_ptr() as usize)
        .collect();
    let folded = |text: &str| -> Vec<String> { text.split_whitespace().map(letters).collect() };
    for &at in starts.iter().skip(2) {
        let (first, second) = (folded(&name[..at]), folded(&name[at..]));
        if second.starts_with(&first) {
            return &name[at..];
        }
    }
    let seams = name.char_indices().zip(name.chars().skip(1));
    let seam = seams.filter(|((_, left), right)| left.is_lowercase() && right.is_uppercase());
    let rests = seam.filter_map(|((at, left), _)| name.get(at + left.len_utf8()..));
    // `ZenaTech Inc.` has a seam, too: only what else begins like this name was glued.
    let is_glued = |rest: &&str| {
        let mut words = rest.split(' ');
        let opening = words
            .next()
            .zip(words.next())
            .map(|(first, second)| format!("{first} {second}"));
        let stands_elsewhere = |opening: &String| {
            before
                .match_indices(opening.as_str())
                .any(|(at, _)| !before[..at].ends_with(char::is_alphanumeric))
        };
        rest.starts_with("The ") || opening.as_ref().is_some_and(stands_elsewhere)
    };
    rests.into_iter().find(is_glued).unwrap_or(name)
}

/// A name without the article that begins its sentence: `Die Nordstahl AG`, `El Banco Acme`, not `La Française`.
fn without_article(name: &str) -> &str {
    const KINDS: &[&str] = &[
        "banco",
        "banca",
        "bank",
        "banque",
        "compagnie",
        "compañía",
        "empresa",
        "groep",
        "groupe",
        "grupo",
        "gruppo",
        "gruppe",
        "sociedad",
        "società",
        "société",
    ];
    let Some((article, rest)) = name.split_once(' ') else {
        return name;
    };
    let has_form = rest.contains(' ') && rest.rsplit(' ').next().is_some_and(is_legal_form);
    let names_kind = rest
        .split(' ')
        .next()
        .is_some_and(|word| KINDS.contains(&letters(word).as_str()));
    let is_article = match article {
        "Die" | "Der" | "Das" | "Het" => has_form || names_kind,
        "El" | "La" | "Le" | "Il" | "De" => names_kind,
        _ => false,
    };
    if is_article { rest } else { name }
}

/// Steps over the brackets that say what the text calls the organisation, or where its page is:
/// `Acme Inc. (“Acme” or the “Company”)`, `Acme Inc., (www.acme.example)`.
fn without_alias(mut before: &str) -> &str {
    for _ in 0..3 {
        let Some((name, alias)) = before.strip_suffix(')').and_then(|inside| inside.rsplit_once('(')) else {
            break;
        };
        let says_who = alias.contains(['“', '"', '”']) && !alias.contains(':');
        let says_where = alias.contains("www.") || alias.contains("://");
        // `Acme Gold Corporation (Acme)`
        let is_short = !alias.is_empty() && alias.len() <= 30 && name.contains(alias);
        if alias.contains(')') || !(says_who || says_where || is_short) {
            break;
        }
        before = name.trim_end();
    }
    before
}

/// Where a word stands with respect to the name to its right.
enum Joint {
    Inside,
    Before,
    Unsure,
}

/// `right` is the word of the name that follows (none at the bracket), `left` the word before.
fn join(word: &str, right: Option<&str>, left: &str) -> Joint {
    let lower = letters(word);
    let is_form = |text: &str| is_legal_form(without_possessive(text));
    if word.starts_with('$') || ["),", ");", ")."].iter().any(|end| word.ends_with(end)) {
        return Joint::Before;
    }
    if word.contains(['(', ')', '[', ']']) {
        return Joint::Unsure;
    }
    if lower.is_empty() && word != "&" {
        return Joint::Before;
    }
    // `24.11.2026. Acme AG`: a date or an hour.
    if !word.contains(char::is_alphabetic) && word.contains(['.', '/', ':']) {
        return Joint::Before;
    }
    if let Some(right) = right {
        let sentence_ends =
            word.ends_with('.') && !is_form(word) && lower.len() > 1 && !word.trim_end_matches('.').contains('.');
        // "Acme, Inc. Acme Inc." at the seam of two paragraphs
        let form_ends = word.ends_with('.') && is_form(word) && !is_form(right) && right != "&";
        if word.ends_with([';', ':', '!', '?'])
            || sentence_ends
            || form_ends
            || (word.ends_with(',') && !is_form(right))
            || word.ends_with(['”', '’', '"', '®', '™']) && is_form(word)
        {
            return Joint::Before;
        }
        // "Alliance Partners, L.P.", "beispielhaft SE"
        let is_short_form = is_form(right) && (2..=4).contains(&letters(right).len()) && is_capitalised(right);
        let is_brand = is_short_form && lower.len() > 3 && !NEVER_IN_NAMES.contains(&lower.as_str());
        if is_form(right) && is_capitalised(word) && lower != "the" || is_brand {
            return Joint::Inside;
        }
    } else if is_form(word) && lower.len() <= 4 {
        // "Acme plc"
        return Joint::Inside;
    }
    if NEVER_IN_NAMES.contains(&lower.as_str()) {
        return Joint::Before;
    }
    match word {
        "and" if right.is_some_and(|right| AFTER_AND.contains(&letters(right).as_str())) => return Joint::Inside,
        "and" if is_capitalised(left) && !left.ends_with([')', ']', ',', ';']) => return Joint::Unsure,
        "of" if BEFORE_OF.contains(&letters(left).as_str()) && is_capitalised(left) => return Joint::Inside,
        "de" | "du" | "la" | "van" | "von" if is_capitalised(left) => return Joint::Inside,
        "&" if right.is_some() && is_capitalised(left) => return Joint::Inside,
        _ => {}
    }
    if is_capitalised(word) {
        Joint::Inside
    } else {
        Joint::Before
    }
}

/// A word without the wire's mark before it (`WIRE)--Acme`), which begins a name, and without a trade mark's sign behind it.
fn without_mark(word: &str) -> &str {
    let begin = ["--", "—", ")–"]
        .iter()
        .filter_map(|mark| word.rfind(mark).map(|at| at + mark.len()))
        .max();
    let rest = word[begin.unwrap_or(0)..].trim_start_matches(['-', '–', '—']);
    let end = ["(TM)", "(tm)", "(R)", "(r)", "™", "®"]
        .iter()
        .find_map(|sign| rest.strip_suffix(sign));
    end.filter(|rest| !rest.is_empty()).unwrap_or(rest)
}

fn without_possessive(name: &str) -> &str {
    ["’s", "'s", "’", "'"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(name)
}

/// Acme, 3M, eBay, “Acme.
fn is_capitalised(word: &str) -> bool {
    word.chars()
        .find(|c| c.is_alphanumeric())
        .is_some_and(|c| !c.is_lowercase())
        || word.chars().skip(1).take(2).any(char::is_uppercase)
}

fn is_name(name: &str) -> bool {
    let words: Vec<String> = name.split_whitespace().map(letters).collect();
    let Some((first, last)) = words.first().zip(words.last()) else {
        return false;
    };
    let in_capitals = name.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    let is_form = |word: &String| is_legal_form(word);
    // "ASX Limited" is a company, "Nasdaq Stock Market LLC" the market.
    let is_market = (is_label(name) && !(is_form(last) && last != "llc"))
        || ["stock exchange", "securities exchange"]
            .iter()
            .any(|end| words.join(" ").ends_with(end));
    let is_generic = |word: &String| word == "the" || GENERIC.contains(&word.as_str());
    let is_shouted = in_capitals && words.len() > 4;
    let says_nothing = words.iter().all(is_generic) || words.iter().all(is_form);
    let is_whole = !first.is_empty() && last != "of" && name.chars().filter(|c| c.is_alphanumeric()).count() > 1;
    is_whole && !is_market && !is_shouted && !says_nothing
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_end_at_the_bracket() {
        for (before, want) in [
            (
                "Peapack-Gladstone Financial Corporation ",
                Some("Peapack-Gladstone Financial Corporation"),
            ),
            ("LONDON – Acme, Inc. ", Some("Acme, Inc.")),
            ("We sold it. Today Acme Corp. ", Some("Acme Corp.")),
            ("shares of Bank of America ", Some("Bank of America")),
            ("the units of Johnson & Johnson ", Some("Johnson & Johnson")),
            ("text of eBay ", Some("eBay")),
            ("said 3M ", Some("3M")),
            ("Law Firm Announces Investigation of Acme Ltd ", Some("Acme Ltd")),
            ("Bremen, 24. November 2026 – Die Nordstahl AG ", Some("Nordstahl AG")),
            ("24.11.2026. Die Nordstahl AG ", Some("Nordstahl AG")),
            ("El Banco Acme ", Some("Banco Acme")),
            ("with La Française ", Some("La Française")),
            (
                "with El Pollo Loco Holdings, Inc. ",
                Some("El Pollo Loco Holdings, Inc."),
            ),
            (
                "LPL FINANCIAL LPL Financial Holdings Inc. ",
                Some("LPL Financial Holdings Inc."),
            ),
            (
                "Acme Energy Corporation Acme Energy Corporation ",
                Some("Acme Energy Corporation"),
            ),
            (
                "About Cboe Global MarketsCboe Global Markets ",
                Some("Cboe Global Markets"),
            ),
            (
                "news of Cboe Global Markets. Cash Settled OptionsCboe Global Markets ",
                Some("Cboe Global Markets"),
            ),
            (
                "About Western UnionThe Western Union Company ",
                Some("The Western Union Company"),
            ),
            ("Tech stocks: ZenaTech, Inc. ", Some("ZenaTech, Inc.")),
            (
                "shares of Pizza Pizza Royalty Corp. ",
                Some("Pizza Pizza Royalty Corp."),
            ),
            (
                "Brookfield Renewable Partners L.P. ",
                Some("Brookfield Renewable Partners L.P."),
            ),
            ("of the L.P. ", None),
            ("its parent, The Timken Company ", Some("The Timken Company")),
            ("Acme’s ", Some("Acme")),
            ("One line\nAcme Gold Corp.\u{a0}", Some("Acme Gold Corp.")),
            ("Acme Inc. (“Acme” or the “Company”) ", Some("Acme Inc.")),
            ("Bolt Co. (NYSE: B) and Acme Ltd. ", Some("Acme Ltd.")),
            ("shares of Acme Materials plc ", Some("Acme Materials plc")),
            (
                "Coverage on Acme Resource Partners, L.P. ",
                Some("Acme Resource Partners, L.P."),
            ),
            ("$ACME Acme Fuels, Inc. ", Some("Acme Fuels, Inc.")),
            ("May 2, 2024 --Acme Corporation ", Some("Acme Corporation")),
            ("LONDON--(BUSINESS WIRE)--Acme ", Some("Acme")),
            ("LONDON–(BUSINESS WIRE)–The Acme Company ", Some("The Acme Company")),
            ("About Acme AI(TM) ", Some("Acme AI")),
            ("About Acme, Inc. Acme Inc.. ", Some("Acme Inc.")),
            ("About Acme & Associates, Inc.® Acme™ ", Some("Acme")),
            ("that Acme Gold Corporation’s (Acme) ", Some("Acme Gold Corporation")),
            (
                "of Acme Products and Chemicals, Inc. ",
                Some("Acme Products and Chemicals, Inc."),
            ),
            ("Acme, Inc.’s ", Some("Acme, Inc.")),
            ("Acme, Inc., (www.acme.example) (the “Company”) ", Some("Acme, Inc.")),
            (
                "from Bolt (NASDAQ: B), Acme Health Sciences ",
                Some("Acme Health Sciences"),
            ),
            (
                "Acme Internet Products and Services Inc. ",
                Some("Acme Internet Products and Services Inc."),
            ),
            ("contact Acme Holdings Limited. ", Some("Acme Holdings Limited")),
            ("their coverage on ASX Limited ", Some("ASX Limited")),
            ("- beispielhaft SE (\"beispielhaft\") ", Some("beispielhaft SE")),
            ("the Canadian Stock Exchange ", None),
            ("Price Target of $3.37 per Share ", None),
            ("listed on the OTC ", None),
            ("Bed Bath and Beyond ", None),
            ("of Acme and Bolt ", None),
            ("the Company ", None),
            ("Acme (formerly Bolt) Inc. ", None),
            ("ACME GOLD DRILLS NEW HOLE NORTH ", None),
            (
                "Title Case Headline Words That Go On And On Without Any End Acme Gold Mining Of ",
                None,
            ),
            ("it is listed ", None),
            ("", None),
        ] {
            assert_eq!(organisation_before(before).as_deref(), want, "{before}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(before in "([A-Z&.,a-z ’“]|\\PC){0,80}") {
            if let Some(name) = organisation_before(&before) {
                prop_assert!(name.chars().count() <= MAX_NAME_CHARS);
            }
        }
    }
}
