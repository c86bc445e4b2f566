//! How one word stands to another: the same in another spelling, its opposite, or neither.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Words that turn a sentence round: with and without one it says two things.
pub(super) const TURNS: &[&str] = &[
    "not",
    "no",
    "never",
    "nor",
    "neither",
    "none",
    "cannot",
    "cant",
    "wont",
    "isnt",
    "arent",
    "doesnt",
    "didnt",
    "dont",
    "hasnt",
    "havent",
    "wasnt",
    "werent",
    "without",
    "unable",
    "nicht",
    "kein",
    "keine",
    "keinen",
    "pas",
    "aucun",
    "aucune",
    "jamais",
    "ning\u{fa}n",
    "ninguna",
    "nunca",
    "non",
    "nessun",
    "nessuna",
    "n\u{e3}o",
    "niet",
    "geen",
    "inte",
    "ikke",
    "ei",
];

/// Deeds that are told in two verbs each.
const TRADES: &[&[&str]] = &[
    &[
        "buy",
        "buys",
        "bought",
        "buying",
        "acquire",
        "acquires",
        "acquired",
        "acquiring",
    ],
    &[
        "sell",
        "sells",
        "sold",
        "selling",
        "divest",
        "divests",
        "divested",
        "divesting",
    ],
];

/// Words of which a release says one: stages of a deal, deeds and their opposites.
const TERMS: &[&[&[&str]]] = &[
    &[
        &[
            "propose",
            "proposes",
            "proposed",
            "launch",
            "launches",
            "launched",
            "commences",
            "commencement",
        ],
        &["price", "prices", "priced", "pricing", "upsizes"],
        &[
            "close",
            "closes",
            "closed",
            "closing",
            "complete",
            "completes",
            "completed",
            "completion",
        ],
    ],
    &[&["higher"], &["lower"]],
    &[&["gain", "gains", "profit"], &["loss", "losses"]],
    TRADES,
    &[&["opens", "opening", "opened"], &["closes", "closing", "closed"]],
    &[
        &["approves", "approved", "approval"],
        &["rejects", "rejected", "rejection"],
    ],
    &[&["before"], &["after"]],
    &[&["with"], &["without"]],
    &[
        &["million", "millions", "millionen", "milioni", "millones"],
        &["billion", "billions", "milliards", "milliarden", "miliardi"],
    ],
    &[
        &["accept", "accepts", "accepted", "accepting"],
        &[
            "reject",
            "rejects",
            "rejected",
            "rejecting",
            "decline",
            "declines",
            "declined",
        ],
    ],
    &[&["confirm", "confirms", "confirmed"], &["deny", "denies", "denied"]],
    &[
        &["meet", "meets", "met"],
        &[
            "miss", "misses", "missed", "breach", "breaches", "breached", "fail", "fails", "failed",
        ],
    ],
    &[
        &["suspend", "suspends", "suspended", "halts", "halted"],
        &["resume", "resumes", "resumed"],
    ],
    &[
        &["raise", "raises", "raised", "raising", "lifts"],
        &[
            "cut",
            "cuts",
            "cutting",
            "lower",
            "lowers",
            "lowered",
            "reduces",
            "reduced",
            "eliminates",
        ],
    ],
    &[&["solvent"], &["insolvent"]],
    &[
        &["join", "joins", "joined", "appoints", "appointed"],
        &["leave", "leaves", "left", "departs", "resigns", "resigned"],
    ],
    &[&["win", "wins", "won"], &["lose", "loses", "lost"]],
    &[
        &["start", "starts", "started", "begins"],
        &["stop", "stops", "stopped", "ends", "ended"],
    ],
    &[&["positive"], &["negative"]],
    &[&["grant", "grants", "granted"], &["refuse", "refuses", "refused"]],
    &[&["minimum"], &["maximum"]],
    &[&["morning"], &["afternoon"], &["evening"]],
    &[&["above"], &["below"]],
    &[
        &["north", "northern"],
        &["south", "southern"],
        &["east", "eastern"],
        &["west", "western"],
    ],
    &[&["men"], &["women"]],
];

/// The same of words that say how a thing is, of which a release has many: in a headline they exclude each other only where one stands in
/// the place of the other.
const MANNERS: &[&[&[&str]]] = &[
    &[
        &[
            "rise",
            "rises",
            "rose",
            "risen",
            "rising",
            "up",
            "increase",
            "increases",
            "increased",
            "increasing",
            "grow",
            "grows",
            "grew",
            "grown",
            "growing",
            "growth",
            "climb",
            "climbs",
            "climbed",
            "climbing",
        ],
        &[
            "fall",
            "falls",
            "fell",
            "fallen",
            "falling",
            "down",
            "decrease",
            "decreases",
            "decreased",
            "decreasing",
            "decline",
            "declines",
            "declined",
            "declining",
            "drop",
            "drops",
            "dropped",
            "dropping",
        ],
    ],
    &[&["early", "earlier", "earliest"], &["late", "later", "latest"]],
    &[&["more", "most"], &["less", "least", "fewer", "fewest"]],
    &[&["best", "better"], &["worst", "worse"]],
    &[&["strong", "stronger", "strongest"], &["weak", "weaker", "weakest"]],
    &[&["longer", "longest"], &["shorter", "shortest"]],
    &[
        &["upgrade", "upgrades", "upgraded"],
        &["downgrade", "downgrades", "downgraded"],
    ],
    &[
        &["successful", "successfully", "success"],
        &["unsuccessful", "unsuccessfully", "failure"],
    ],
    &[&["including", "includes"], &["excluding", "excludes"]],
    &[
        &["enter", "enters", "entered", "entering"],
        &["exit", "exits", "exited", "exiting"],
    ],
    &[&["import", "imports", "imported"], &["export", "exports", "exported"]],
    &[&["spring"], &["summer"], &["autumn", "fall"], &["winter"]],
    &[&["upper"], &["lower"]],
    &[&["left"], &["right"]],
];

