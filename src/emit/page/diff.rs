//! What changed between two texts, paragraph by paragraph and word by word. Pure, and bounded however long they are.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Paragraphs of one side that are laid beside the other's; what stands behind is shown as it is.
const MAX_PARAGRAPHS: usize = 800;

/// Words and spaces of one passage that are laid beside the other's; a longer passage changed as a whole.
const MAX_PIECES: usize = 3_000;

/// A piece of a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    /// Only this side has it.
    pub(super) is_changed: bool,
}

/// A row of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Row {
    /// Paragraphs that both have.
    Same(Vec<String>),
    /// A paragraph of the old side, of the new side, or of both.
    Changed { old: Vec<Piece>, new: Vec<Piece> },
}

/// Two texts beside each other.
pub(super) fn texts(old: &str, new: &str) -> Vec<Row> {
    let (old, new) = (paragraphs(old), paragraphs(new));
    let (known_old, rest_old) = old.split_at(old.len().min(MAX_PARAGRAPHS));
    let (known_new, rest_new) = new.split_at(new.len().min(MAX_PARAGRAPHS));
    let mut rows = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, known_old, known_new) {
        match op {
            DiffOp::Equal { old_index, len, .. } => {
                let same = &known_old[old_index..old_index + len];
                rows.push(Row::Same(same.iter().map(|text| (*text).to_owned()).collect()));
            }
            DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
                changed(&known_old[op.old_range()], &known_new[op.new_range()], &mut rows);
            }
        }
    }
    match rest_old == rest_new {
        true if rest_old.is_empty() => {}
        true => rows.push(Row::Same(rest_old.iter().map(|text| (*text).to_owned()).collect())),
        false => changed(rest_old, rest_new, &mut rows),
    }
    rows
}

/// Two short texts, such as headlines, as one row.
pub(super) fn lines(old: &str, new: &str) -> (Vec<Piece>, Vec<Piece>) {
    words(old, new)
}

/// Paragraphs in the place of others stand beside each other in order; of the longer side some stand alone.
fn changed(old: &[&str], new: &[&str], rows: &mut Vec<Row>) {
    for at in 0..old.len().max(new.len()) {
        let (old, new) = words(old.get(at).unwrap_or(&""), new.get(at).unwrap_or(&""));
        rows.push(Row::Changed { old, new });
    }
}

fn paragraphs(text: &str) -> Vec<&str> {
    let lines = text.split('\n').map(str::trim);
    lines.filter(|line| !line.is_empty()).collect()
}

/// Word for word; passages with next to nothing in common changed as a whole, which reads better than confetti.
fn words(old: &str, new: &str) -> (Vec<Piece>, Vec<Piece>) {
    let (old_words, new_words) = (split(old), split(new));
    let whole = |text: &str| match text.is_empty() {
        true => Vec::new(),
        false => vec![Piece {
            text: text.to_owned(),
            is_changed: true,
        }],
    };
    if old_words.len().max(new_words.len()) > MAX_PIECES {
        return (whole(old), whole(new));
    }
    let ops = capture_diff_slices(Algorithm::Myers, &old_words, &new_words);
    let common: usize = ops
        .iter()
        .map(|op| match op {
            DiffOp::Equal { new_index, len, .. } => count(&new_words[*new_index..*new_index + *len]),
            DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => 0,
        })
        .sum();
    if common * 4 < count(&old_words).min(count(&new_words)) {
        return (whole(old), whole(new));
    }
    let (mut old_pieces, mut new_pieces) = (Vec::new(), Vec::new());
    for (at, op) in ops.iter().enumerate() {
        // A space between two changed words is no common ground.
        let is_between = at > 0 && at + 1 < ops.len();
        let is_space = new_words[op.new_range()].iter().all(|word| word.trim().is_empty());
        let is_changed = match op {
            DiffOp::Equal { .. } => is_between && is_space,
            DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => true,
        };
        push(&old_words, op.old_range(), is_changed, &mut old_pieces);
        push(&new_words, op.new_range(), is_changed, &mut new_pieces);
    }
    (old_pieces, new_pieces)
}

