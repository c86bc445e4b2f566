//! The mark of a notice in a headline: what kind it is, and the headline without it.
//!
//! The grammar is closed. A mark is one of [`WORDS`] or several joined by a slash or an "and", stands at the start (with a
//! separator after it, or in brackets) or, for corrections, at the end. The strongest word of a mark tells its kind. Capitals of
//! Business Wire (`CORRECTING and REPLACING`) need no separator: the words occur in no ordinary headline in this spelling.

use std::sync::LazyLock;

use regex::Regex;

use crate::article::Kind;
use crate::release::pattern;

/// A headline with a mark.
#[derive(Debug)]
pub(super) struct Marked {
    pub(super) kind: Kind,
    /// `None` when the mark and a company are all there is.
    pub(super) clean: Option<String>,
}

impl Marked {
    fn new(kind: Kind, clean: &str) -> Self {
        Self {
            kind,
            clean: some_text(clean),
        }
    }
}

/// The words, by what they say, the strongest kind first. Compared without regard to letter case. A wire's, a desk's or a
/// newsroom's own forms; nouns such as `RELEASE` and numbers may follow, see [`TAIL`].
#[rustfmt::skip]
const WORDS: &[(Kind, &[&str])] = &[
    (Kind::Retraction, &[
        "DISREGARD", "RETRACTION", "RETRACTED", "RETRACTING", "WITHDRAWN", "WITHDRAWAL", "MANDATORY KILL", "KILL NOTICE",
        "RETRACTION OF PRESS RELEASE", "RETRACTION OF NEWS RELEASE", "RETRACTION OF RELEASE", "RETRACTS RELEASE", "WITHDRAWAL OF PRESS RELEASE",
        "WITHDRAWAL OF NEWS RELEASE", "WITHDRAWAL OF RELEASE", "WITHDRAWS RELEASE", "WITHDRAWS PRESS RELEASE", "WITHDRAWS NEWS RELEASE",
        "WITHDRAWING RELEASE", "RELEASE RETRACTED", "STORY WITHDRAWN", "RELEASE WITHDRAWN",
        "RETRAIT DU COMMUNIQUÉ", "NE PAS TENIR COMPTE", "ZURÜCKGEZOGEN", "RETRACTACIÓN", "撤稿", "撤回",
    ]),
    (Kind::Replacement, &[
        "REPLACEMENT", "REPLACING", "REMPLACEMENT", "REMPLACE", "REEMPLAZO", "REEMPLAZA", "SUSTITUYE", "SUBSTITUI", "SOSTITUISCE",
    ]),
    (Kind::Correction, &[
        "CORRECTION", "CORRECTIONS", "CORRECTED", "CORRECTING", "CORRECTIVE", "CORRIGENDUM", "ERRATUM", "ERRATA", "AMENDMENT", "AMENDED",
        "REFILE", "ANNULE", "CORRECTIF", "CORRIGÉ", "CORRIGE", "RECTIFICATIF", "RECTIFICATION", "COMMUNIQUÉ RECTIFICATIF",
        "COMMUNIQUÉ CORRECTIF", "AVIS DE CORRECTION", "KORREKTUR", "KORREKTURMELDUNG", "KORREKTURHINWEIS", "KORRIGIERT", "KORRIGIERTE FASSUNG",
        "BERICHTIGUNG", "BERICHTIGT", "RICHTIGSTELLUNG", "CORRECCIÓN", "CORRECCION", "CORREGIDO", "RECTIFICACIÓN", "FE DE ERRATAS",
        "FE DE ERRORES", "CORRECÇÃO", "CORREÇÃO", "RETIFICAÇÃO", "CORREZIONE", "RETTIFICA", "CORREGGE", "ERRATA CORRIGE", "CORRECTIE",
        "RECTIFICATIE", "RETTELSE", "RETTING", "BERIGTIGELSE", "KORREKTION", "KORREKSJON", "KORRIGERING", "KORRIGERAD", "RÄTTELSE",
        "OIKAISU", "KORJAUS", "LEIÐRÉTTING", "PARANDUS", "LABOJUMS", "PATAISYMAS", "KOREKTA", "SPROSTOWANIE", "OPRAVA", "HELYESBÍTÉS",
        "ERATĂ", "DÜZELTME", "ИСПРАВЛЕНИЕ", "更正", "更正公告", "勘误", "勘誤", "訂正", "訂正版", "お詫びと訂正", "정정",
    ]),
    (Kind::Addition, &[
        "MULTIMEDIA UPDATE", "ADDING MULTIMEDIA", "ADDING PHOTO", "ADDING PHOTOS", "ADDING VIDEO", "ADDING GRAPHIC", "ADDITION", "ERGÄNZUNG",
        "补充", "補充",
    ]),
    (Kind::Update, &[
        "UPDATE FOR COMPLETENESS", "UPDATE", "UPDATED", "REVISED", "REVISION", "MISE À JOUR", "MISE A JOUR", "AKTUALISIERUNG", "AKTUALISIERT",
        "ACTUALIZACIÓN", "ACTUALIZACION", "ATUALIZAÇÃO", "ACTUALIZAÇÃO", "AGGIORNAMENTO", "OPDATERING", "OPPDATERING", "UPPDATERING",
        "UPPDATERAD", "PÄIVITYS", "更新", "続報", "업데이트",
    ]),
    (Kind::Repeat, &[
        "RETRANSMISSION", "RE-TRANSMISSION", "RETRANSMITTING", "RETRANSMITTED", "REPEATING", "REPEAT", "RPT", "RESEND", "RESENDING", "RESENT",
        "REISSUE", "RE-ISSUE", "REISSUED", "RÉPÉTITION", "REDIFFUSION", "RETRANSMISIÓN", "REPETICIÓN", "WIEDERHOLUNG", "GENUDSENDELSE",
        "再送", "重发", "重發", "재송",
    ]),
    (Kind::Clarification, &["CLARIFICATION", "CLARIFICATIONS", "PRÉCISION", "ACLARACIÓN", "ESCLARECIMENTO", "PRECISAZIONE", "KLARSTELLUNG", "澄清"]),
    (Kind::Advisory, &[
        "MEDIA ADVISORY", "MEDIA ALERT", "MEDIA INVITATION", "MEDIA INVITE", "MEDIA AVAILABILITY", "NEWS ADVISORY", "PHOTO ADVISORY",
        "PRESS ADVISORY", "EVENT ADVISORY", "PHOTO OP", "PHOTO OPPORTUNITY", "PRESS INVITATION", "ADVISORY", "AVIS AUX MÉDIAS",
        "INVITATION AUX MÉDIAS", "INVITATION PRESSE", "PRESSEEINLADUNG", "MEDIENEINLADUNG", "AVISO A LOS MEDIOS", "AVISO A MEDIOS",
        "ALERTA A LOS MEDIOS", "AVISO DE PAUTA", "PRESSINBJUDAN", "PRESSEINVITATION", "INVITO STAMPA", "媒体邀请", "媒體邀請",
    ]),
    (Kind::Reminder, &[
        "REMINDER", "RAPPEL", "ERINNERUNG", "RECORDATORIO", "LEMBRETE", "PROMEMORIA", "HERINNERING", "PÅMINDELSE", "PÅMINNELSE", "MUISTUTUS",
    ]),
];

