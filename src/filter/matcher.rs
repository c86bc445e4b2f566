//! Many filters at once: for each article exactly those that [`Filter::matches`] is true for, at far less than the sum of their costs.
//!
//! Each distinct test is there once. Phrases of all filters are found in one pass over the words of each text (Aho-Corasick), texts of
//! `=` and `in` by one look-up a value. A filter waits behind tests of which one must be true when the filter is; only filters whose
//! gate opened, and those that have none (`not`, ranges and patterns alone), are evaluated.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};

use aho_corasick::{AhoCorasick, MatchKind};
use chrono::{DateTime, Utc};

use super::reading::Reading;
use super::{Ask, Expr, FIELDS, Filter, Test, Values};
use crate::article::Article;

/// Filters, each with the id that it is told by.
#[derive(Debug)]
pub struct Matcher<I> {
    filters: Vec<(I, Node)>,
    tests: Vec<Test>,
    /// The phrases of each test with `~`, by number of the pattern.
    phrases: Option<AhoCorasick>,
    /// By pattern: fields and tests.
    of_phrase: Vec<Vec<(&'static str, usize)>>,
    /// By field and key: the tests that ask for it.
    of_key: HashMap<&'static str, HashMap<String, Vec<usize>>>,
    /// Fields with phrases.
    phrased: Vec<usize>,
    /// By test: the filters that it opens.
    opens: Vec<Vec<usize>>,
    /// Filters that are always evaluated.
    open: Vec<usize>,
}

/// An expression whose tests are numbers.
#[derive(Debug)]
enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Test(usize),
}

/// What is known of a test for the article at hand.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Answer {
    Unknown,
    Yes,
    No,
}

