//! Reads the JSON that feeds send, as far as it can be read.
//!
//! In: a document from its `{` on. Out: the members of the outer object, and the items each for itself. Beyond RFC 8259 it takes raw line
//! ends in texts, unknown escapes, commas too many or too few, missing brackets, and words that are no value; a number that no machine type holds stays
//! as written, in a text. A damaged item costs itself; where its end cannot be told, what came before is kept. One linear pass; what is
//! nested too deep is `null`.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Number, Value};

use super::super::newest::Newest;
use super::super::token::is_xml_char;
use super::super::{Options, Repairs, stamp};

/// A document, taken apart.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// What the outer object says, `items` aside.
    pub(super) head: Value,
    /// The newest elements of `items`, each with its place, or why one cannot be read.
    pub(super) items: Vec<(usize, Result<Value, String>)>,
    /// There is a list of items, be it empty.
    pub(super) has_items: bool,
    /// The document breaks off, or is damaged where its parts cannot be told from each other.
    pub(super) cut: bool,
}

/// Takes a document apart. The text begins with `{`.
pub(super) fn document(text: &str, options: &Options, repairs: &mut Repairs) -> Document {
    let mut reader = Reader {
        text,
        at: 0,
        options,
        repairs,
    };
    let (mut head, mut found) = (Map::new(), Document::default());
    let mut newest = Newest::new(options.max_items);
    let mut each = |reader: &mut Reader<'_, '_>, name: String| {
        if name == "items" && reader.peek() == Some(b'[') {
            found.has_items = true;
            return reader.items(&mut newest);
        }
        let start = reader.at;
        let value = reader
            .value(1)
            .or_else(|damage| reader.leave(start, damage).map(|_| Value::Null))?;
        if reader.has_room(head.len()) {
            head.insert(name, value);
        }
        Ok(())
    };
    let mut read = reader.members(&mut each);
    // A bracket of the wrong kind closed the outer object too early.
    while read.is_ok() && reader.peek() == Some(b',') {
        read = reader.members(&mut each);
    }
    found.cut = read.is_err();
    let at = reader.at;
    let (items, more) = newest.finish(|item| issued(item, options.date_zone));
    found.items = items;
    if more {
        repairs.add("too-many-items");
    }
    found.head = Value::Object(head);
    if found.cut {
        repairs.add("truncated");
    } else if !text[at..].trim().is_empty() {
        repairs.add("trailing-junk");
    }
    found
}

/// When an item was issued or changed.
fn issued(item: &Result<Value, String>, zone: Tz) -> Option<DateTime<Utc>> {
    let item = item.as_ref().ok()?;
    let said = ["date_published", "date_modified"]
        .iter()
        .find_map(|key| item.get(*key)?.as_str());
    stamp(said?, zone).instant
}

/// Why a value cannot be read.
#[derive(Clone, Copy)]
enum Damage {
    /// The document ends in it.
    Cut,
    /// This stands where it should not.
    Unexpected(char),
}

struct Reader<'a, 'r> {
    text: &'a str,
    at: usize,
    options: &'r Options,
    repairs: &'r mut Repairs,
}

