//! The exchanges that releases name, and the many ways they write them.
//!
//! A label is compared by its letters and digits in upper case, so that `TSX-V`, `TSX.V` and `tsxv` are one spelling and a row
//! lists it once. Market identifier codes are those of ISO 10383: the segment where issuers mean the segment (AIM, OTCQB),
//! the operator where they do not say (`OTC`, `Borsa Italiana`, `Irish`).
//!
//! The codes were compared with the registration authority's list of 28 September 2026
//! (<https://www.iso20022.org/market-identifier-codes>). Three stand against it, for they are what filters and labelled releases
//! use: `OTCI` for OTCID (the list has `OTCD` since June 2025, and `OTCI` for OTC Link's quotations), `PINX` for all tiers of OTC
//! Pink (expired; what is left is `PINL`, Pink Limited), and `OTCM`, the operator, for what is only said to trade over the counter.
//!
//! # Adding an exchange
//! Add one row to [`EXCHANGES`].

use std::collections::HashMap;
use std::sync::LazyLock;

/// A market and its names.
#[derive(Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Market identifier code, ISO 10383.
    pub mic: &'static str,
    /// The name to show.
    pub name: &'static str,
    /// Other spellings met in releases and in GlobeNewswire's categories. The code and the name need no alias.
    pub aliases: &'static [&'static str],
}

const fn row(mic: &'static str, name: &'static str, aliases: &'static [&'static str]) -> Exchange {
    Exchange { mic, name, aliases }
}