/// Where each word stands in [`TERMS`], and behind them in [`MANNERS`]: which terms, and which group of them. Most words stand nowhere.
static PLACES: LazyLock<FxHashMap<&str, Vec<(usize, usize)>>> = LazyLock::new(|| {
    let mut places: FxHashMap<&str, Vec<(usize, usize)>> = FxHashMap::default();
    for (terms, groups) in TERMS.iter().chain(MANNERS).enumerate() {
        for (group, words) in groups.iter().enumerate() {
            for word in *words {
                places.entry(word).or_default().push((terms, group));
            }
        }
    }
    places
});

/// Does each of two words say what the other excludes?
pub(super) fn exclude(a: &str, b: &str) -> bool {
    are_letters(a, b) || common_terms(a, b).next().is_some()
}

/// The same wherever in two headlines they stand: a release announces one thing, or the other.
pub(super) fn exclude_anywhere(a: &str, b: &str) -> bool {
    are_letters(a, b) || common_terms(a, b).any(|terms| terms < TERMS.len())
}

/// Class A and Class B.
fn are_letters(a: &str, b: &str) -> bool {
    let is_letter = |word: &str| word.len() == 1 && word.bytes().all(|b| b.is_ascii_alphabetic());
    is_letter(a) && is_letter(b) && a != b
}

/// Terms of which each of two words is of another group.
fn common_terms<'w>(a: &'w str, b: &'w str) -> impl Iterator<Item = usize> + 'w {
    let places = |word: &str| PLACES.get(word).map(Vec::as_slice).unwrap_or_default();
    let pairs = places(a)
        .iter()
        .flat_map(move |a| places(b).iter().map(move |b| (a, b)));
    pairs.filter(|(a, b)| a.0 == b.0 && a.1 != b.1).map(|(a, _)| a.0)
}

/// Between two things, these say which is which: what stands before them and after them cannot change places.
pub(super) const DIRECTIONS: &[&str] = &[
    "to", "into", "from", "by", "against", "over", "than", "before", "after", "until", "behind", "instead", "nach",
    "von", "gegen", "vor", "bis", "vers", "par", "contre", "hacia", "contra", "por",
];

/// Does one of two short passages, of a few words each, have a word that excludes one of the other?
pub(super) fn reverse(a: &[&str], b: &[&str]) -> bool {
    a.iter().any(|a| b.iter().any(|b| exclude(a, b)))
}

/// A short passage, and the word before it.
#[derive(Clone, Copy)]
pub(super) struct Passage<'p> {
    pub(super) before: Option<&'p str>,
    pub(super) words: &'p [&'p str],
}

/// Is what one of two short passages does done to it in the other: `is buying` and `is being bought by`?
pub(super) fn is_other_voice(a: Passage<'_>, b: Passage<'_>) -> bool {
    is_passive_of(a, b) || is_passive_of(b, a)
}

/// Who did it, behind a deed that is told in the passive voice.
const BY: &[&str] = &["by", "von", "par", "por", "da", "door", "av", "af"];

/// What makes a deed one that is suffered.
const BE: &[&str] = &[
    "is", "are", "was", "were", "be", "been", "being", "wurde", "wurden", "wird", "est", "fue", "es",
];

/// Do words before and behind a deed make it one that is suffered: `was` sued `by`?
pub(super) fn is_passive(before: &[&str], behind: &[&str]) -> bool {
    const WITH: &[&str] = &["has", "have", "had", "will"];
    let by = matches!(behind, [by] if BY.contains(by));
    let of_being = |word: &&str| BE.contains(word) || WITH.contains(word);
    by && before.iter().any(|word| BE.contains(word)) && before.iter().all(of_being)
}

/// The deed of one, done by whoever follows: `acquires`, and `is acquired by`.
fn is_passive_of(done: Passage<'_>, does: Passage<'_>) -> bool {
    let agents = |words: &[&str]| words.iter().filter(|word| BY.contains(word)).count();
    let Some(by) = done.words.iter().position(|word| BY.contains(word)) else {
        return false;
    };
    let mut before = done.words.iter().take(by).copied().chain(done.before);
    let deed = by.checked_sub(1).and_then(|before| done.words.get(before));
    before.any(|word| BE.contains(&word))
        && agents(does.words) == 0
        && deed.is_some_and(|deed| does.words.iter().any(|other| is_one_deed(deed, other)))
}

/// Two forms of one verb, or the two verbs of a trade.
fn is_one_deed(a: &str, b: &str) -> bool {
    const STEM: usize = 4;
    let stems = a.get(..STEM).zip(b.get(..STEM));
    stems.is_some_and(|(a, b)| a == b) || TRADES.iter().any(|group| group.contains(&a) && group.contains(&b))
}

/// Equal, a beginning of it, or a slip of the pen away.
pub(super) fn is_close(a: &str, b: &str) -> bool {
    const BEGINNING: usize = 3;
    // No word is longer; a hostile one would cost the square of its length.
    const LONGEST: usize = 40;
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if short == long || (short.len() >= BEGINNING && long.starts_with(short)) {
        return true;
    }
    let letters = long.chars().take(LONGEST + 1).count();
    let slips = match letters {
        ..4 => return false,
        4..7 => 1,
        7..=LONGEST => 2,
        _ => return false,
    };
    letters - short.chars().count().min(letters) <= slips && strsim::levenshtein(short, long) <= slips
}
