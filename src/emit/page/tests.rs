//! The stylesheet against what it promises, and the policy against the stylesheet.

use std::collections::BTreeMap;

use super::{CONTENT_SECURITY_POLICY, STYLE};

/// Text and what it stands on, by the names of the stylesheet.
const TEXTS: &[(&str, &str)] = &[
    ("ink", "paper"),
    ("paper", "ink"),
    ("muted", "paper"),
    ("link", "paper"),
    ("brand", "paper"),
    ("plain-ink", "plain-paper"),
    ("good-ink", "good-paper"),
    ("warn-ink", "warn-paper"),
    ("bad-ink", "bad-paper"),
];

/// Shapes that tell something, and borders of what one can use.
const SHAPES: &[(&str, &str)] = &[
    ("news", "paper"),
    ("none", "paper"),
    ("failed", "paper"),
    ("field", "paper"),
];

/// The colours of both schemes by name, as red, green and blue.
fn schemes() -> [BTreeMap<&'static str, [u8; 3]>; 2] {
    let (light, rest) = STYLE
        .split_once("@media (prefers-color-scheme: dark)")
        .expect("a dark scheme");
    let dark = rest.split_once("\n}").expect("it ends").0;
    [light, dark].map(|block| {
        let values = block.split("--").skip(1).filter_map(|rest| rest.split_once(": #"));
        values
            .map(|(name, rest)| {
                let byte = |at: usize| u8::from_str_radix(&rest[at..at + 2], 16).expect("hexadecimal");
                (name, [byte(0), byte(2), byte(4)])
            })
            .collect()
    })
}

/// Relative luminance, WCAG 2.2.
fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|value| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_can_be_read_in_both_schemes_and_every_shape_seen() {
    for (scheme, colours) in ["light", "dark"].iter().zip(schemes()) {
        assert!(colours.len() > 14, "{scheme}: {colours:?}");
        for (pairs, least) in [(TEXTS, 4.5), (SHAPES, 3.0)] {
            for (ink, paper) in pairs {
                let have = contrast(colours[ink], colours[paper]);
                assert!(have >= least, "{scheme}: {ink} on {paper} has {have:.2}, needs {least}");
            }
        }
    }
    assert!((contrast([0, 0, 0], [255, 255, 255]) - 21.0).abs() < 0.01);
}

#[test]
fn colours_stand_in_the_schemes_alone() {
    let rules = STYLE.split("\n}\n").skip(2).collect::<String>();
    let (screen, _print) = rules.split_once("@media print").expect("a print style");
    let colours: Vec<&str> = screen
        .lines()
        .filter(|line| line.contains(": #") || line.contains("rgb"))
        .collect();
    assert_eq!(colours, Vec::<&str>::new());
}

#[test]
fn the_policy_lets_our_stylesheet_through_and_nothing_run() {
    let policy = CONTENT_SECURITY_POLICY.as_str();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("script"), "{policy}");
    // An end tag would end it early, and the hash would name another text.
    assert!(!STYLE.contains('<'));
}
