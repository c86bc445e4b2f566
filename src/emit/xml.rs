//! Writes XML 1.0: quick-xml's writer behind calls that cannot fail and cannot let a forbidden character out.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::entry::printable;

/// A document in the making, in memory.
pub(super) struct Xml(Writer<Vec<u8>>);

type Attributes<'a> = &'a [(&'a str, &'a str)];

impl Xml {
    pub(super) fn document() -> Self {
        let mut xml = Self(Writer::new_with_indent(Vec::new(), b' ', 1));
        xml.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml
    }

    pub(super) fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        self.write(Event::Start(start(name, attributes)));
    }

    pub(super) fn close(&mut self, name: &str) {
        self.write(Event::End(BytesEnd::new(name)));
    }

    pub(super) fn empty(&mut self, name: &str, attributes: Attributes<'_>) {
        self.write(Event::Empty(start(name, attributes)));
    }

    pub(super) fn text(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.open(name, attributes);
        // All of < > & ' " are escaped, so no text can end its element or a CDATA section around the document.
        self.write(Event::Text(BytesText::new(&printable(text))));
        self.close(name);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let mut bytes = self.0.into_inner();
        bytes.push(b'\n');
        bytes
    }

    #[allow(clippy::expect_used)] // a Vec takes every write
    fn write(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect("writing to memory");
    }
}

fn start<'a>(name: &'a str, attributes: Attributes<'_>) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (key, value) in attributes {
        // A parser turns the white space of an attribute into spaces anyway (XML 1.0 section 3.3.3).
        let value = printable(value).replace(['\t', '\n'], " ");
        start.push_attribute((*key, value.as_str()));
    }
    start
}
