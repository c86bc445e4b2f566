//! The sentence by which a notice names the release that it speaks of.
//!
//! In: the opening of a text. Out: what the sentence says: kind of notice, headline, date and wire of the earlier release, each
//! only if it is said. One table of sentences, in the order in which they are tried: the wires' own first, then what newsrooms
//! write. Headline, date and wire are read within the sentence, whatever their order.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, Utc};
use regex::{Regex, RegexSet};

use crate::article::Kind;
use crate::release::{day, pattern, patterns};
use crate::wire;

/// The release that an opening names, and what it says of it.
#[derive(Debug, Default)]
pub(super) struct Target {
    pub(super) kind: Option<Kind>,
    pub(super) headline: Option<String>,
    /// It bore the headline of the notice itself.
    pub(super) same_headline: bool,
    pub(super) date: Option<NaiveDate>,
    /// Display name of the wire that carried it.
    pub(super) wire: Option<String>,
}

/// Bytes of a sentence after the words that announce it.
const LONGEST: usize = 500;

/// A headline in quotation marks, as a pattern.
const QUOTED: &str = r#"(?:[«"“„‟「『《]\s*(?P<title>[^»"”“」』》\n]{3,}?)[,.]?\s*[»"”“」』》])"#;

/// What makes a sentence the notice that it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// Its words are enough.
    Words,
    /// They also open ordinary paragraphs: it must speak of an error, too.
    Error,
    /// They also speak of other things than releases: it must name headline or date.
    Target,
}