/// Words that are notices in capitals only: as a verb or a name each begins ordinary headlines.
#[rustfmt::skip]
const SHOUTED: &[(Kind, &[&str])] = &[(Kind::Retraction, &["KILL", "WITHHOLD", "ELIMINATE"])];

/// What may stand before a word of a mark.
const LEAD: &str = r"(?:(?:please|notice (?:of|to)|final|first|second|third|1st|2nd|3rd|important|urgent)\s+)?";

/// What may stand after a word of a mark: the thing that it speaks of, the company as its source, its number, a word in brackets.
const TAIL: &str = r"(?:\s+(?:(?:press|news|media)\s+)?(?:release|announcement|notice|version|copy|statement|story|headline|du\s+communiqué))?(?:\s+from\s+source)?(?:\s*(?:#|no\.?\s?)?[0-9]{1,2}|\s*\([^()]{1,30}\))?";

/// Between two words of one mark: `REPEAT/CORRECTION`, `Correction and Update`, `MEDIA ADVISORY REMINDER`.
const JOIN: &str = r"(?:\s*[/&+]\s*|\s+(?i:and|et|und|y|e|og|och|en)\s+|\s+)";

/// After a mark: `: `, ` - `, ` -- `, ` — `, `/ `, or the end.
const SEPARATOR: &str = r"(?:\s*(?:[:：]|--+|[–—|])\s*|\s*-\s+|\s+-\s*|/\s+|\s*$)";