impl<I: Clone> Matcher<I> {
    /// Takes filters as they are; two may have one id.
    #[must_use]
    pub fn new(filters: &[(I, Filter)]) -> Self {
        let mut tests = Vec::new();
        let mut numbers = HashMap::new();
        let filters: Vec<(I, Node)> = filters
            .iter()
            .map(|(id, filter)| {
                let node = filter.expr.as_ref().map(|expr| node(expr, &mut tests, &mut numbers));
                (id.clone(), node.unwrap_or(Node::And(Vec::new())))
            })
            .collect();
        let mut patterns: BTreeMap<&str, Vec<(&'static str, usize)>> = BTreeMap::new();
        let mut of_key: HashMap<&'static str, HashMap<String, Vec<usize>>> = HashMap::new();
        for (number, test) in tests.iter().enumerate() {
            match &test.ask {
                Ask::Contains(phrase) => patterns.entry(phrase).or_default().push((test.field.name, number)),
                Ask::Is(list) => {
                    let of_field = of_key.entry(test.field.name).or_default();
                    for key in &list.keys {
                        of_field.entry(key.clone()).or_default().push(number);
                    }
                }
                Ask::Exists | Ask::Like(_) | Ask::Compare(_, _) => {}
            }
        }
        // Without the automaton (it has its own limit of patterns) phrases are looked for one by one.
        let phrases = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(patterns.keys())
            .ok();
        let of_phrase: Vec<_> = patterns.into_values().collect();
        let is_phrased = |field: &str| of_phrase.iter().flatten().any(|(phrased, _)| *phrased == field);
        let phrased = (0..FIELDS.len()).filter(|at| is_phrased(FIELDS[*at].name)).collect();
        let mut matcher = Self {
            opens: vec![Vec::new(); tests.len()],
            open: Vec::new(),
            filters,
            tests,
            phrases,
            of_phrase,
            of_key,
            phrased,
        };
        for filter in 0..matcher.filters.len() {
            match matcher.gate(&matcher.filters[filter].1) {
                Some((_, mut gate)) => {
                    gate.sort_unstable();
                    gate.dedup();
                    gate.iter().for_each(|test| matcher.opens[*test].push(filter));
                }
                None => matcher.open.push(filter),
            }
        }
        matcher
    }

    /// The ids of the filters that this article belongs to, in the order in which they were given.
    #[must_use]
    pub fn matching(&self, article: &Article, now: DateTime<Utc>) -> Vec<I> {
        let reading = Reading::new(article, now);
        let answers = vec![Cell::new(Answer::Unknown); self.tests.len()];
        let mut candidates = self.open.clone();
        let mut yes = |test: usize| {
            if answers[test].replace(Answer::Yes) != Answer::Yes {
                candidates.extend(&self.opens[test]);
            }
        };
        self.look_up(&reading, &mut yes);
        self.find_phrases(&reading, &mut yes);
        candidates.sort_unstable();
        candidates.dedup();
        let known = |test: usize| match answers[test].get() {
            Answer::Yes => true,
            Answer::No => false,
            Answer::Unknown => {
                // What was looked up or found is known to be true: all else of that kind is false.
                let holds = match &self.tests[test].ask {
                    Ask::Is(_) => false,
                    Ask::Contains(_) if self.phrases.is_some() => false,
                    Ask::Contains(_) | Ask::Exists | Ask::Like(_) | Ask::Compare(_, _) => {
                        self.tests[test].holds(&reading)
                    }
                };
                answers[test].set(if holds { Answer::Yes } else { Answer::No });
                holds
            }
        };
        let holding = candidates
            .into_iter()
            .filter(|filter| self.filters[*filter].1.holds(&known));
        holding.map(|filter| self.filters[filter].0.clone()).collect()
    }

    fn look_up(&self, reading: &Reading<'_>, yes: &mut impl FnMut(usize)) {
        for field in FIELDS {
            let (Some(of_field), Values::Texts(compare, _)) = (self.of_key.get(field.name), field.values) else {
                continue;
            };
            for text in field.texts(reading.article) {
                for key in reading.keys(compare, &text) {
                    of_field.get(&key).into_iter().flatten().for_each(|test| yes(*test));
                }
            }
        }
    }

    fn find_phrases(&self, reading: &Reading<'_>, yes: &mut impl FnMut(usize)) {
        let Some(phrases) = &self.phrases else { return };
        // A text that two fields show is read once.
        let mut texts: Vec<(std::rc::Rc<str>, Vec<&'static str>)> = Vec::new();
        for field in self.phrased.iter().map(|at| &FIELDS[*at]) {
            for text in field.texts(reading.article) {
                let words = reading.words(&text);
                match texts.iter_mut().find(|(known, _)| std::rc::Rc::ptr_eq(known, &words)) {
                    Some((_, fields)) => fields.push(field.name),
                    None => texts.push((words, vec![field.name])),
                }
            }
        }
        for (words, fields) in &texts {
            for found in phrases.find_overlapping_iter(words.as_bytes()) {
                for (field, test) in &self.of_phrase[found.pattern().as_usize()] {
                    if fields.contains(field) {
                        yes(*test);
                    }
                }
            }
        }
    }

    /// Tests of which one is true whenever the node is, with how often they are likely to be: the fewer the better.
    fn gate(&self, node: &Node) -> Option<(u32, Vec<usize>)> {
        match node {
            Node::And(parts) => parts
                .iter()
                .filter_map(|part| self.gate(part))
                .min_by_key(|(often, _)| *often),
            Node::Or(parts) => {
                let gates: Option<Vec<_>> = parts.iter().map(|part| self.gate(part)).collect();
                gates.map(|gates| {
                    let often = gates.iter().map(|(often, _)| *often).sum();
                    (often, gates.into_iter().flat_map(|(_, gate)| gate).collect())
                })
            }
            Node::Not(_) => None,
            Node::Test(number) => {
                let test = &self.tests[*number];
                let often = match (&test.ask, test.field.name) {
                    (Ask::Contains(_), _) if self.phrases.is_none() => return None,
                    (Ask::Contains(phrase), _) if phrase.len() < 5 => 20,
                    (Ask::Contains(_), _) => 2,
                    (
                        Ask::Is(_),
                        "language" | "kind" | "pubstatus" | "rights" | "wire" | "source" | "country" | "market",
                    ) => 100,
                    (Ask::Is(_), _) => 1,
                    (Ask::Exists | Ask::Like(_) | Ask::Compare(_, _), _) => return None,
                };
                Some((often, vec![*number]))
            }
        }
    }
}

impl Node {
    fn holds(&self, known: &impl Fn(usize) -> bool) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(known)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(known)),
            Self::Not(inner) => !inner.holds(known),
            Self::Test(test) => known(*test),
        }
    }
}

fn node(expr: &Expr, tests: &mut Vec<Test>, numbers: &mut HashMap<String, usize>) -> Node {
    let mut each = |parts: &[Expr]| parts.iter().map(|part| node(part, tests, numbers)).collect();
    match expr {
        Expr::And(parts) => Node::And(each(parts)),
        Expr::Or(parts) => Node::Or(each(parts)),
        Expr::Not(inner) => Node::Not(Box::new(node(inner, tests, numbers))),
        Expr::Named(_, inner) => node(inner, tests, numbers),
        Expr::Test(test) => {
            // Tests that are written alike ask alike.
            let number = *numbers.entry(test.to_string()).or_insert_with(|| {
                tests.push(test.clone());
                tests.len() - 1
            });
            Node::Test(number)
        }
    }
}