/// Every exchange that is known by name, in the Americas, Europe, then the rest of the world.
#[rustfmt::skip]
pub const EXCHANGES: &[Exchange] = &[
    row("XNAS", "Nasdaq", &["NASDAQ GS", "NASDAQ GM", "NASDAQ CM", "NASDAQ NM", "NASDAQ NMS", "NASDAQ US", "Nasdaq OMX", "NASD", "纳斯达克", "納斯達克", "纳斯达克全球精选市场", "纳斯达克全球市场", "纳斯达克资本市场", "纳斯达克证券交易所", "ナスダック", "나스닥"]),
    row("XNYS", "NYSE", &["New York Stock Exchange", "New York", "NYX", "纽交所", "紐交所", "纽约证券交易所", "紐約證券交易所", "ニューヨーク証券取引所", "뉴욕증권거래소"]),
    row("XASE", "NYSE American", &["NYSE-A", "NYSE MKT", "NYSE AMER", "NYSE Amex", "NYSE Alternext", "AMEX", "American Stock Exchange", "NYSE American LLC"]),
    row("ARCX", "NYSE Arca", &["Arca", "NYSEARCA"]),
    row("XCHI", "NYSE Texas", &["NYSE Chicago", "CHX"]),
    row("BATS", "Cboe BZX", &["BATS", "BZX", "Cboe US", "CboeBZX"]),
    row("TXSE", "TXSE", &["Texas Stock Exchange"]),
    row("LTSE", "LTSE", &["Long-Term Stock Exchange"]),
    row("OTCM", "OTC", &["OTC Markets", "OTCMKTS", "XOTC", "Other OTC", "OTC US", "US OTC", "USOTC", "OTCBB", "OTC BB", "OTC Bulletin Board", "OTC Expert"]),
    row("OTCQ", "OTCQX", &["OTC-QX", "OTC QX", "OTC Markets OTCQX", "OTC Best"]),
    row("OTCB", "OTCQB", &["OTC-QB", "OTC QB", "OTC Markets OTCQB"]),
    row("OTCI", "OTCID", &["OTC ID", "OTC-ID", "OTCID Basic"]),
    row("PINX", "OTC Pink", &["OTC Pinks", "OTC.PK", "OTC PK", "PINK", "Pinks", "Pink Sheets", "OTC Pink Sheets", "PINC", "OTC Markets Pink", "OTCPink"]),
    row("PSGM", "Grey Market", &["OTC Grey", "OTC Grey Market"]),
    row("XTSE", "TSX", &["Toronto", "Toronto Stock Exchange", "Bourse de Toronto", "多交所", "多伦多证券交易所", "多倫多證券交易所", "トロント証券取引所"]),
    row("XTSX", "TSX Venture", &["TSX-V", "TSXV", "TSX VENTURE", "CVE", "TSX Venture Exchange", "TSX Croissance", "Venture", "多伦多证券交易所创业板"]),
    row("XTNX", "TSX NEX", &["NEX Board", "TSXV NEX", "TSX-V NEX", "TSX Venture NEX"]),
    row("XCNQ", "CSE", &["Canadian Securities Exchange", "CNSX", "CNX", "CSE Canada"]),
    row("NEOE", "Cboe Canada", &["Cboe CA", "NEO", "NEO Exchange", "Aequitas NEO", "CBOE Canada Inc"]),
    row("XMEX", "BMV", &["Mexico", "MEXBOL", "Bolsa Mexicana", "Bolsa Mexicana de Valores", "Mexican Stock Exchange"]),
    row("BVMF", "B3", &["Bovespa", "BM&FBOVESPA", "Sao Paulo", "B3 Brasil Bolsa Balcao"]),
    row("XBUE", "BYMA", &["Buenos Aires", "BCBA"]),
    row("XSGO", "Santiago", &["BCS", "Bolsa de Santiago", "Santiago Stock Exchange"]),
    row("XBOG", "BVC", &["Bolsa de Valores de Colombia", "Bogota"]),
    row("XLIM", "BVL", &["Lima", "Bolsa de Valores de Lima", "Lima Stock Exchange"]),
    row("XBDA", "BSX", &["Bermuda", "Bermuda Stock Exchange"]),
    row("XFRA", "Frankfurt", &["FSE", "FRA", "FWB", "BF", "F", "Boerse Frankfurt", "Börse Frankfurt", "Frankfurt Stock Exchange", "Frankfurter Wertpapierbörse", "法兰克福证券交易所", "フランクフルト証券取引所"]),
    row("XETR", "Xetra", &["ETR", "Deutsche Börse Xetra"]),
    row("XBER", "Berlin", &["Berlin Stock Exchange", "Börse Berlin", "BER"]),
    row("XSTU", "Stuttgart", &["Stuttgart Stock Exchange", "Börse Stuttgart", "STU"]),
    row("XMUN", "Munich", &["München", "Börse München", "MUN"]),
    row("XHAM", "Hamburg", &["Börse Hamburg"]),
    row("XDUS", "Düsseldorf", &["Dusseldorf", "Duesseldorf", "DUS"]),
    row("XGAT", "Tradegate", &[]),
    row("XLON", "LSE", &["LON", "LN", "London", "London Stock Exchange", "LSE Main Market", "伦交所", "伦敦证券交易所", "倫敦證券交易所", "ロンドン証券取引所"]),
    row("AIMX", "AIM", &["LSE AIM", "AIM LSE", "AIM London", "London AIM"]),
    row("AQSE", "Aquis", &["Aquis Exchange", "Aquis Growth", "AQUIS Stock Exchange", "NEX"]),
    row("XSWX", "SIX Swiss", &["SIX", "SWX", "SIX Swiss Exchange", "Swiss Exchange", "Zurich", "VTX"]),
    row("XPAR", "Euronext Paris", &["Paris", "EPA", "ENXTPA", "Euronext"]),
    row("ALXP", "Euronext Growth Paris", &["Growth Paris", "Euronext Growth", "Alternext Paris", "Alternext", "ALEXT"]),
    row("XAMS", "Euronext Amsterdam", &["Amsterdam", "AMS", "AEX", "ENXTAM"]),
    row("XBRU", "Euronext Brussels", &["Brussels", "EBR", "ENXTBR"]),
    row("XLIS", "Euronext Lisbon", &["Lisbon", "ELI"]),
    row("XDUB", "Euronext Dublin", &["Irish", "Irish Stock Exchange", "Dublin", "ISE"]),
    row("XOSL", "Oslo", &["OSE", "Oslo Børs", "Oslo Bors", "Oslo Stock Exchange", "Euronext Oslo", "Euronext Oslo Børs", "OB"]),
    row("MERK", "Euronext Growth Oslo", &["Euronext Growth Oslo", "Oslo Growth", "Merkur"]),
    row("XMIL", "Borsa Italiana", &["Milan", "Milano", "Euronext Milan", "BIT", "MI", "EXM", "Borsa Italiana Milan", "MTA"]),
    row("EXGM", "Euronext Growth Milan", &["EGM", "AIM Italia"]),
    row("XMAD", "Madrid", &["BME", "MC", "MCE", "BMAD", "Spanish Stock Exchanges", "Bolsa de Madrid", "Madrid Stock Exchange"]),
    row("XWBO", "Vienna", &["Wien", "Wiener Börse", "Vienna Stock Exchange", "VIE"]),
    row("XLUX", "Luxembourg", &["LuxSE", "Luxembourg Stock Exchange"]),
    row("XSTO", "Nasdaq Stockholm", &["Stockholm", "STO", "OMX Stockholm", "Nasdaq OMX Stockholm"]),
    row("XHEL", "Nasdaq Helsinki", &["Helsinki", "HEL", "OMX Helsinki", "Nasdaq OMX Helsinki"]),
    row("XCSE", "Nasdaq Copenhagen", &["Copenhagen", "CPH", "OMX Copenhagen", "Nasdaq OMX Copenhagen"]),
    row("XICE", "Nasdaq Iceland", &["Iceland", "ICEX", "Nasdaq OMX Iceland"]),
    row("XTAL", "Nasdaq Tallinn", &["Tallinn"]),
    row("XRIS", "Nasdaq Riga", &["Riga"]),
    row("XLIT", "Nasdaq Vilnius", &["Vilnius"]),
    row("FNSE", "Nasdaq First North Sweden", &["First North", "Nasdaq First North", "First North Stockholm", "Nasdaq First North Growth"]),
    row("XSAT", "Spotlight", &["Spotlight Stock Market"]),
    row("XNGM", "NGM", &["Nordic Growth Market", "Nordic SME"]),
    row("XWAR", "Warsaw", &["GPW", "WSE", "Warsaw Stock Exchange"]),
    row("XPRA", "Prague", &["PSE Prague", "Prague Stock Exchange"]),
    row("XBUD", "Budapest", &["BÉT", "Budapest Stock Exchange"]),
    row("XBSE", "BVB", &["Bucharest", "Bucharest Stock Exchange"]),
    row("MISX", "MOEX", &["Moscow Exchange"]),
    row("AIXK", "AIX", &["Astana International Exchange"]),
    row("XKAZ", "KASE", &["Kazakhstan Stock Exchange"]),
    row("XIST", "Borsa Istanbul", &["BIST", "Istanbul"]),
    row("XATH", "Athens", &["ATHEX", "Athens Stock Exchange"]),
    row("XTAE", "TASE", &["Tel Aviv", "Tel-Aviv Stock Exchange", "TLV"]),
    row("XJSE", "JSE", &["Johannesburg", "Johannesburg Stock Exchange"]),
    row("XCAI", "EGX", &["Egyptian Exchange"]),
    row("XNSA", "NGX", &["Nigerian Exchange"]),
    row("XCAS", "Casablanca", &["Casablanca Stock Exchange"]),
    row("XASX", "ASX", &["Australian Securities Exchange", "Australia", "Sydney", "澳交所", "澳大利亚证券交易所", "澳洲證券交易所", "オーストラリア証券取引所"]),
    row("XNZE", "NZX", &["NZSE", "New Zealand", "New Zealand Stock Exchange"]),
    row("XHKG", "HKEX", &["HKSE", "SEHK", "HKG", "HK", "Hong Kong", "Hong Kong Stock Exchange", "Stock Exchange of Hong Kong", "港交所", "香港交易所", "联交所", "聯交所", "香港联交所", "香港聯交所", "香港联合交易所", "香港聯合交易所", "香港证券交易所", "香港證券交易所", "香港証券取引所"]),
    row("XSHG", "SSE", &["Shanghai", "Shanghai Stock Exchange", "SHA", "SHSE", "上交所", "上证所", "上海证券交易所", "上海證券交易所", "上海証券取引所", "科创板", "上交所科创板", "上海证券交易所科创板"]),
    row("XSHE", "SZSE", &["Shenzhen", "Shenzhen Stock Exchange", "SHE", "深交所", "深圳证券交易所", "深圳證券交易所", "深セン証券取引所", "创业板", "深交所创业板"]),
    row("XTKS", "Tokyo", &["TYO", "Tokyo Stock Exchange", "TSE Prime", "TSE Growth", "TSE Standard", "TSE Mothers", "JASDAQ", "JPX", "東証", "東証プライム", "東証スタンダード", "東証グロース", "東証マザーズ", "東証一部", "東証二部", "東証1部", "東証2部", "東京証券取引所", "東京証券取引所プライム", "東京証券取引所スタンダード", "東京証券取引所グロース", "东京证券交易所", "東京證券交易所"]),
    row("XKRX", "KRX", &["KOSPI", "KSE", "Korea Exchange", "Korea", "코스피", "유가증권", "한국거래소", "韩国交易所", "韓国取引所"]),
    row("XKOS", "KOSDAQ", &["KOSDAQ Korea", "코스닥"]),
    row("XTAI", "TWSE", &["Taiwan", "Taiwan Stock Exchange", "TPE", "台灣證券交易所", "台湾证券交易所", "臺灣證券交易所", "證交所", "台證所", "台湾証券取引所"]),
    row("ROCO", "TPEx", &["Taipei Exchange", "櫃買中心", "證券櫃檯買賣中心", "上櫃"]),
    row("XSES", "SGX", &["SGX-ST", "Singapore", "Singapore Exchange", "SGX Mainboard", "Catalist", "新交所", "新加坡交易所", "新加坡证券交易所", "新加坡證券交易所", "シンガポール証券取引所"]),
    row("XNSE", "NSE India", &["NSE", "National Stock Exchange of India"]),
    row("XBOM", "BSE India", &["BSE", "Bombay Stock Exchange", "BOM"]),
    row("XKLS", "Bursa Malaysia", &["KLSE", "Bursa", "Kuala Lumpur"]),
    row("XBKK", "SET", &["Bangkok", "Stock Exchange of Thailand"]),
    row("XSTC", "HOSE", &["HSX", "Ho Chi Minh Stock Exchange", "Hochiminh Stock Exchange"]),
    row("HSTC", "HNX", &["Hanoi Stock Exchange"]),
    row("XIDX", "IDX", &["Jakarta", "Indonesia Stock Exchange"]),
    row("XPHS", "PSE", &["Philippine Stock Exchange", "Philippines"]),
    row("XSAU", "Tadawul", &["Saudi Exchange", "Saudi Stock Exchange"]),
    row("XADS", "ADX", &["Abu Dhabi", "Abu Dhabi Securities Exchange"]),
    row("XDFM", "DFM", &["Dubai Financial Market", "Dubai"]),
    row("XKUW", "Boursa Kuwait", &["Kuwait"]),
    row("DSMD", "QSE", &["Qatar", "Qatar Stock Exchange"]),
];