/// A mark without its separator, as a pattern.
static MARK: LazyLock<String> = LazyLock::new(|| {
    let word = format!("(?:(?i:{})|{})", alternatives(WORDS), alternatives(SHOUTED));
    format!("(?i:{LEAD}){word}(?i:{TAIL})(?:{JOIN}(?i:{LEAD}){word}(?i:{TAIL}))*")
});

/// The words as a pattern, the longest first: where one begins another, the longer is meant.
fn alternatives(words: &[(Kind, &[&str])]) -> String {
    let mut words: Vec<&str> = words.iter().flat_map(|(_, words)| words.iter().copied()).collect();
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    words.join("|").replace(' ', r"\s+")
}

/// The kind of a mark: that of its strongest word.
fn kind(mark: &str) -> Option<Kind> {
    static WORD: LazyLock<Vec<(Kind, Regex)>> = LazyLock::new(|| {
        let word = |(kind, words): &(Kind, &[&str])| {
            let word = alternatives(&[(*kind, words)]);
            (*kind, pattern(&format!(r"(?i)(?:^|\PL)(?:{word})(?:\PL|$)")))
        };
        WORDS.iter().chain(SHOUTED).map(word).collect()
    });
    WORD.iter().find(|(_, word)| word.is_match(mark)).map(|(kind, _)| *kind)
}

/// Reads the mark of a headline.
pub(super) fn marked(headline: &str) -> Option<Marked> {
    let closed = closed_up(headline);
    if let Some(company) = company_only(&closed) {
        return Some(company);
    }
    if let Some(disregarded) = disregarded(&closed) {
        return Some(disregarded);
    }
    if let Some((kind, rest)) = at_start(&closed) {
        return Some(Marked::new(kind, rest));
    }
    of_publication(without_desk(&closed))
        .or_else(|| lawyers_reminder(&closed))
        .or_else(|| at_end(without_desk(&closed)))
        .or_else(|| after_issuer(without_desk(&closed)))
        .or_else(|| statement(&closed))
}

/// PR Newswire and CNW: `/CORRECTION -- Acme Corp./` holds the company only; what follows the second slash is the headline.
fn company_only(headline: &str) -> Option<Marked> {
    let rest = headline.strip_prefix('/')?;
    let (inner, after) = rest
        .split_once("/ ")
        .or_else(|| rest.trim_end().strip_suffix('/').map(|inner| (inner, "")))?;
    at_start(inner.trim()).map(|(kind, _)| Marked::new(kind, after.trim_start_matches([' ', '-', '–', '—'])))
}

/// `NOTICE TO EDITORS: please disregard`, `ADVISORY: Acme Corp. - DISREGARD PRESS RELEASE`: the notice that announces it is
/// weaker than what it asks.
fn disregarded(headline: &str) -> Option<Marked> {
    static DISREGARD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^\W{0,3}(?:(?:media|press|news|important|urgent)\s+)*(?:advisory|alert|notice|note|attention)\b.*?(?:[:–—,]\s*|\s-\s*|--\s*)(?:please\s+)?disregard(?:\W*$|\s+(?:(?:the|our|this|previous|prior|earlier|above)\s+)*(?:(?:press|news|media)\s+)?(?:release|announcement|story)\b(?P<rest>.*)$)",
        )
    });
    let found = DISREGARD.captures(headline)?;
    let rest = found.name("rest").map_or("", |rest| rest.as_str());
    let clean = rest.trim_matches(|c: char| c.is_whitespace() || ":-–—/".contains(c));
    Some(Marked::new(Kind::Retraction, clean))
}

