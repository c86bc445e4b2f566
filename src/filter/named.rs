//! Filters that have a name, so that others can use them as `@name`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

use super::{Filter, FilterError, parse};

/// Filters by name.
#[derive(Debug, Clone, Default)]
pub struct Named(BTreeMap<String, Filter>);

/// A definition with what it refers to: the place of each name, and the definition that it names.
struct Definition<'t> {
    name: &'t str,
    text: &'t str,
    uses: Vec<(usize, Range<usize>)>,
}

impl Named {
    /// Reads definitions, each a name and a text, which may use one another in any order. A name that stands twice is the first.
    ///
    /// Gives the mistakes too, each with the position of its definition; that definition lets everything in then, so that what uses it
    /// is not blamed as well. What comes with a mistake is not to be used.
    #[must_use]
    pub fn read(definitions: &[(&str, &str)]) -> (Self, Vec<(usize, FilterError)>) {
        let mut positions = BTreeMap::new();
        for (position, (name, _)) in definitions.iter().enumerate() {
            positions.entry(*name).or_insert(position);
        }
        let definitions: Vec<Definition<'_>> = definitions
            .iter()
            .map(|(name, text)| Definition {
                name,
                text,
                uses: parse::references(text)
                    .into_iter()
                    .filter_map(|(used, span)| Some((*positions.get(used.as_str())?, span)))
                    .collect(),
            })
            .collect();
        let (mut named, mut mistakes) = (Self::default(), Vec::new());
        let (order, rest) = in_order(&definitions);
        for position in &rest {
            let definition = &definitions[*position];
            let circle = definition
                .uses
                .iter()
                .find(|(used, _)| leads_to(&definitions, *used, *position));
            if let Some((used, span)) = circle {
                let (name, used) = (definition.name, definitions[*used].name);
                let message = format!("`@{used}` leads back to `@{name}`");
                let hint = "a filter cannot use itself; take one of them out of the circle";
                mistakes.push((*position, FilterError::new(span.clone(), message).hint(hint)));
            }
            named.0.insert(definition.name.to_owned(), Filter::everything());
        }
        for position in order {
            let definition = &definitions[position];
            let filter = Filter::parse_with(definition.text, &named).unwrap_or_else(|mistake| {
                mistakes.push((position, mistake));
                Filter::everything()
            });
            named.0.entry(definition.name.to_owned()).or_insert(filter);
        }
        mistakes.sort_by_key(|(position, _)| *position);
        (named, mistakes)
    }

    /// The filter of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Filter> {
        self.0.get(name)
    }

    /// Every name, in the order of the alphabet.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Definitions with those that they use before them, and those that are in a circle or behind one.
fn in_order(definitions: &[Definition<'_>]) -> (Vec<usize>, BTreeSet<usize>) {
    let mut waiting: Vec<usize> = definitions.iter().map(|definition| definition.uses.len()).collect();
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); definitions.len()];
    for (position, definition) in definitions.iter().enumerate() {
        definition.uses.iter().for_each(|(used, _)| users[*used].push(position));
    }
    let mut ready: VecDeque<usize> = (0..definitions.len())
        .filter(|position| waiting[*position] == 0)
        .collect();
    let (mut order, mut rest) = (Vec::new(), (0..definitions.len()).collect::<BTreeSet<_>>());
    while let Some(position) = ready.pop_front() {
        order.push(position);
        rest.remove(&position);
        for user in &users[position] {
            waiting[*user] -= 1;
            if waiting[*user] == 0 {
                ready.push_back(*user);
            }
        }
    }
    (order, rest)
}

fn leads_to(definitions: &[Definition<'_>], from: usize, to: usize) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(position) = open.pop() {
        if position == to {
            return true;
        }
        if seen.insert(position) {
            open.extend(definitions[position].uses.iter().map(|(used, _)| *used));
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_be_used_before_they_are_defined() {
        let (named, mistakes) = Named::read(&[
            ("both", "@steel and not @noise"),
            ("steel", "text ~ 'steel'"),
            ("noise", "kind = 'advisory'"),
            ("all", " "),
        ]);
        assert_eq!(mistakes, []);
        assert_eq!(named.names().collect::<Vec<_>>(), ["all", "both", "noise", "steel"]);
        let filter = Filter::parse_with("@both or @all", &named).expect("it is right");
        assert_eq!(filter.expr.expect("tests").to_string(), "@both or @all");
    }

    #[test]
    fn mistakes_of_definitions_are_told_once_and_at_their_place() {
        for (definitions, want) in [
            (
                &[("a", "@b"), ("b", "wire exists and @a")][..],
                &["0@0 `@b` leads back", "1@16 `@a` leads back"][..],
            ),
            (&[("a", "not @a")], &["0@4 `@a` leads back to `@a`"]),
            (&[("a", "@b"), ("b", "@b")], &["1@0 `@b` leads back"]),
            (
                &[("a", "@b"), ("b", "wire ="), ("c", "@b or @a")],
                &["1@6 expected a value"],
            ),
            (&[("steel", "@stel")], &["0@0 there is no filter `@stel`"]),
        ] {
            let (_, mistakes) = Named::read(definitions);
            let told: Vec<String> = mistakes
                .iter()
                .map(|(position, mistake)| format!("{position}@{} {mistake}", mistake.span.start))
                .collect();
            assert_eq!(told.len(), want.len(), "{definitions:?}: {told:?}");
            for (told, want) in told.iter().zip(want) {
                assert!(told.starts_with(want), "{definitions:?}: {told}");
            }
        }
    }

    #[test]
    fn what_unfolds_to_too_much_is_refused() {
        let doubling: Vec<(String, String)> = (1..40)
            .map(|level| (format!("f{level}"), format!("@f{0} and @f{0}", level - 1)))
            .chain([("f0".to_owned(), "wire exists".to_owned())])
            .collect();
        let chain: Vec<(String, String)> = (1..80)
            .map(|level| (format!("f{level}"), format!("@f{}", level - 1)))
            .chain([("f0".to_owned(), "wire exists".to_owned())])
            .collect();
        for (definitions, want) in [
            (doubling, "more than 400 tests"),
            (chain, "nested deeper than 50 levels"),
        ] {
            let definitions: Vec<(&str, &str)> = definitions.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            let (_, mistakes) = Named::read(&definitions);
            assert!(
                mistakes.iter().all(|(_, mistake)| mistake.message == want),
                "{mistakes:?}"
            );
            assert!(!mistakes.is_empty());
        }
    }
}