impl Reader<'_, '_> {
    /// The next byte that is not white space, left unread.
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text.as_bytes().get(self.at).copied()
    }

    fn unexpected(&self) -> Damage {
        self.text[self.at..]
            .chars()
            .next()
            .map_or(Damage::Cut, Damage::Unexpected)
    }

    /// Reads past the commas in front of a member or element: exactly one is right, but for the first.
    fn commas(&mut self, is_first: bool) -> Option<u8> {
        let mut commas = 0;
        while self.peek() == Some(b',') {
            self.at += 1;
            commas += 1;
        }
        let next = self.peek();
        let ends = matches!(next, Some(b'}' | b']'));
        if next.is_some() && commas != usize::from(!is_first && !ends) {
            self.repairs.add("json-syntax");
        }
        next
    }

    /// Reads an object, or goes on behind a comma; `each` reads one value.
    fn members(&mut self, mut each: impl FnMut(&mut Self, String) -> Result<(), Damage>) -> Result<(), Damage> {
        self.at += 1;
        let mut is_first = true;
        loop {
            match self.commas(is_first) {
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'"') => {
                    let name = self.string()?;
                    if self.peek() != Some(b':') {
                        return Err(self.unexpected());
                    }
                    self.at += 1;
                    each(self, name)?;
                }
                // Its own bracket is missing: the list ends, or the next item begins.
                Some(b']' | b'{') => {
                    self.repairs.add("json-syntax");
                    return Ok(());
                }
                Some(_) | None => return Err(self.unexpected()),
            }
            is_first = false;
        }
    }

    /// Reads an array; `each` reads one value.
    fn elements(&mut self, mut each: impl FnMut(&mut Self) -> Result<(), Damage>) -> Result<(), Damage> {
        self.at += 1;
        let mut is_first = true;
        loop {
            match self.commas(is_first) {
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                // Its own bracket is missing.
                Some(b'}') => {
                    self.repairs.add("json-syntax");
                    return Ok(());
                }
                Some(_) => each(self)?,
                None => return Err(Damage::Cut),
            }
            is_first = false;
        }
    }

    fn items(&mut self, items: &mut Newest<Result<Value, String>>) -> Result<(), Damage> {
        self.elements(|reader| {
            let start = reader.at;
            let item = match reader.value(2) {
                Ok(value) => Ok(value),
                Err(damage) => Err(reader.leave(start, damage)?),
            };
            items.push(item, |item| issued(item, reader.options.date_zone));
            Ok(())
        })
    }

    /// Goes on behind a damaged value, and says what was wrong with it.
    fn leave(&mut self, start: usize, damage: Damage) -> Result<String, Damage> {
        match damage {
            Damage::Cut => Err(Damage::Cut),
            Damage::Unexpected(c) => {
                let why = format!("its JSON is broken: {c:?} where it should not be");
                self.at = start;
                self.skip().map(|()| why)
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, Damage> {
        match self.peek() {
            Some(b'{' | b'[') if depth >= self.options.max_depth => {
                self.repairs.add("too-deep");
                self.skip().map(|()| Value::Null)
            }
            Some(b'{') => {
                let mut object = Map::new();
                self.members(|reader, name| {
                    let value = reader.value(depth + 1)?;
                    if reader.has_room(object.len()) {
                        object.insert(name, value);
                    }
                    Ok(())
                })?;
                Ok(Value::Object(object))
            }
            Some(b'[') => {
                let mut array = Vec::new();
                self.elements(|reader| {
                    let value = reader.value(depth + 1)?;
                    if reader.has_room(array.len()) {
                        array.push(value);
                    }
                    Ok(())
                })?;
                Ok(Value::Array(array))
            }
            Some(b'"') => self.string().map(Value::String),
            Some(_) | None => self.word(),
        }
    }

    fn has_room(&mut self, elements: usize) -> bool {
        let has_room = elements < self.options.max_elements;
        if !has_room {
            self.repairs.add("too-many-elements");
        }
        has_room
    }

    /// Reads what is neither text nor nested.
    fn word(&mut self) -> Result<Value, Damage> {
        let rest = &self.text[self.at..];
        let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ':' | ']' | '}' | '[' | '{' | '"');
        let word = &rest[..rest.find(ends).ok_or(Damage::Cut)?];
        if word.is_empty() {
            return Err(self.unexpected());
        }
        self.at += word.len();
        Ok(match word {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => match number(word) {
                Some(number) => Value::Number(number),
                None if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => Value::String(word.to_owned()),
                None => {
                    self.repairs.add("json-syntax");
                    Value::Null
                }
            },
        })
    }

    /// Reads a text, without the characters that XML forbids, which no output of ours may hold.
    fn string(&mut self) -> Result<String, Damage> {
        let mut text = String::new();
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let run = rest.find(['"', '\\']).ok_or(Damage::Cut)?;
            text.push_str(&rest[..run]);
            self.at += run + 1;
            if rest[run..].starts_with('"') {
                break;
            }
            text.push(self.escape()?);
        }
        if !text.chars().all(is_xml_char) {
            self.repairs.add("illegal-characters");
            text.retain(is_xml_char);
        }
        Ok(text)
    }

    /// Reads what follows a backslash.
    fn escape(&mut self) -> Result<char, Damage> {
        let c = self.text[self.at..].chars().next().ok_or(Damage::Cut)?;
        self.at += c.len_utf8();
        Ok(match c {
            '"' | '\\' | '/' => c,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => self.code_point(),
            other => {
                self.repairs.add("json-syntax");
                other
            }
        })
    }

    /// Reads what follows `\u`: one UTF-16 unit, or two that are one character.
    fn code_point(&mut self) -> char {
        let unit = |digits: Option<&str>| {
            let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
            u16::from_str_radix(digits, 16).ok()
        };
        let rest = &self.text[self.at..];
        let Some(first) = unit(rest.get(..4)) else {
            self.repairs.add("json-syntax");
            return 'u';
        };
        let second = rest
            .get(4..6)
            .filter(|mark| *mark == "\\u")
            .and_then(|_| unit(rest.get(6..10)));
        match char::decode_utf16(std::iter::once(first).chain(second)).next() {
            Some(Ok(c)) => {
                self.at += if c.len_utf16() == 2 { 10 } else { 4 };
                c
            }
            Some(Err(_)) | None => {
                self.at += 4;
                self.repairs.add("surrogates");
                '\u{fffd}'
            }
        }
    }

    /// Reads past a value without looking into it: up to the bracket that closes its first one, outside of texts. Brackets of the other
    /// kind do not count, so that a missing one costs no more than it must.
    fn skip(&mut self) -> Result<(), Damage> {
        let (open, close) = match self.peek() {
            Some(b'{') => (b'{', b'}'),
            Some(b'[') => (b'[', b']'),
            Some(b'"') => return self.string().map(drop),
            Some(_) | None => return self.word().map(drop),
        };
        let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
        for (at, byte) in self.text.bytes().enumerate().skip(self.at) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_text => escaped = true,
                b'"' => in_text = !in_text,
                _ if in_text => {}
                _ if byte == open => depth += 1,
                _ if byte == close => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.at = at + 1;
                return Ok(());
            }
        }
        Err(Damage::Cut)
    }
}