/// One mark or several in a row (`UPDATE - Media Advisory - ...`) at the start: the strongest kind, and what follows. What is
/// repeated may be a notice itself.
fn at_start(text: &str) -> Option<(Kind, &str)> {
    let (mut strongest, mut rest) = one(text)?;
    let is_repeat = strongest == Kind::Repeat;
    while let Some((next, after)) = one(rest).filter(|(_, after)| !after.is_empty()) {
        if !is_repeat && strength(next) < strength(strongest) {
            strongest = next;
        }
        rest = after;
    }
    Some((strongest, rest))
}

/// Place in the table: 0 is the strongest.
fn strength(kind: Kind) -> usize {
    WORDS
        .iter()
        .position(|(other, _)| *other == kind)
        .unwrap_or(WORDS.len())
}

fn one(text: &str) -> Option<(Kind, &str)> {
    static SEPARATED: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("^(?P<mark>{}){SEPARATOR}", *MARK)));
    // Each is compiled when a headline opens with its bracket: most of a long pattern's cost is its making.
    static BRACKETED: [(char, LazyLock<Regex>); 6] = [
        ('[', LazyLock::new(|| within(r"\[", r"\]"))),
        ('(', LazyLock::new(|| within(r"\(", r"\)"))),
        ('（', LazyLock::new(|| within("（", "）"))),
        ('【', LazyLock::new(|| within("【", "】"))),
        ('/', LazyLock::new(|| within("/", "/"))),
        ('*', LazyLock::new(|| within(r"\*+", r"\*+"))),
    ];
    // Reuters and dpa glue their marks to the headline.
    static GLUED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?P<mark>CORRECTED|REFILE|RPT|UPDATE [0-9]{1,2}|(?i:media (?:advisory|alert)))-|^(?P<slashed>CORRECTION|KORREKTUR|BERICHTIGUNG|RECTIFICATIF)/",
        )
    });
    let bracketed = BRACKETED.iter().find(|(open, _)| text.starts_with(*open));
    let bracketed = bracketed.map(|(_, form)| &**form);
    for form in std::iter::once(&*SEPARATED).chain(bracketed).chain([&*GLUED]) {
        if let Some(found) = form.captures(text) {
            let mark = found.iter().skip(1).flatten().next()?.as_str();
            let (kind, rest) = (kind(mark)?, text.get(found.get(0)?.end()..)?.trim_start());
            return (!is_of_a_period(kind, mark, rest) && !is_of_a_constitution(mark)).then_some((kind, rest));
        }
    }
    shouted(text)
}

/// A mark in brackets at the start, as a pattern.
fn within(open: &str, close: &str) -> Regex {
    pattern(&format!(r"^{open}\s*(?P<mark>{})\s*{close}{SEPARATOR}?\s*-?", *MARK))
}

/// `Update: 2025's Prices by City`: the yearly update of a series, no update of a release. A wire's mark is in capitals.
fn is_of_a_period(kind: Kind, mark: &str, rest: &str) -> bool {
    static PERIOD: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:(?:19|20)[0-9]{2}|Q[1-4]|H[12])\b"));
    kind == Kind::Update && mark.contains(char::is_lowercase) && PERIOD.is_match(rest)
}

/// `Second Amendment: …`: an article of a constitution.
fn is_of_a_constitution(mark: &str) -> bool {
    static ARTICLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^(?:first|second|1st|2nd)\s+amendment\b"));
    ARTICLE.is_match(mark)
}