/// The sentences. `title` is the headline that they quote, `date` a date that stands before the words. The short pattern is of words that
/// the sentence cannot do without, in any case and without word ends.
#[rustfmt::skip]
static SENTENCES: LazyLock<Vec<(Kind, Proof, &str, Regex)>> = LazyLock::new(|| {
    [
        // PR Newswire's kill: readers "should disregard the news release, <headline>, issued <date> over PR Newswire".
        (Kind::Retraction, Proof::Words, "disregard", r"(?s)(?:should|to) disregard (?:the|its|our) (?:(?:news|press) )?release,?\s+(?P<title>.+?)[,.]?\s+(?:(?:that|which) was )?(?:issued|distributed|sent|published)\b"),
        (Kind::Retraction, Proof::Target, "retract|rescind|withdr", r"\b(?:retract(?:s|ed|ing)|rescind(?:s|ed|ing)|withdr(?:aws|ew|awn|awing)) (?:its|the|our) (?:previous |prior |earlier )?(?:news|press) release\b"),
        (Kind::Retraction, Proof::Words, "please (?:disregard|ignore|kill)", r"(?i)\bplease (?:disregard|ignore|kill) (?:the|our) (?:(?:previous|prior|earlier|original) )?(?:(?:news|press) )?(?:release|story|announcement)(?: (?:issued|dated|sent|distributed|published|titled|entitled|headlined|below|above|from|of)\b|\s*[.,:;(“«\x22])"),
        (Kind::Retraction, Proof::Target, "ne pas", r"(?i)\bne pas (?:utiliser|tenir compte d[ue]) (?:le )?communiqué\b"),
        (Kind::Retraction, Proof::Target, "nicht (?:mehr |weiter )?verwenden", r"(?i)\bbitte (?:die|unsere|verwenden sie die)\b[^\n]{0,60}?\p{L}*(?:meldung|mitteilung|aussendung)\b[^\n]{0,160}?\bnicht (?:mehr |weiter )?verwenden\b"),
        // PR Newswire's correction: "In the news release, <headline>, issued <date> by <company> over PR Newswire, we are advised".
        (Kind::Correction, Proof::Error, "in the (?:news|press) release", r"(?s)In the (?:news|press) release,?\s+(?P<title>\S.+?),?\s+(?:issued|distributed|published)\b"),
        (Kind::Correction, Proof::Error, "dans le communiqué", r"(?s)\bDans le communiqué(?: de presse)?,?\s+(?P<title>\S.+?),?\s+(?:diffusé|émis|publié)\b"),
        (Kind::Correction, Proof::Error, "en el comunicado", r"(?s)\bEn el comunicado(?: de prensa)?,?\s+(?P<title>\S.+?),?\s+(?:emitido|publicado|difundido|distribuido)\b"),
        // GlobeNewswire's: "In a release issued under the same headline earlier today by <company>, please note that".
        (Kind::Correction, Proof::Error, "in (?:a|the|our|its) (?:(?:news|press) )?release", r"\b[Ii]n (?:a|the|our|its) (?:(?:news|press) )?release (?:issued|published|distributed)\b"),
        // Business Wire's.
        (Kind::Replacement, Proof::Words, "please replace", r"(?i)\bplease replace the (?:(?:news|press) )?release(?: (?:with|dated|issued|titled|entitled|below|above|from|distributed|sent|published)\b|\s*[.,:;(“«\x22])"),
        (Kind::Replacement, Proof::Words, "headline of", r"(?i)\bheadline of (?:the )?(?:(?:news|press) )?release\b[^.\n]{0,60}?should (?:have )?read[^\n]+?\((?:instead of|not)\s+(?P<title>[^()\n]{3,}?)\)"),
        (Kind::Replacement, Proof::Target, "should (?:have )?read", r"(?i)\b(?:of|in) (?:the )?(?:(?:news|press) )?release,? (?:dated|issued)\b[^.\n]{5,60}?should (?:have )?read\b"),
        (Kind::Correction, Proof::Words, "correction", r"(?m)^\s*CORRECTION\s?(?:\.\.\.|…)\s?[Bb]y\b"),
        (Kind::Correction, Proof::Words, "(?:updated|corrected) ", r"(?i)\b(?:updated|corrected) (?:(?:news|press) )?(?:release|version) (?:reads|follows)\b"),
        // A desk's note on top says what it is; without one, the same words speak of anything.
        (Kind::Replacement, Proof::Words, "note", r"(?im)^\W{0,3}(?:editor(?:s|['’]s|s['’])? note|note to (?:the )?editors?|note from the editor)\s*[:.–—-]+\s*(?:please note (?:that )?)?(?:this|the following|the below) (?:(?:updated|revised|corrected|new) )?(?:(?:news|press) )?(?:release|version|story|announcement|text)(?: (?:issued|dated|of)\b[^.\n]{0,40}?)? (?:corrects? and )?(?:replaces?|supersedes?)\b"),
        (Kind::Correction, Proof::Words, "note", r"(?im)^\W{0,3}(?:editor(?:s|['’]s|s['’])? note|note to (?:the )?editors?|note from the editor)\s*[:.–—-]+\s*(?:please note (?:that )?)?(?:this|the following|the below) (?:(?:updated|revised|corrected|new) )?(?:(?:news|press) )?(?:release|version|story|announcement|text)(?: (?:issued|dated|of)\b[^.\n]{0,40}?)? (?:corrects?|amends?|contains? (?:a|one|several) corrections?)\b"),
        // Newsrooms.
        (Kind::Correction, Proof::Words, "(?:corrects|replaces|supersedes) (?:a|an|the|our) ", r"(?i)\bth(?:is|e) (?:(?:news|press) )?release (?:corrects|replaces|supersedes) (?:a|an|the|our) (?:prior|previous|earlier|original) version\b"),
        (Kind::Replacement, Proof::Words, "(?:corrects?|replaces?|supersedes?|amends?) (?:the|our|its|that|an?|and) ", r"(?ix)\bth(?:is|e\ following|e\ below|e\ attached)
            (?: \ (?:[\w-]+\ ){0,3}? (?:release|announcement|version|notice|statement|text|communication|correction) (?: \ (?:issued|dated|of|which|is)\b [^.\n]{0,40}? )? )?
            \ (?:(?:hereby|fully|also)\ )? (?:corrects?|replaces?|supersedes?|amends?) (?: \ and\ (?:replaces?|supersedes?|corrects?|amends?) )?
            \ (?:the|our|its|that|an?)\ (?:(?:earlier|previous|original|prior)\ )?
            (?: (?:(?:news|press|company|stock\ exchange)\ )? (?:release|announcement) (?: \ (?:made|issued|dated|titled|entitled|disseminated|distributed|published|released|sent|of|from|on|by)\b | [.,:;(] )
              | one\ (?:issued|dated|published|released|sent|distributed)\b )"),
        // Of other things than releases the same is said, but not with headline or date.
        (Kind::Replacement, Proof::Target, "(?:corrects?|replaces?|supersedes?|amends?) (?:the|our|its|that|an?|and) ", r"(?i)\bth(?:is|e following|e below|e attached)\b[^.\n]{0,60}?\b(?:corrects?|replaces?|supersedes?|amends?)(?: and (?:replaces?|supersedes?|corrects?))? (?:the|our|its|that|an?) (?:(?:earlier|previous|original|prior) )?(?:(?:news|press) release|release (?:issued|dated|titled|entitled|disseminated|distributed|published|sent|from)|(?:company |stock exchange )?announcement)\b"),
        (Kind::Replacement, Proof::Words, "to correct", r"(?i)\bthis (?:(?:press|news) )?release is (?:being )?re-?(?:issued|sent|transmitted|published) (?:in order )?to correct\b"),
        (Kind::Correction, Proof::Target, "is (?:correcting|amending)", r"(?i)\bis (?:correcting|amending) (?:its|the|our) (?:(?:previous|prior|earlier|original) )?(?:news|press) release\b"),
        (Kind::Correction, Proof::Error, "version of th", r"(?i)\b(?:a|an|the|our) (?:previous|earlier|original|prior) version of th(?:is|e) (?:(?:news|press) )?(?:release|announcement)\b"),
        (Kind::Correction, Proof::Error, "release (?:issued|dated|published|distributed|of|from)", r"(?i)\b(?:the|its|our) (?:news|press) release (?:issued|dated|published|distributed|of|from)\b[^.\n]{5,120}? (?:contain(?:s|ed)|included|had) (?:an?|the|some|several|two)\b"),
        (Kind::Replacement, Proof::Target, "corrected version", r"(?i)\bcorrected version of (?:the|our|its|a) (?:(?:earlier|previous|original|prior) )?(?:(?:news|press) release|release|announcement)\b"),
        (Kind::Repeat, Proof::Target, "(?:transmitting|issuing|sending) its", r"(?i)\bis (?:re-?transmitting|re-?issuing|re-?sending) its (?:news|press) release\b"),
        // London's RNS.
        (Kind::Replacement, Proof::Target, "following amendment", r#"(?i)\bthe following amendments? (?:has|have) been made to the (?:['‘“"](?P<title>[^'’”"\n]{3,}?)['’”"] )?announcement\b"#),
        // Nasdaq's exchanges.
        (Kind::Correction, Proof::Target, "this is a correction", r"(?i)\bthis is a correction (?:of|to) (?:the|our|a) (?:[a-z]+ ){0,3}?(?:announcement|release|notice)\b"),
        (Kind::Correction, Proof::Target, "^correction", r"(?m)^(?i:correction (?:to|of)) (?:the )?(?:[A-Za-z]+ ){0,3}?(?i:announcement|release|notice)\b"),
        (Kind::Replacement, Proof::Words, "corrige|rectifie|annule|remplace", r"(?i)\b(?:corrige|rectifie|annule|remplace) et (?:remplace|annule|corrige) (?:le|notre) (?:précédent )?communiqué\b"),
        (Kind::Replacement, Proof::Target, "présent communiqué", r"(?i)\bprésent communiqué (?:corrige|rectifie|remplace|annule) le (?:précédent )?communiqué\b"),
        // EQS: "Korrektur der Veröffentlichung vom 07.05.2024, 10:00 Uhr MEZ/MESZ".
        (Kind::Replacement, Proof::Target, "Korrektur|Berichtigung", r"\b(?:Korrektur|Berichtigung) (?:der|einer|zur) (?:\p{L}+-?)*(?i:veröffentlichung|mitteilung|meldung)\b"),
        (Kind::Replacement, Proof::Target, "ersetzt|korrigiert|berichtigt", r"\b(?i:diese|vorliegende) (?:\p{L}+-?)*(?i:mitteilung|meldung|veröffentlichung|fassung) (?:ersetzt|korrigiert|berichtigt)(?: und ersetzt)? (?:unsere|die)\b[^\n]{0,120}?(?i:mitteilung|meldung|veröffentlichung)"),
        (Kind::Replacement, Proof::Target, "(?:este|presente) comunicado", r"(?i)\b(?:este|presente) comunicado[^.\n]{0,30}?\b(?:corrige|rectifica|sustituye|reemplaza)(?: y (?:sustituye|reemplaza|corrige))? (?:al|el) (?:anterior )?comunicado\b"),
        (Kind::Replacement, Proof::Target, "(?:este|presente) comunicado", r"(?i)\b(?:este|presente) comunicado[^.\n]{0,30}?\b(?:corrige|retifica|substitui)(?: e (?:substitui|corrige))? o (?:anterior )?comunicado\b"),
        (Kind::Replacement, Proof::Target, "presente comunicato", r"(?i)\bpresente comunicato[^.\n]{0,30}?\b(?:rettifica|corregge|sostituisce|annulla)(?: e (?:sostituisce|corregge))? il (?:precedente )?comunicato\b"),
        (Kind::Correction, Proof::Target, "rättelse|korrigering|rettelse|korrektion|korreksjon", r"(?i)\b(?:rättelse|korrigering|rettelse|korrektion|korreksjon) (?:av|af|til) (?:\p{L}+ )?\p{L}*(?:meddelande|meddelelse|melding)\p{L}*"),
        (Kind::Correction, Proof::Target, "julkaistuun", r"(?i)\b(?P<date>[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4})\s+(?:klo \S+\s+)?julkaistuun \p{L}*tiedotteeseen\b"),
        (Kind::Correction, Proof::Error, "年", r"(?P<date>[0-9]{4}\s?年\s?[0-9]{1,2}\s?月\s?[0-9]{1,2}\s?日)(?:（[^）]{1,4}）)?(?:付(?:け)?)?(?:に|で)?(?:公表|発表|開示|配信|公開|リリース)[^「『\n]{0,30}[「『](?P<title>[^」』\n]{2,})[」』]"),
        (Kind::Correction, Proof::Error, "年", r"(?P<date>[0-9]{4}\s?年\s?[0-9]{1,2}\s?月\s?[0-9]{1,2}\s?日)[^。\n]{0,30}?(?:发布|發布|發佈|披露|刊登|发表|發表)[^。《\n]{0,30}《(?P<title>[^》\n]{2,})》"),
    ]
    .into_iter()
    .map(|(kind, proof, words, text)| (kind, proof, words, pattern(text)))
    .collect()
});

/// The short patterns of all sentences: one search of a text that has none of them spares one for each sentence.
static WORDS: LazyLock<RegexSet> = LazyLock::new(|| {
    let words = SENTENCES.iter().map(|(_, _, words, _)| format!("(?im){words}"));
    patterns(words)
});

/// Any of them, which takes half the time to tell of which.
static ANY_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    let words: Vec<&str> = SENTENCES.iter().map(|(_, _, words, _)| *words).collect();
    pattern(&format!("(?im){}", words.join("|")))
});

/// Finds the release that an opening names, and the byte at which the sentence begins.
pub(super) fn target(opening: &str, published: Option<DateTime<Utc>>) -> Option<(Target, usize)> {
    static ERROR: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:are|were|been|be) advised|should (?:have )?read|please note|\b(?:an?|the|in|typographical|clerical|printing|transmission) errors?\b|\berrors? (?:in|was|were|occurred)\b|incorrect|inadvertent|\b(?:is|are|was|were|be|been) corrected\b|\bcorrected (?:version|release|text|headline|figure|table)|avisés|se lire|erreur|erróne|leerse|訂正|誤り|更正|有误|有誤|错误|錯誤",
        )
    });
    if !ANY_WORDS.is_match(opening) {
        return None;
    }
    let spoken = WORDS.matches(opening);
    let sentences = SENTENCES.iter().enumerate().filter(|(at, _)| spoken.matched(*at));
    sentences.map(|(_, row)| row).find_map(|(kind, proof, _, sentence)| {
        let found = sentence.captures(opening)?;
        let whole = found.get(0)?;
        let end = sentence_end(opening, whole.end());
        // What follows is the mended passage, and its dates are its own.
        let said = opening.get(whole.start()..end)?;
        let said = said.get(..mended(said).unwrap_or(said.len()))?;
        let title = found.name("title").filter(|title| !title.as_str().is_empty());
        let headline = title
            .and_then(|title| unquoted(title.as_str()))
            .or_else(|| quoted(said));
        let rest = match &headline {
            Some(headline) => said.replacen(headline.as_str(), " ", 1),
            None => said.to_owned(),
        };
        let date = match found.name("date") {
            Some(printed) => day::at_start(printed.as_str()).and_then(|(date, _)| date.resolve(published)),
            None => date(&rest, published),
        };
        let target = Target {
            kind: Some(*kind),
            same_headline: headline.is_none() && (said.contains("same headline") || said.contains("same title")),
            headline,
            date,
            wire: carrier(&rest),
        };
        let is_proven = match proof {
            Proof::Words => true,
            Proof::Error => {
                let after = opening.get(whole.start()..opening.floor_char_boundary(whole.start() + LONGEST))?;
                ERROR.is_match(after) && (target.date.is_some() || target.headline.is_some() || target.same_headline)
            }
            Proof::Target => target.date.is_some() || target.headline.is_some(),
        };
        is_proven.then_some((target, whole.start()))
    })
}

