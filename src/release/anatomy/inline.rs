//! Paragraphs that hold several parts: bodies that arrive in one piece, and line ends where a new part begins.
//!
//! In: a paragraph. Out: the bytes at which it is cut, in order. It is cut only where it is sure: after a sentence, before a head that
//! names its block (`About Acme: `, `Media Contact: `), or at a line that declares another part.

use std::sync::LazyLock;

use regex::Regex;

use super::about::about_within;
use super::contact::has_address;
use super::marker::marker;
use crate::article::SectionKind;
use crate::release::pattern;

/// Shorter paragraphs hold one part.
const SHORTEST: usize = 120;

/// More bytes than these behind a head are no contacts.
const LONGEST_BLOCK: usize = 600;

/// Most characters of a caption below a picture line.
const LONGEST_CAPTION: usize = 100;

/// Where a paragraph is cut.
pub(super) fn cuts(text: &str) -> Vec<usize> {
    let mut cuts = line_cuts(text);
    if text.len() >= SHORTEST {
        cuts.extend(after_picture(text));
        cuts.extend(sentence_cuts(text));
        cuts.extend(after_contact(text));
        cuts.sort_unstable();
        cuts.dedup();
    }
    cuts
}

/// Lines that declare a part other than the one that is running, and what follows a part of one line.
fn line_cuts(text: &str) -> Vec<usize> {
    let mut cuts = Vec::new();
    if !text.contains('\n') {
        return cuts;
    }
    let mut running = marker(text);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let kind = (at > 0).then(|| marker(line)).flatten();
        // A contact block names desks line by line.
        let begins = kind.is_some() && (kind != running || kind == Some(SectionKind::About));
        let resumes = at > 0 && kind.is_none() && ends_with_its_line(running, line);
        if begins || resumes {
            running = kind;
            cuts.push(at);
        }
        at += line.len();
    }
    cuts
}

/// A line to the desk, a SOURCE line and an end mark are one line each; a picture line may have its caption below, but no prose.
fn ends_with_its_line(running: Option<SectionKind>, next: &str) -> bool {
    match running {
        Some(SectionKind::Instruction | SectionKind::Source | SectionKind::End) => true,
        Some(SectionKind::Media) => next.chars().nth(LONGEST_CAPTION).is_some(),
        _ => false,
    }
}

/// `Photo - https://a.example/1.jpg Acme opened …`: the news goes on behind the address.
fn after_picture(text: &str) -> Option<usize> {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"https?://\S+"));
    let head = &text[..text.floor_char_boundary(400)];
    let end = ADDRESS.find(head)?.end();
    let rest = text[end..].trim_start();
    let is_prose = rest.chars().nth(LONGEST_CAPTION).is_some() && !rest.starts_with("http");
    (is_prose && marker(&text[..end]) == Some(SectionKind::Media)).then_some(end)
}

/// `Contact: … (acme.example)About the anvil Anvils …`: a contact line without line ends is no page long.
fn after_contact(text: &str) -> Option<usize> {
    static GLUED: LazyLock<Regex> = LazyLock::new(|| pattern(r"[)\].]About \p{L}"));
    let end = GLUED.find(text)?.start() + 1;
    (text.len() - end > LONGEST_BLOCK && marker(&text[..end]) == Some(SectionKind::Contact)).then_some(end)
}

fn sentence_cuts(text: &str) -> Vec<usize> {
    // A `\b` of Unicode would shut the fast automaton out of every text with a curly quotation mark.
    static HEAD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"(?x) (?: [.!?:;”"’')\]®™…] \s+ | \s )
              (?P<head> \#\#\# | (?:About|ABOUT) \s | (?:Forward[-\s]Looking
                  | FORWARD[-\s]LOOKING) \s (?:Statements?|STATEMENTS?|Information) (?-u:\b) | Safe \s Harbou?r \s Statement
                  | Cautionary \s (?:Note|Statement) \s
              | (?: (?:Media|Press|Investor|Company|MEDIA|PRESS|INVESTOR|COMPANY) \s (?:Relations \s)? )? (?: Contact
              | CONTACT ) s? (?: \s (?:Information|Details|Us|Person|Info|INFORMATION) )? \s* : | Contact \s Information \s
              | Disclaimer \s? : )
              | (?P<notice> The \s issuer \s is \s solely \s responsible \s for )"#,
        )
    });
    static AFTER_LEGAL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:[A-Z][\w-]*\s){2,6}[^.:]{0,60}?(?:\s*:|\s(?:This|These|Certain|Statements|The|Any|All|Some|Except|In)\s)",
        )
    });
    let mut cuts = Vec::new();
    for found in HEAD.captures_iter(text) {
        let Some(head) = found.name("head").or_else(|| found.name("notice")) else {
            continue;
        };
        let after_sentence = text[..head.start()]
            .trim_end()
            .ends_with(['.', '!', '?', '”', '"', '’', ')', ']', ':', '…', '®', '™'])
            || head.as_str() == "###";
        let rest = &text[head.start()..];
        let near = &rest[..rest.floor_char_boundary(400)];
        let is_sure = match head.as_str().as_bytes() {
            [b'#', ..] => rest
                .strip_prefix("###")
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace)),
            [b'A' | b'a', ..] => after_sentence && about_within(near).is_some_and(|name| !name.is_empty()),
            [b'T', ..] => true,
            [b'D', ..] => after_sentence,
            [b'F' | b'S', ..] => after_sentence && AFTER_LEGAL.is_match(near),
            _ if head.as_str().starts_with("Cautionary") => after_sentence && AFTER_LEGAL.is_match(near),
            _ => has_address(near),
        };
        if is_sure {
            cuts.push(head.start());
            if head.as_str() == "###" {
                cuts.push(head.end());
            }
        }
    }
    cuts.retain(|at| *at > 0 && *at < text.len());
    cuts
}