/// A number that a machine type holds as it is written: an id of 25 digits is none, nor is `1e400`.
fn number(word: &str) -> Option<Number> {
    let whole = || word.parse().ok().map(|number: i64| number.into());
    let positive = || word.parse().ok().map(|number: u64| number.into());
    let fraction = || Number::from_f64(word.parse().ok()?).filter(|number| number.to_string() == word);
    whole().or_else(positive).or_else(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Document, Vec<&'static str>) {
        let options = Options {
            max_depth: 5,
            ..Options::default()
        };
        let mut repairs = Repairs::default();
        let document = document(text, &options, &mut repairs);
        (document, repairs.into_names())
    }

    #[test]
    fn what_strict_json_is_and_what_is_taken_beyond_it() {
        for (member, want, repair) in [
            (r#""a\"\\\/\n\t\u00e9\ud83d\ude00""#, r#""a\"\\/\n\té😀""#, None),
            ("\"\u{2028}é\"", "\"\u{2028}é\"", None),
            (
                "[1, -2, 1.5, true, false, null, {}, []]",
                "[1,-2,1.5,true,false,null,{},[]]",
                None,
            ),
            (r#"{"b": 1, "b": 2}"#, r#"{"b":2}"#, None),
            ("12345678901234567890123", r#""12345678901234567890123""#, None),
            ("18446744073709551615", "18446744073709551615", None),
            ("1e400", r#""1e400""#, None),
            ("1.10", r#""1.10""#, None),
            (r#""\ud800 lone""#, r#""� lone""#, Some("surrogates")),
            (r#""\ude00\ud83d""#, r#""��""#, Some("surrogates")),
            (r#""\ud83d\u0041""#, r#""�A""#, Some("surrogates")),
            (r#""\u0000x\u0008\ufffe""#, r#""x""#, Some("illegal-characters")),
            ("\"two\nlines\u{0}\"", r#""two\nlines""#, Some("illegal-characters")),
            (r#""it\'s""#, r#""it's""#, Some("json-syntax")),
            (r#""\u+12f""#, r#""u+12f""#, Some("json-syntax")),
            ("[1,,2,]", "[1,2]", Some("json-syntax")),
            ("[1 2]", "[1,2]", Some("json-syntax")),
            ("tru", "null", Some("json-syntax")),
            ("[NaN, undefined]", "[null,null]", Some("json-syntax")),
            ("[[[[[[]]]]]]", "[[[[null]]]]", Some("too-deep")),
        ] {
            let (document, repairs) = read(&format!("{{\"a\": {member}}}"));
            assert_eq!(document.head["a"].to_string(), want, "{member}");
            assert_eq!(repairs, repair.into_iter().collect::<Vec<_>>(), "{member}");
            assert!(!document.cut, "{member}");
        }
    }

    #[test]
    fn damage_costs_the_item_it_is_in_and_a_cut_what_follows_it() {
        for (text, want, cut) in [
            (r#"{"items": []}"#, "", false),
            (r#"{"items": [{"id": 1}, {"id": 2}]}"#, "1 2", false),
            (r#"{"items": [{"id": 1}], "items": [{"id": 2}]}"#, "1 2", false),
            (r#"{"items": [{"id": 1}, {"id": 2, : }, {"id": 3}]}"#, "1 ! 3", false),
            (
                r#"{"items": [{"id": 1}, {"id": 2, "b": [}, {"id": 3}]}"#,
                "1 2 3",
                false,
            ),
            (
                r#"{"items": [{"id": 1}, {"id" 2, "b": "}\""}, {"id": 3}]}"#,
                "1 ! 3",
                false,
            ),
            (
                r#"{"items": [{"id": 1, "b": {"c": 1}, {"id": 2, "b": {"c": {}, {"id": 3}]}"#,
                "1 2 3",
                false,
            ),
            (r#"{"items": [{"id": 1}, {"id": 2]}"#, "1 2", false),
            (r#"{"items": [{"id": 1}, {"b": "x, {"id": 3}]}"#, "1", true),
            (r#"{"items": [{"id": 1}, {"id": 2, "b": "#, "1", true),
            (r#"{"items": [{"id": 1}, {"id": 2}"#, "1 2", true),
            (r#"{"items": [{"id": 1}]"#, "1", true),
            (r#"{"items": [{"id": 1"#, "", true),
            (r#"{"items"#, "", true),
            (r#"{"x": {"y" 1}, "items": [{"id": 1}]}"#, "1", false),
            (r#"{"x": [1, 2}, "items": [{"id": 1}]}"#, "1", false),
            (r#"{"items": [{"id": 1}]} );"#, "1", false),
        ] {
            let (document, _) = read(text);
            let items: Vec<_> = document
                .items
                .iter()
                .map(|(_, item)| item.as_ref().map_or("!".to_owned(), |item| item["id"].to_string()))
                .collect();
            assert_eq!((items.join(" ").as_str(), document.cut), (want, cut), "{text}");
        }
    }

    #[test]
    fn large_hostile_documents_take_linear_time_and_little_stack() {
        for unit in [
            "[",
            "{\"a\":",
            "{\"items\":[",
            "\"",
            "[{\"a\"",
            "{\"a\":[},",
            "\\",
            "{:},",
            "\"\\ud800",
        ] {
            for start in ["{\"x\":", "{\"items\":[", "{"] {
                // nextest ends a test that hangs; quadratic time on these sizes would be minutes.
                let (document, repairs) = read(&format!("{start}{}", unit.repeat(200_000)));
                assert!(document.cut || repairs.contains(&"trailing-junk"), "{start}{unit}");
            }
        }
    }
}
