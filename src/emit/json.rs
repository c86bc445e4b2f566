//! Writes JSON without the characters that XML 1.0 forbids: the formats show the same text.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, PrettyFormatter};

use super::entry::{is_printable, printable};

/// Indented, with a line end.
pub(super) fn pretty(value: &impl Serialize) -> Vec<u8> {
    written(value, PrettyFormatter::new())
}

/// On one line, with its end.
pub(super) fn line(value: &impl Serialize) -> Vec<u8> {
    written(value, CompactFormatter)
}

#[allow(clippy::expect_used)] // strings, numbers, lists and structs: serde_json cannot refuse these, and a Vec takes every write
fn written(value: &impl Serialize, inner: impl Formatter) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Printable(inner));
    value.serialize(&mut serializer).expect("what we emit is plain JSON");
    bytes.push(b'\n');
    bytes
}

/// Lays out as another formatter does; strings and names lose what is not printable.
struct Printable<F>(F);

/// Hands the call on.
macro_rules! as_inner {
    ($($name:ident($($argument:ident: $type:ty),*);)+) => {
        $(fn $name<W: ?Sized + Write>(&mut self, writer: &mut W $(, $argument: $type)*) -> io::Result<()> {
            self.0.$name(writer $(, $argument)*)
        })+
    };
}

impl<F: Formatter> Formatter for Printable<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        self.0.write_string_fragment(writer, &printable(fragment))
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        let is_kept = match escape {
            CharEscape::Quote
            | CharEscape::ReverseSolidus
            | CharEscape::Solidus
            | CharEscape::LineFeed
            | CharEscape::Tab => true,
            CharEscape::Backspace | CharEscape::FormFeed | CharEscape::CarriageReturn => false,
            CharEscape::AsciiControl(byte) => is_printable(char::from(byte)),
        };
        if is_kept {
            self.0.write_char_escape(writer, escape)?;
        }
        Ok(())
    }

    as_inner! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }
}