/// Words that name a tier of a market or say that it is one, at the end of a label.
#[rustfmt::skip]
const TIER_WORDS: &[&str] = &[
    "ADR", "ADS", "BEST", "BOARD", "CAP", "CAPITAL", "CODE", "CURRENT", "EX", "EXCHANGE", "GENERAL", "GLOBAL", "GROUP", "IN", "INFORMATION",
    "INTERNATIONAL", "LARGE", "LIMITED", "LLC", "MAIN", "MARKET", "MARKETPLACE", "MARKETS", "MID", "NATIONAL", "NO", "NUMBER", "PLATFORM",
    "PREMIER", "PRIME", "REGULATED", "SCRIP", "SECTION", "SECURITIES", "SELECT", "SHARES", "SMALL", "STANDARD", "STAR", "STOCK", "SYMBOL", "THE", "TICKER", "TIER", "TRADING", "US",
    "VENTURE",
];

/// Words that announce a symbol, before a label or behind it: `Stock Symbol CSE`, `TSE Code`.
const ANNOUNCING_WORDS: &[&str] = &["CODE", "NO", "STOCK", "SYMBOL", "THE", "TICKER", "TRADING"];

/// The same in Chinese, Japanese and Korean, which write no space between: `纳斯达克股票代码`.
#[rustfmt::skip]
const EASTERN_WORDS: &[&str] = &[
    "股票代码", "股票代碼", "股票代号", "股票代號", "股份代码", "股份代號", "股份代号", "证券代码", "證券代碼", "證券代號", "交易代码", "交易代碼", "代码", "代碼", "代号", "代號",
    "証券コード", "銘柄コード", "コード番号", "コード", "종목코드", "종목 코드", "股票", "上市", "上場", "主板", "市场", "市場", "시장",
];