/// The end of the sentence that goes on at `from`: a full stop after a word that is no abbreviation, or the end of the paragraph.
fn sentence_end(text: &str, from: usize) -> usize {
    static STOP: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?:[\p{L}0-9]*[\p{Ll}0-9]{4,}|[»”\x22)])\.\s+\p{Lu}|。|\n\s*\n"));
    let limit = text.floor_char_boundary(from.saturating_add(LONGEST));
    let rest = text.get(from..limit).unwrap_or_default();
    STOP.find(rest).map_or(limit, |stop| {
        from + stop.start() + stop.as_str().find(['.', '。']).unwrap_or(0)
    })
}

/// Where a sentence goes over to the mended passage.
fn mended(said: &str) -> Option<usize> {
    static MENDED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)should (?:have )?read\b|\breads:|\bfollows:|we are advised|please (?:note|be advised)|nous avons été avisés|se lire|leerse|with the following corrected",
        )
    });
    MENDED.find(said).map(|found| found.start())
}

/// The first date of a sentence about a release; `today` is the day of publication.
fn date(said: &str, published: Option<DateTime<Utc>>) -> Option<NaiveDate> {
    static TODAY: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:earlier today|today|this morning|aujourd.hui|heute|hoy|hoje|oggi|i dag|idag|tänään)\b|本日|今日",
        )
    });
    let begins = |at: &usize| said.is_char_boundary(*at) && !said[..*at].ends_with(char::is_alphanumeric);
    let printed = (0..said.len())
        .filter(begins)
        .find_map(|at| day::at_start(&said[at..]).and_then(|(date, _)| date.resolve(published)));
    printed.or_else(|| {
        published
            .filter(|_| TODAY.is_match(said))
            .map(|instant| instant.date_naive())
    })
}

