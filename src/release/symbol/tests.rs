use super::*;
use proptest::prelude::*;

fn keys(text: &str) -> Vec<String> {
    symbols(text).iter().map(|mention| mention.symbol.key()).collect()
}

#[test]
fn brackets_name_listings() {
    for (text, want) in [
        ("Acme (NASDAQ: PGC) said", &["XNAS:PGC"][..]),
        ("(NASDAQ Global Select Market: PGC)", &["XNAS:PGC"]),
        ("(TSX : T, NYSE : TU)", &["XTSE:T", "XNYS:TU"]),
        ("(Nasdaq:\u{202F}LVO)", &["XNAS:LVO"]),
        ("(\u{200B}\u{200B}OTC: SBGSY)", &["OTCM:SBGSY"]),
        ("[NYSE: BA]", &["XNYS:BA"]),
        ("（NASDAQ：BIDU）", &["XNAS:BIDU"]),
        ("(NYSE American/TSX: SVM)", &["XASE:SVM", "XTSE:SVM"]),
        ("(NYSE, Nasdaq: VZ)", &["XNYS:VZ", "XNAS:VZ"]),
        ("(Nasdaq and TASE: FRSX)", &["XNAS:FRSX", "XTAE:FRSX"]),
        (
            "(NYSE: GIG, GIG.U, GIG.RT, and GIG.WS)",
            &["XNYS:GIG", "XNYS:GIG.U", "XNYS:GIG.RT", "XNYS:GIG.WS"],
        ),
        ("(ASX:CLA LON:CLA)", &["XASX:CLA", "XLON:CLA"]),
        (
            "(TSX-V.DMI)(OTCQB-DMIFF)(FRA:DC3A)",
            &["XTSX:DMI", "OTCB:DMIFF", "XFRA:DC3A"],
        ),
        ("(UUU: CSE) (SL5: Frankfurt)", &["XCNQ:UUU", "XFRA:SL5"]),
        ("(TSX.V YEG)", &["XTSX:YEG"]),
        ("(TSE: 7276) (TSE: PTM)", &["XTKS:7276", "XTSE:PTM"]),
        ("(Cboe: SCRI) (Cboe: CBOE)", &["NEOE:SCRI", "BATS:CBOE"]),
        ("(HKEX: 0700) (SEHK: 700)", &["XHKG:700", "XHKG:700"]),
        ("(NYSE: AMERICAN: UAMY)", &["XASE:UAMY"]),
        ("(NYSE: BRK -B) (Nasdaq: HILB B)", &["XNYS:BRK-B", "XNAS:HILB B"]),
        ("(NYSE-American, stock symbol NNVC)", &["XASE:NNVC"]),
        ("(NASDAQ: VACH, “Voyager”, www.x.example)", &["XNAS:VACH"]),
        ("(NASDAQ: ABC (formerly XYZ))", &["XNAS:ABC"]),
        ("(OTC PINK: $LBRG)", &["PINX:LBRG"]),
    ] {
        assert_eq!(keys(text), want, "{text}");
    }
}

#[test]
fn prose_in_brackets_names_none() {
    for text in [
        "Papa John’s (PZZA)",
        "the Nasdaq Composite (Nasdaq Composite)",
        "Nasdaq Listing Rule 5635(c)(4)",
        "(Nasdaq Listing Rule 5635)",
        "(“NEO” or the “Company”)",
        "(\"AIM-MASH\")",
        "(AIM-MASH)",
        "(Nasdaq 100) (NYSE IPO) (Berlin 2025)",
        "(https://x.example/nyse-ses)",
        "(Paris, London and New York)",
        "(TSX: )",
        "said NYSE: BA fell",
        "NYSE: closed",
        "London: 5",
        "F: 604-555-1234",
        "(ISIN: DE000A2YN355)",
        "()",
        ")(",
    ] {
        assert_eq!(keys(text), [""; 0], "{text}");
    }
}

#[test]
fn mentions_know_their_words_and_their_organisation() {
    let text = "BOISE, Idaho – Acme Gold Corp. (TSXV: AGX) (OTCQB: AGXPF) and its rival Bolt (NYSE: B) met.";
    let found: Vec<_> = symbols(text)
        .into_iter()
        .map(|m| (text[m.span].to_owned(), m.symbol.raw, m.name))
        .collect();
    let row = |raw: &str, name: &str| (raw.to_owned(), raw.to_owned(), Some(name.to_owned()));
    assert_eq!(
        found,
        [
            row("TSXV: AGX", "Acme Gold Corp."),
            row("OTCQB: AGXPF", "Acme Gold Corp."),
            row("NYSE: B", "Bolt")
        ]
    );
}

#[test]
fn category_labels_name_listings() {
    for (label, want) in [
        ("Oslo:NHY", Some("XOSL:NHY")),
        ("OTC Markets:NHYDY", Some("OTCM:NHYDY")),
        ("Other OTC:NHYDY", Some("OTCM:NHYDY")),
        ("Nasdaq:PGC", Some("XNAS:PGC")),
        ("Irish:IRSH", Some("XDUB:IRSH")),
        ("Paris:MBWS", Some("XPAR:MBWS")),
        ("TSX VENTURE:AXL", Some("XTSX:AXL")),
        ("SWX:RO", Some("XSWX:RO")),
        ("Shenzhen:301047", Some("XSHE:301047")),
        ("Atlantis:abc", Some("ATLANTIS:ABC")),
        ("PGC", None),
        (":PGC", None),
        ("Nasdaq:", None),
    ] {
        assert_eq!(
            symbol_from_label(label).map(|symbol| symbol.key()).as_deref(),
            want,
            "{label}"
        );
    }
}

/// Share of labelled brackets that must be read exactly: every symbol with its exchange, none more.
const FLOOR_PERCENT: usize = 98;

#[test]
fn labelled_brackets_of_real_releases() {
    let Some(rows) = crate::text::corpus("release/tickers.jsonl") else {
        return;
    };
    let (mut right, mut total) = (0, 0);
    for line in rows.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let raw = row["raw"].as_str().unwrap();
        let want: Vec<String> = row["symbols"]
            .as_array()
            .unwrap()
            .iter()
            .map(|symbol| {
                format!(
                    "{}:{}",
                    symbol["mic"].as_str().unwrap_or("?"),
                    symbol["symbol"].as_str().unwrap()
                )
            })
            .collect();
        let got = match row["kind"].as_str() {
            Some("globenewswire_category") => symbol_from_label(raw).iter().map(Symbol::key).collect(),
            _ => keys(raw),
        };
        if want.is_empty() {
            assert_eq!(got, want, "negative: {raw}");
        }
        total += 1;
        if got == want {
            right += 1;
        } else {
            println!("wrong: {raw}: {got:?}, not {want:?}");
        }
    }
    println!("{right} of {total} labelled brackets");
    assert!(total > 100, "{total} rows");
    assert!(right * 100 >= total * FLOOR_PERCENT, "{right} of {total}");
}

proptest! {
    #[test]
    fn any_text_is_read(text in "([(\\[NYSE:TSX,;|/.–-]|\\)| and |\\(NYSE: |“|\\PC){0,60}") {
        for mention in symbols(&text) {
            prop_assert_eq!(&text[mention.span.clone()], mention.symbol.raw.as_str());
        }
        let _ = symbol_from_label(&text);
    }
}