/// A label without such words at its end.
fn without_eastern_words(label: &str) -> &str {
    let mut rest = label.trim();
    while let Some(shorter) = EASTERN_WORDS.iter().find_map(|word| rest.strip_suffix(word)) {
        rest = shorter.trim_end();
    }
    rest
}

/// Does a text consist of such words?
pub(super) fn is_eastern_announcement(words: &str) -> bool {
    !words.trim().is_empty() && without_eastern_words(words).is_empty()
}

static BY_LABEL: LazyLock<HashMap<String, &'static Exchange>> = LazyLock::new(|| {
    let mut index = HashMap::new();
    for exchange in EXCHANGES {
        for label in [exchange.mic, exchange.name].iter().chain(exchange.aliases) {
            index.entry(key(label)).or_insert(exchange);
        }
    }
    index
});

/// Bytes of the longest text that can be a label.
const MAX_LABEL_BYTES: usize = 60;

/// The exchange that a label names, with or without a tier (`NASDAQ Global Select Market`, `OTC Pink Limited`).
///
/// Labels that only the symbol can tell (`TSE`, `Cboe`) are looked up with [`exchange_of`].
#[must_use]
pub fn exchange(label: &str) -> Option<&'static Exchange> {
    if label.len() > MAX_LABEL_BYTES {
        return None;
    }
    if let Some(found) = BY_LABEL.get(&key(label)) {
        return Some(found);
    }
    if !label.is_ascii()
        && let Some(found) = BY_LABEL.get(&key(without_eastern_words(label)))
    {
        return Some(found);
    }
    let words: Vec<String> = label.split_whitespace().map(key).collect();
    let announced = words
        .iter()
        .take_while(|word| ANNOUNCING_WORDS.contains(&word.as_str()))
        .count();
    let is_tier = |word: &String| TIER_WORDS.contains(&word.as_str());
    let tiers = words.iter().rev().take_while(|word| is_tier(word)).count();
    // Whole first: `Stock Exchange of Hong Kong` begins, `TSX Venture` ends with such a word.
    (0..=announced).find_map(|from| {
        let ends = (words.len() - tiers..=words.len()).rev().filter(|&end| end > from);
        ends.into_iter()
            .find_map(|end| BY_LABEL.get(&words[from..end].concat()).copied())
    })
}