/// The wire over which a sentence says that the release went; only names of the table.
fn carrier(said: &str) -> Option<String> {
    static OVER: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:over|via|vía|through|on|by|par|sur|über|durch|por|pela|pelo|tramite|attraverso|genom|gennem|gjennom|a través de|através da)\s+(?:l['’]|(?:la|le|the|die|den|der|o|a)\s+)?",
        )
    });
    const WORDS: usize = 3;
    OVER.find_iter(said).find_map(|over| {
        let words = said.get(over.end()..)?.split_whitespace().take(WORDS);
        let words: Vec<&str> = words
            .map(|word| word.trim_end_matches(|c: char| !c.is_alphanumeric()))
            .collect();
        let named = (1..=words.len())
            .rev()
            .find_map(|count| wire::by_loose_name(&words[..count].concat()));
        // Short names are words of other things unless they are written as the wire writes them.
        let short = || {
            words
                .first()
                .and_then(|word| wire::by_token(word).filter(|(_, mark)| mark.token == *word && word.len() >= 3))
        };
        named
            .or_else(|| short().map(|(wire, _)| wire))
            .map(|wire| wire.name.to_owned())
    })
}

/// The headline that a sentence quotes after the word for one, or right after the word for a release.
fn quoted(said: &str) -> Option<String> {
    static HEADLINE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(&format!(
            r"(?i)(?:\b(?:titled|entitled|headlined|headline|title|intitulé|titré|titre|titel|überschrift|titulado|título|intitulado|intitolato|titolo|titeln|rubriken|titlen|overskriften|tittelen|release|communiqué|communiqué de presse|comunicado|comunicado de prensa|comunicato stampa|\p{{L}}*mitteilung|\p{{L}}*meldung|\p{{L}}*tiedotteeseen)\b|《)[,:]?\s*{QUOTED}"
        ))
    });
    HEADLINE.captures(said).and_then(|found| unquoted(&found["title"]))
}

/// A headline without quotation marks; none when the sentence held something longer than a headline.
fn unquoted(title: &str) -> Option<String> {
    const LONGEST: usize = 400; // bytes
    let title =
        title.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '“' | '”' | '«' | '»' | ',' | '\''));
    (!title.is_empty() && title.len() <= LONGEST && !title.contains("\n\n")).then(|| title.to_owned())
}