/// Business Wire: `CORRECTING and REPLACING PHOTO Headline`, `ADDING MULTIMEDIA Headline`.
fn shouted(text: &str) -> Option<(Kind, &str)> {
    const SHOWN: &str = "(?:MULTIMEDIA|PHOTOS?|VIDEOS?|GRAPHICS?|LOGOS?|IMAGES?|AUDIO|INTERACTIVE)";
    static REPLACING: LazyLock<Regex> = LazyLock::new(|| {
        pattern(&format!(
            r"^(?:CORRECTING|CORRECTION|CORRECTED|ADDING|UPDATING|CORRECCIÓN|CORRIGE|KORREKTUR) (?P<and>and|AND|&|et|und|y|e) (?:REPLACING|REPLACEMENT|REMPLACEMENT|REMPLACE|REEMPLAZO|REEMPLAZA|ERSATZ)(?: {SHOWN}\b)?(?:{SEPARATOR}|\s+)"
        ))
    });
    static ADDING: LazyLock<Regex> = LazyLock::new(|| {
        pattern(&format!(
            r"^ADDING {SHOWN}(?:(?: and | AND | & |, ){SHOWN})*(?P<end>{SEPARATOR}|\s+)"
        ))
    });
    // All in capitals, the same words are an ordinary sentence.
    let is_sentence = |rest: &str| !rest.chars().any(char::is_lowercase) && rest.chars().any(char::is_alphabetic);
    if let Some(found) = REPLACING.captures(text) {
        let (whole, rest) = (found.get(0)?.as_str(), text.get(found.get(0)?.end()..)?);
        let is_separated = whole.trim_end().ends_with([':', '-', '–', '—', '|']);
        return (is_separated || &found["and"] != "AND" || !is_sentence(rest)).then_some((Kind::Replacement, rest));
    }
    let found = ADDING.captures(text)?;
    let rest = text.get(found.get(0)?.end()..)?;
    let is_object = found["end"].trim().is_empty() && is_sentence(rest);
    (!is_object).then_some((Kind::Addition, rest))
}

/// `EQS-News: ` and its like: the desk, not the issuer.
fn without_desk(headline: &str) -> &str {
    static DESK: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:EQS|DGAP)-[A-Za-z-]{2,20}:\s*"));
    DESK.find(headline)
        .and_then(|desk| headline.get(desk.end()..))
        .unwrap_or(headline)
}

/// `Acme Reports Results (CORRECTING and REPLACING)`, `Firma AG: Titel (Korrektur)`, `Acme A/S buys Bolt - Correction`.
fn at_end(headline: &str) -> Option<Marked> {
    static BRACKETED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(&format!(
            r"^(?P<rest>.*\S)\s*[(\[（【]\s*(?P<mark>{})\s*[)\]）】]$",
            *MARK
        ))
    });
    static DASHED: LazyLock<Regex> =
        LazyLock::new(|| pattern(&format!(r"^(?P<rest>.*\S)\s+(?:--?|[–—])\s*(?P<mark>{})$", *MARK)));
    let read = |form: &Regex| {
        let found = form.captures(headline)?;
        Some((kind(&found["mark"])?, found.name("rest")?.as_str()))
    };
    let closes = headline.ends_with([')', ']', '）', '】']);
    if let Some((kind, rest)) = closes.then(|| read(&BRACKETED)).flatten() {
        let is_revision = matches!(
            kind,
            Kind::Retraction | Kind::Replacement | Kind::Correction | Kind::Update
        );
        return is_revision.then(|| Marked::new(kind, rest));
    }
    // After a dash, `Update` is the subject of the headline.
    let dashed = headline.contains(['-', '–', '—']);
    let (kind, rest) = dashed.then(|| read(&DASHED)).flatten()?;
    matches!(kind, Kind::Replacement | Kind::Correction).then(|| Marked::new(kind, rest))
}

/// `Acme A/S: Correction: Share buyback`, `Acme A/S – Correction of previous announcement`, `EQS-News: Korrektur: Acme AG: Titel`.
fn after_issuer(headline: &str) -> Option<Marked> {
    if let Some((kind, rest)) = at_start(headline) {
        return Some(Marked::new(kind, rest));
    }
    static ISSUER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[^:]{2,60}?(?::| [/–—-])\s+"));
    let issuer = ISSUER.find(headline)?;
    let after = headline.get(issuer.end()..)?;
    let is_revision = |kind: Kind| matches!(kind, Kind::Replacement | Kind::Correction);
    match at_start(after) {
        Some((kind, rest)) if is_revision(kind) && !rest.is_empty() => {
            Some(Marked::new(kind, &format!("{}{rest}", issuer.as_str())))
        }
        _ => stated(after)
            .filter(|kind| is_revision(*kind))
            .map(|kind| Marked::new(kind, headline)),
    }
}

