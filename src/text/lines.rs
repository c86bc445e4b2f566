//! Plain text as its author laid it out: which line ends are meant, and which a fixed width forced.
//!
//! In: a text of lines. Out: paragraphs separated by one empty line, without the line ends that a program made. Mail programs and the
//! wires' text services wrap at a width near 80 characters; in such a text a line end is forced where the next word would not have
//! fitted, and meant anywhere else: the lines of an address, a headline over its dateline.

use std::ops::RangeInclusive;

use super::{collapse, visible};

/// Characters of the lines that a program wraps at; longer lines are paragraphs, shorter ones verse and lists.
const WIDTHS: RangeInclusive<usize> = 60..=100;

/// The text in paragraphs: white space collapsed, invisible characters removed, `\n` where a line end is meant.
#[must_use]
pub fn plain_text(raw: &str) -> String {
    let shown = visible(raw);
    let lines: Vec<&str> = shown.lines().map(str::trim_end).collect();
    let width = width(&lines);
    let mut out = String::with_capacity(shown.len());
    let mut before: Option<&str> = None;
    for line in lines {
        let words = collapse(line);
        let gap = match before.take() {
            _ if words.is_empty() => continue,
            None if out.is_empty() => "",
            None => "\n\n",
            Some(before) if is_forced(before, line, width) => joint(before, line),
            Some(_) => "\n",
        };
        out.push_str(gap);
        out.push_str(&words);
        before = Some(line);
    }
    out
}

/// The width at which a text was wrapped, if it was: of its long lines that another line follows, nearly all are full. The lines of a list
/// or of a verse are not.
fn width(lines: &[&str]) -> Option<usize> {
    let followed = lines.windows(2).map(|pair| (pair[0], pair[1]));
    let long: Vec<(&str, &str)> = followed
        .filter(|(line, next)| !next.is_empty() && WIDTHS.contains(&line.chars().count()))
        // An address that no line could hold stands on one of its own.
        .filter(|(line, _)| line.trim_start().contains(' '))
        .collect();
    let width = long.iter().map(|(line, _)| line.chars().count()).max();
    let full = long.iter().filter(|(line, next)| is_forced(line, next, width)).count();
    width.filter(|_| full > 1 && full * 4 > long.len() * 3)
}

/// Whether the first word of `next` did not fit behind `line`.
fn is_forced(line: &str, next: &str, width: Option<usize>) -> bool {
    let first = next.split_whitespace().next().unwrap_or_default();
    width.is_some_and(|width| line.chars().count() + 1 + first.chars().count() > width)
}

/// Chinese and Japanese are written without spaces.
fn joint(line: &str, next: &str) -> &'static str {
    let is_unspaced =
        |c: Option<char>| c.is_some_and(|c| matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}'));
    match is_unspaced(line.chars().next_back()) && is_unspaced(next.trim_start().chars().next()) {
        true => "",
        false => " ",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn line_ends_that_a_width_forced_go_and_the_others_stay() {
        let wrapped = "Source: Acme Corp.\r\nMEDIA RELEASE PR67276\r\nAcme Corp. Opens Its Second Plant in Toledo and Doubles Its Output of Steel\r\nAnvils\r\n\r\n\
             TOLEDO, Ohio, Feb. 1, 2026 /PRNewswire-AsiaNet/ --\r\n\r\nAcme Corp., a maker of anvils, opened its second plant today, a year after the\r\n\
             first one reached its full capacity.\r\n\r\n\r\nContact:\r\nJo Bolt\r\n+1 (208) 555-0100\r\n";
        let want = "Source: Acme Corp.\nMEDIA RELEASE PR67276\nAcme Corp. Opens Its Second Plant in Toledo and Doubles Its Output of Steel Anvils\n\n\
             TOLEDO, Ohio, Feb. 1, 2026 /PRNewswire-AsiaNet/ --\n\nAcme Corp., a maker of anvils, opened its second plant today, a year after the \
             first one reached its full capacity.\n\nContact:\nJo Bolt\n+1 (208) 555-0100";
        assert_eq!(plain_text(wrapped), want);
    }

    #[test]
    fn a_word_longer_than_the_width_is_no_measure_of_it() {
        let address = "https://www.acme.example/newsroom/releases/2026/02/01/acme-opens-its-second-plant-in-toledo";
        let wrapped = format!(
            "Acme Corp., a maker of anvils, opened its second plant today, a year\nafter the first one reached its full capacity. It is described at\n\
             {address}\nand in the printed report of the company, which can be had from any of\nits offices."
        );
        let want = wrapped.replace('\n', " ");
        assert_eq!(plain_text(&wrapped), want);
    }

    #[test]
    fn a_list_is_no_wrapped_text() {
        let list = "Acme Corp. of Toledo, Ohio, for its anvils of many sizes and weights\n\
            Bolt Ltd. of Leeds, England, for springs, bolts and nuts of the best steel in town\n\
            Cog Inc. of Boise, Idaho, for cogs that never needed oil\nDowel Co. of Lyon, France, for dowels and pegs of oak from its own woods";
        assert_eq!(plain_text(list), list);
    }

    #[test]
    fn a_text_that_was_not_wrapped_keeps_its_lines() {
        for (raw, want) in [
            ("One\ntwo\n\nthree", "One\ntwo\n\nthree"),
            ("  \n\u{feff} One  two\t three \n\n\n \n four", "One two three\n\nfour"),
            ("\u{200b}", ""),
            ("", ""),
        ] {
            assert_eq!(plain_text(raw), want, "{raw:?}");
        }
        let long = format!("{}\n{}", "word ".repeat(40).trim(), "word ".repeat(30).trim());
        assert_eq!(plain_text(&long), long);
    }

    proptest! {
        #[test]
        fn any_text_keeps_its_words(raw in "([a-z]{1,12}|[ \n\t]|\\PC){0,120}") {
            let text = plain_text(&raw);
            prop_assert!(!text.contains("\n\n\n") && text.trim() == text);
            let words = |text: &str| visible(text).split_whitespace().collect::<String>();
            prop_assert_eq!(words(&text), words(&raw));
            prop_assert_eq!(plain_text(&text).split_whitespace().collect::<Vec<_>>().concat(), words(&text));
        }
    }
}
