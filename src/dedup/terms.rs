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

/// Words of which a release says one: stages of a deal, directions, opposites.
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
    &[
        &["rise", "rises", "rose", "rising", "up"],
        &["fall", "falls", "fell", "falling", "down"],
    ],
    &[
        &["increase", "increases", "increased", "increasing"],
        &["decrease", "decreases", "decreased", "decreasing"],
    ],
    &[&["higher"], &["lower"]],
    &[&["gain", "gains", "profit"], &["loss", "losses"]],
    &[
        &["buy", "buys", "bought", "acquires"],
        &["sell", "sells", "sold", "divests"],
    ],
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
    &[&["buying"], &["selling", "bought"]],
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

/// Where each word stands in [`TERMS`]: which terms, and which group of them. Most words stand nowhere.
static PLACES: LazyLock<FxHashMap<&str, Vec<(usize, usize)>>> = LazyLock::new(|| {
    let mut places: FxHashMap<&str, Vec<(usize, usize)>> = FxHashMap::default();
    for (terms, groups) in TERMS.iter().enumerate() {
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
    // Class A and Class B.
    let is_letter = |word: &str| word.len() == 1 && word.bytes().all(|b| b.is_ascii_alphabetic());
    if is_letter(a) && is_letter(b) {
        return a != b;
    }
    let places = |word: &str| PLACES.get(word).map(Vec::as_slice).unwrap_or_default();
    let mut pairs = places(a).iter().flat_map(|a| places(b).iter().map(move |b| (a, b)));
    pairs.any(|(a, b)| a.0 == b.0 && a.1 != b.1)
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