/// `Korrektur der Veröffentlichung vom 07.05.2024, 10:00 Uhr MEZ/MESZ - Titel`, `Korrektur zu OTS0042: Titel`.
fn of_publication(headline: &str) -> Option<Marked> {
    static DATED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?i:Korrektur|Berichtigung) (?:der|einer) (?:\p{L}+-?)*(?:(?i:veröffentlichung|mitteilung|meldung)) vom [^–—-]{6,60}[–—-]\s*(?P<rest>.+)$",
        )
    });
    static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^(?i:Korrektur|Berichtigung) (?:zu|der|von) OTS ?-?[0-9]{3,4}\b[^:–—]{0,40}[:–—]\s*(?P<rest>.+)$")
    });
    if let Some(found) = DATED.captures(headline) {
        return Some(Marked::new(Kind::Replacement, &found["rest"]));
    }
    NUMBERED
        .captures(headline)
        .map(|found| Marked::new(Kind::Correction, &found["rest"]))
}

/// `MGPI REMINDER: …`, `Class Action Reminder (MGPI): …`: law firms put the ticker in front or in brackets.
fn lawyers_reminder(headline: &str) -> Option<Marked> {
    static REMINDER: LazyLock<Regex> = LazyLock::new(|| {
        pattern(&format!(
            r"^(?:[A-Z]{{1,6}} )?(?i:(?:(?:investor|shareholder|stockholder|deadline|final|lawsuit|class action|securities|fraud) )*reminder)(?: \([A-Z.]{{1,6}}\))?{SEPARATOR}(?P<rest>.+)$"
        ))
    });
    REMINDER
        .captures(headline)
        .map(|found| Marked::new(Kind::Reminder, &found["rest"]))
}

/// Headlines that are the notice: `Correction to company announcement no. 12`, `Clarification Regarding Unapproved Press Release`.
/// They are their own clean headline, for they hold none of the release that they speak of.
fn statement(headline: &str) -> Option<Marked> {
    Some(Marked::new(stated(headline)?, headline))
}

/// What kind of notice a text states that it is.
fn stated(text: &str) -> Option<Kind> {
    static STATEMENTS: LazyLock<[(Kind, Regex); 4]> = LazyLock::new(|| {
        [
            (
                Kind::Clarification,
                pattern(
                    r"(?is)^(?:clarification|clarifying statement) (?:regarding|on|of|to|about|concerning) .*\b(?:(?:press|news) release|announcement|story)\b",
                ),
            ),
            (
                Kind::Correction,
                pattern(
                    r"(?ix)^(?:correction|corrective|corrigendum|rättelse|korrigering|rettelse|korrektion|korreksjon|korrektur|berichtigung|rectificatif|rectification)
                        \s (?: (?:to|of|in|regarding|concerning|av|af|til|zu|zur|der|einer|au|du|à) \s [^:]{0,80}?
                            (?: \b(?:announcement|(?:press|news|exchange)\ release|communiqué|disclosure)\b | \brelease\ (?:from|of|dated)\b
                              | meddelande | meddelelse | mitteilung | meldung | veröffentlichung )
                          | to\ [^:]{0,80}?\bstory\b )",
                ),
            ),
            // Finnish has cases where others have prepositions.
            (Kind::Correction, pattern(r"(?i)^(?:oikaisu|korjaus)\b.*tiedottee")),
            (
                Kind::Retraction,
                pattern(
                    r"(?i)\b(?:retracts|rescinds|withdraws)(?: (?:its|the|previous|prior|earlier|recent|erroneous|unauthorized))* (?:press|news) release",
                ),
            ),
        ]
    });
    STATEMENTS
        .iter()
        .find(|(_, statement)| statement.is_match(text))
        .map(|(kind, _)| *kind)
}

fn some_text(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// `C O R R E C T I O N -- X` to `CORRECTION -- X`: only where every letter stands alone. Wider gaps divide words.
fn closed_up(text: &str) -> String {
    static SPACED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^(?P<open>[/(\[*]*\s*)(?P<letters>\p{Lu}(?:\s+\p{Lu}){3,})(?P<rest>\s*(?:[/:：)\]*–—-].*)?)$")
    });
    let Some(found) = SPACED.captures(text) else {
        return text.to_owned();
    };
    let words: Vec<String> = found["letters"]
        .split("  ")
        .map(|word| word.split_whitespace().collect())
        .collect();
    let words: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !word.is_empty())
        .collect();
    format!("{}{}{}", &found["open"], words.join(" "), &found["rest"])
}