/// How many are words, not spaces.
fn count(pieces: &[&str]) -> usize {
    pieces.iter().filter(|piece| !piece.trim().is_empty()).count()
}

fn push(words: &[&str], range: Range<usize>, is_changed: bool, pieces: &mut Vec<Piece>) {
    let text = words[range].concat();
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.is_changed == is_changed => last.text.push_str(&text),
        Some(_) | None => pieces.push(Piece { text, is_changed }),
    }
}

/// Words and the spaces between them, so that they joined are the text. Letters of scripts without spaces stand alone.
fn split(text: &str) -> Vec<&str> {
    let (mut words, mut start, mut before) = (Vec::new(), 0, 'a');
    for (at, c) in text.char_indices() {
        let is_start = before.is_whitespace() != c.is_whitespace() || is_unspaced(c) || is_unspaced(before);
        if is_start && at > start {
            words.push(&text[start..at]);
            start = at;
        }
        before = c;
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

/// Han, Kana, and Thai and its neighbours: roughly is enough where only the grain of a comparison hangs on it.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `[old]` and `[new]` of a row, changed words in brackets.
    fn shown(pieces: &[Piece]) -> String {
        let bracketed = |piece: &Piece| match piece.is_changed {
            true => format!("[{}]", piece.text),
            false => piece.text.clone(),
        };
        pieces.iter().map(bracketed).collect()
    }

    #[test]
    fn words_that_changed_are_marked_and_the_others_are_not() {
        for (old, new, want_old, want_new) in [
            (
                "a dividend of 25 cents",
                "a dividend of 26 cents",
                "a dividend of [25] cents",
                "a dividend of [26] cents",
            ),
            ("we sell", "we sell steel", "we sell", "we sell[ steel]"),
            ("one two three", "four five six", "[one two three]", "[four five six]"),
            ("", "new", "", "[new]"),
            (
                "売上高は25億円",
                "売上高は26億円",
                "売上高は[25]億円",
                "売上高は[26]億円",
            ),
        ] {
            let (have_old, have_new) = lines(old, new);
            assert_eq!(
                (shown(&have_old).as_str(), shown(&have_new).as_str()),
                (want_old, want_new)
            );
        }
    }

    #[test]
    fn paragraphs_that_stayed_are_gathered_and_those_that_changed_stand_beside_each_other() {
        let rows = texts("a\n\nb\n\nold words here\n\nz", "a\n\nb\n\nnew words here\n\nmore\n\nz");
        let kinds: Vec<String> = rows
            .iter()
            .map(|row| match row {
                Row::Same(texts) => texts.join("+"),
                Row::Changed { old, new } => format!("{} > {}", shown(old), shown(new)),
            })
            .collect();
        assert_eq!(kinds, ["a+b", "[old] words here > [new] words here", " > [more]", "z"]);
    }

    #[test]
    fn the_longest_texts_take_no_longer_than_a_page_may() {
        let words = |seed: usize| {
            (0..60_000)
                .map(|at| format!("w{} ", at * seed % 7_919))
                .collect::<String>()
        };
        let lines = |seed: usize| {
            (0..20_000)
                .map(|at| format!("w{}\n", at * seed % 7_919))
                .collect::<String>()
        };
        let start = std::time::Instant::now();
        for (old, new) in [(words(3), words(5)), (lines(3), lines(5))] {
            let rows = texts(&old, &new);
            let text = |side: fn(&Row) -> String| rows.iter().map(side).collect::<String>().split_whitespace().count();
            let old_words = text(|row| match row {
                Row::Same(texts) => texts.join(" ") + " ",
                Row::Changed { old, .. } => old.iter().map(|piece| piece.text.clone()).collect::<String>() + " ",
            });
            assert_eq!(old_words, old.split_whitespace().count(), "no word is lost");
        }
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }
}