/// The exchange that a label names for this symbol: `TSE` is Tokyo for digits and Toronto for letters, `SSE` Shanghai and
/// Santiago, `NEX` the board of TSX Venture whose symbols end in `.H` and the old name of Aquis, `Cboe` alone the Canadian
/// market but for the shares of Cboe itself.
#[must_use]
pub fn exchange_of(label: &str, symbol: &str) -> Option<&'static Exchange> {
    let by_mic = |mic: &str| EXCHANGES.iter().find(|exchange| exchange.mic == mic);
    match bare_key(label).as_str() {
        "TSE" if symbol.starts_with(|c: char| c.is_ascii_digit()) => by_mic("XTKS"),
        "TSE" => by_mic("XTSE"),
        "SSE" if symbol.starts_with(|c: char| c.is_ascii_alphabetic()) => by_mic("XSGO"),
        "NEX" if symbol.ends_with(".H") => by_mic("XTNX"),
        "CBOE" if symbol == "CBOE" => by_mic("BATS"),
        "CBOE" => by_mic("NEOE"),
        _ => exchange(label),
    }
}

/// The key of a label without the words that announce a symbol: `TSE Code`, `Stock Symbol TSE`.
fn bare_key(label: &str) -> String {
    let words: Vec<String> = label.split_whitespace().map(key).collect();
    let is_bare = |word: &&String| !ANNOUNCING_WORDS.contains(&word.as_str());
    match words.iter().filter(is_bare).collect::<Vec<_>>().as_slice() {
        [word] => (*word).clone(),
        _ => words.concat(),
    }
}

