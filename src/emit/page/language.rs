//! Languages by their English names.

/// Primary subtags (RFC 5646) of the languages in which the wires publish.
#[rustfmt::skip]
const NAMES: &[(&str, &str)] = &[
    ("ar", "Arabic"), ("bg", "Bulgarian"), ("cs", "Czech"), ("da", "Danish"), ("de", "German"), ("el", "Greek"),
    ("en", "English"), ("es", "Spanish"), ("et", "Estonian"), ("fa", "Persian"), ("fi", "Finnish"), ("fr", "French"),
    ("he", "Hebrew"), ("hi", "Hindi"), ("hr", "Croatian"), ("hu", "Hungarian"), ("id", "Indonesian"), ("is", "Icelandic"),
    ("it", "Italian"), ("ja", "Japanese"), ("ko", "Korean"), ("lt", "Lithuanian"), ("lv", "Latvian"), ("ms", "Malay"),
    ("nb", "Norwegian"), ("nl", "Dutch"), ("no", "Norwegian"), ("pl", "Polish"), ("pt", "Portuguese"), ("ro", "Romanian"),
    ("ru", "Russian"), ("sk", "Slovak"), ("sl", "Slovenian"), ("sr", "Serbian"), ("sv", "Swedish"), ("th", "Thai"),
    ("tr", "Turkish"), ("uk", "Ukrainian"), ("vi", "Vietnamese"), ("zh", "Chinese"),
];

/// The name of a language tag: `Portuguese (BR)`; the tag itself when it is not listed.
pub(super) fn name(tag: &str) -> String {
    let (primary, rest) = tag.split_once('-').unwrap_or((tag, ""));
    let known = NAMES.iter().find(|(subtag, _)| primary.eq_ignore_ascii_case(subtag));
    match (known, rest) {
        (Some((_, name)), "") => (*name).to_owned(),
        (Some((_, name)), rest) => format!("{name} ({rest})"),
        (None, _) => tag.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tags() {
        for (tag, want) in [
            ("en", "English"),
            ("pt-BR", "Portuguese (BR)"),
            ("ZH", "Chinese"),
            ("tlh", "tlh"),
        ] {
            assert_eq!(name(tag), want, "{tag}");
        }
    }
}
