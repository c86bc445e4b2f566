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
        ("(Nasdaq\nStockholm: ACME B)", &["XSTO:ACME B"]),
        (
            "(Euronext: ACM – ISIN: FR0010417345 - Nasdaq Stock Market: ACMT)",
            &["XPAR:ACM", "XNAS:ACMT"],
        ),
        ("(Euronext Growth Paris: FR0013018124, ALACM)", &["ALXP:ALACM"]),
        ("(TSX - V: ABC) (TSX/V: ABD)", &["XTSX:ABC", "XTSX:ABD"]),
        ("(NYSE: ABC/A, ABC/B)", &["XNYS:ABC.A", "XNYS:ABC.B"]),
        (
            "(stock code: 2269.HK) (863.HK / NYSE: ABC)",
            &["XHKG:2269", "XHKG:863", "XNYS:ABC"],
        ),
        ("(Tokyo Stock Exchange Code No. 7867)", &["XTKS:7867"]),
        (
            "(BSE Scrip Code: 500325 | NSE Symbol: ACME)",
            &["XBOM:500325", "XNSE:ACME"],
        ),
        (
            "(Stock Symbol CSE: XYZ) (Nasdaq trading symbol: ABC)",
            &["XCNQ:XYZ", "XNAS:ABC"],
        ),
        (
            "(NASDAQ “ABC”, “ABCW”) (NASDAQ: CLEN, “CLENE”)",
            &["XNAS:ABC", "XNAS:ABCW", "XNAS:CLEN"],
        ),
        (
            "(Symbol: TSX-V: ABC; OTCQB: ABCDF) (Ticker: TSX – ABD)",
            &["XTSX:ABC", "OTCB:ABCDF", "XTSE:ABD"],
        ),
        (
            "(Nasdaq/GS: ABC) (NYSE: ACM; BMV: ACME CPO)",
            &["XNAS:ABC", "XNYS:ACM", "XMEX:ACME CPO"],
        ),
        ("(LSE/STO/Nasdaq: ACM)", &["XLON:ACM", "XSTO:ACM", "XNAS:ACM"]),
        ("(ASX: ACM, ISIN AU000000BHP4; WKN: A1C2D3)", &["XASX:ACM"]),
        (
            "阿克梅集团（纳斯达克股票代码：ACMX；香港联交所股票代码：9966）今天公布",
            &["XNAS:ACMX", "XHKG:9966"],
        ),
        (
            "(纳斯达克股票代码:ACMX;香港联交所股票代码:9966)",
            &["XNAS:ACMX", "XHKG:9966"],
        ),
        (
            "（纽交所：ACM；港交所：09966）（納斯達克：ABCD）",
            &["XNYS:ACM", "XHKG:9966", "XNAS:ABCD"],
        ),
        (
            "（東証プライム：6599）（東証スタンダード 1234）",
            &["XTKS:6599", "XTKS:1234"],
        ),
        (
            "(本社:大阪市、代表取締役社長:山田太郎、東証プライム市場:6599)",
            &["XTKS:6599"],
        ),
        ("（東京証券取引所グロース市場：130A）", &["XTKS:130A"]),
        (
            "（上交所：600519）（深交所：000001）（新交所：D05）",
            &["XSHG:600519", "XSHE:000001", "XSES:D05"],
        ),
        ("（上海证券交易所科创板股票代码：688001）", &["XSHG:688001"]),
        (
            "（台灣證券交易所：2330）(코스닥: 112040)（OTCQB：ABCD）",
            &["XTAI:2330", "XKOS:112040", "OTCB:ABCD"],
        ),
        ("（股票代码：9966.HK）", &["XHKG:9966"]),
        ("（以下简称“公司”）（股票代码：9966）（东京 2026）（电话：8888）", &[]),
        ("（纳斯达克上市公司）（在港交所上市）（上市：2026年）（上市 2026）", &[]),
    ] {
        assert_eq!(keys(text), want, "{text}");
    }
}

#[test]
fn lines_that_hold_nothing_else_name_listings() {
    for (text, want) in [
        ("2 May 2026\nAIM: ACM\nACME PLC", &["AIMX:ACM"][..]),
        (
            "TSX-V: ABC | OTCQB: ABCDF | FSE: 1AB",
            &["XTSX:ABC", "OTCB:ABCDF", "XFRA:1AB"],
        ),
        ("NYSE: the exchange said", &[]),
        ("Listed: NYSE: ABC", &[]),
        ("London: 5", &[]),
        ("F: ABC", &[]),
        ("Contact: NYSE", &[]),
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
        "new flights (FRA-JFK), (HEL - ARN) and (VIE LHR)",
        "Fax (F: 2125550100) or (T: 212 F: 213)",
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
        "(Hong Kong: HKTDC) (Singapore: 2025) (Paris: 17:35)",
        "(T: 604-555-1234, F: 604-555-1235)",
        "(Nasdaq: down 1.2%)",
        "(Ticker: PZZA) (Symbol: to be announced) (Stock Code: 00700)",
        "(NASDAQ and NYSE)",
        "(NYSE/VTI, NASDAQ/QQQ)",
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
        ("ISIN:CA50684B1031", None),
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

/// What opens listings and never ends them, and more listings than any release has.
#[test]
fn hostile_texts_are_read_in_time_that_grows_with_them() {
    let number = |n: usize| format!("{}{}", char::from(b'A' + u8::try_from(n % 26).unwrap_or(0)), n / 26);
    let listings: String = (0..10_000).map(|n| format!("(OTC: A{}) ", number(n))).collect();
    let twice = format!("{listings}{}", listings.replace("OTC", "OTCQB"));
    for text in [
        "(NYSE:".repeat(170_000),
        "$".repeat(1_000_000),
        "$A ".repeat(330_000),
        "(".repeat(250_000),
        "NYSE: A | ".repeat(25_000),
        "NYSE: A\n".repeat(30_000),
        "WKN ".repeat(60_000),
        "ISIN DE000A2YN355 ".repeat(14_000),
        "under the symbol ".repeat(15_000),
        "on the NYSE under the symbol “A” ".repeat(7_500),
        format!("{}{}", "Acme ".repeat(50_000), "(NYSE: A)"),
        "Acme Corp. (NYSE: A) ".repeat(12_000),
        twice,
    ] {
        let begun = std::time::Instant::now();
        let known = named(Vec::new(), None, &[&text]);
        let known = numbered(known, Some("Acme"), &text);
        let _ = cashtags(&[&text]);
        let elapsed = begun.elapsed();
        assert!(
            elapsed.as_secs() < 20,
            "{elapsed:?}: {} ... {} organisations",
            &text[..12],
            known.len()
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