/// Is this label one of a market at all?
pub(super) fn is_label(label: &str) -> bool {
    exchange_of(label, "").is_some()
}

/// Is this the name of a city or country that has other meanings in prose?
pub(super) fn is_place(label: &str) -> bool {
    let mut letters = label.trim().chars();
    letters.next().is_some_and(char::is_uppercase)
        && letters.next().is_some_and(char::is_lowercase)
        && !key(label).starts_with("NASDAQ")
}

/// Is this the code of an airport, too? `FRA-JFK` is a flight.
pub(super) fn is_airport(label: &str) -> bool {
    #[rustfmt::skip]
    const AIRPORTS: &[&str] = &[
        "AMS", "BER", "BOM", "CPH", "DUS", "FRA", "HEL", "HKG", "LON", "SHA", "STO", "STU", "TLV", "TPE", "TYO", "VIE",
    ];
    AIRPORTS.contains(&label)
}

/// Letters and digits of a label, in upper case.
pub(super) fn key(label: &str) -> String {
    // What most labels are written in needs no tables.
    if label.is_ascii() {
        let kept = label.bytes().filter(u8::is_ascii_alphanumeric);
        return kept.map(|b| char::from(b.to_ascii_uppercase())).collect();
    }
    label
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_name_exchanges() {
        for (label, want) in [
            ("TSX-V", Some("XTSX")),
            ("TSX.V", Some("XTSX")),
            ("TSX VENTURE", Some("XTSX")),
            ("NASDAQ Global Select Market", Some("XNAS")),
            ("Nasdaq Stockholm", Some("XSTO")),
            ("The New York Stock Exchange", Some("XNYS")),
            ("NYSE: AMERICAN", Some("XASE")),
            ("OTCQX International", Some("OTCQ")),
            ("OTCQB Venture Market", Some("OTCB")),
            ("OTC.PK", Some("PINX")),
            ("Oslo Børs", Some("XOSL")),
            ("Nasdaq Listing Rule", None),
            ("Composite", None),
            ("", None),
        ] {
            assert_eq!(exchange(label).map(|exchange| exchange.mic), want, "{label}");
        }
    }

    #[test]
    fn no_label_names_two_exchanges() {
        let mut seen: HashMap<String, &str> = HashMap::new();
        for exchange in EXCHANGES {
            assert!(
                exchange.mic.len() == 4 && exchange.mic.bytes().all(|b| b.is_ascii_uppercase()),
                "{}",
                exchange.mic
            );
            for label in [exchange.mic, exchange.name].iter().chain(exchange.aliases) {
                let other = seen.insert(key(label), exchange.mic);
                assert!(
                    other.is_none_or(|mic| mic == exchange.mic),
                    "{label}: {other:?} and {}",
                    exchange.mic
                );
            }
        }
    }
}
