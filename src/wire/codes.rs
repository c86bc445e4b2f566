//! The code lists of PR Newswire's feeds: a three-letter code and a label, mixed in one element.
//!
//! In: a code or a label as a feed writes it. Out: the row of the list. Labels of feeds differ from those of the list in punctuation
//! (`Banking & Financial Services`, `Licensing` for `Licensing/Marketing Agreements`).
//!
//! Source: the lists of the wire's content interface (133 industries, 89 subjects, September 2026), and the IPTC subject codes that the
//! Australian Associated Press files 39 of the subjects under.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A term of a code list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Three letters.
    pub code: &'static str,
    /// Label, as the list prints it.
    pub name: &'static str,
    /// IPTC subject code: eight digits.
    pub iptc: Option<&'static str>,
}

const fn code(code: &'static str, name: &'static str) -> Code {
    Code { code, name, iptc: None }
}

const fn mapped(code: &'static str, name: &'static str, iptc: &'static str) -> Code {
    Code {
        code,
        name,
        iptc: Some(iptc),
    }
}

/// `prn:industry`.
#[rustfmt::skip]
const PRN_INDUSTRIES: &[Code] = &[
    code("ADV", "Advertising"), code("ARO", "Aerospace/Defense"), code("AGR", "Agriculture"), code("AIF", "Air Freight"),
    code("AIR", "Airlines/Aviation"), code("ALT", "Alternative Energies"), code("ATL", "Amusement Parks and Tourist Attractions"),
    code("ANW", "Animal Welfare"), code("ART", "Art"), code("AFI", "Artificial Intelligence"), code("AUT", "Automotive"),
    code("FIN", "Banking/Financial Services"), code("ALC", "Beers, Wines and Spirits"), code("BEV", "Beverages"),
    code("BIM", "Biometrics"), code("BIO", "Biotechnology"), code("BLN", "Blockchain"), code("BKS", "Books"),
    code("BRI", "Bridal Services"), code("BRD", "Broadcast Technology"), code("THC", "Cannabis"), code("CHM", "Chemical"),
    code("IOT", "Cloud Computing/Internet of Things"), code("CRL", "Commercial Real Estate"), code("HRD", "Computer Hardware"),
    code("STW", "Computer Software"), code("CPR", "Computer/ Electronics"), code("CST", "Construction/Building"),
    code("CSE", "Consumer Electronics"), code("CPC", "Cosmetics and Personal Care"), code("ICO", "Cryptocurrency"),
    code("DTA", "Data Analytics"), code("DEN", "Dentistry"), code("EDU", "Education"), code("EUT", "Electrical Utilities"),
    code("ECM", "Electronic Commerce"), code("ECP", "Electronic Components"), code("EDA", "Electronic Design Automation"),
    code("GAM", "Electronic Gaming"), code("EPM", "Electronics Performance Measurement"), code("ENT", "Entertainment"),
    code("ENV", "Environmental Products & Services"), code("ENS", "Environmental Products & Services"), code("FAS", "Fashion"),
    code("FLM", "Film and Motion Picture"), code("FNT", "Financial Technology"), code("FIT", "Fitness/Wellness"),
    code("FOD", "Food & Beverages"), code("FRN", "Furniture and Furnishings"), code("CNO", "Gambling/Casinos"), code("GAS", "Gas"),
    code("MFG", "General Manufacturing"), code("GRE", "Green Technology"), code("HVA", "HVAC"), code("HEA", "Health Care/Hospitals"),
    code("HIN", "Health Insurance"), code("HTS", "High Tech Security"), code("HED", "Higher Education"), code("HMI", "Home Improvements"),
    code("HSC", "Home Schooling"), code("HMS", "Homeland Security"), code("HRT", "Hotels and Resorts"), code("HHP", "Household Products"),
    code("HOU", "Household/Consumer/Cosmetics"), code("IDC", "Infectious Disease Control"), code("INS", "Insurance"),
    code("ITE", "Internet Technology"), code("JWL", "Jewelry"), code("LGL", "Legal Services"), code("LEI", "Leisure & Tourism"),
    code("MCT", "Machine Tools, Metalworking and Metallurgy"), code("MAC", "Machinery"), code("MAG", "Magazines"),
    code("MAR", "Maritime/Shipbuilding"), code("MEQ", "Medical Equipment"), code("MTC", "Medical/Pharmaceuticals"),
    code("MNH", "Mental Health"), code("MIN", "Mining"), code("MNG", "Mining/Metals"), code("MEN", "Mobile Entertainment"),
    code("MLM", "Multimedia/Internet"), code("MUS", "Music"), code("MFD", "Mutual Funds"), code("NAN", "Nanotechnology"),
    code("NET", "Networks"), code("NAB", "Non-Alcoholic Beverages"), code("OTC", "OTC/SmallCap"), code("OFP", "Office Products"),
    code("OIL", "Oil/Energy"), code("ORF", "Organic Food"), code("CMP", "Outdoors, Camping & Hiking"),
    code("OUT", "Outsourcing Businesses"), code("ORL", "Overseas Real Estate (non-US)"), code("PAP", "Paper/Forest Products/Containers"),
    code("PAV", "Passenger Aviation"), code("PEL", "Peripherals"), code("PHA", "Pharmaceuticals"), code("PRM", "Precious Metals"),
    code("USN", "Public Interest News"), code("PUB", "Publishing/Information Services"),
    code("RFI", "RFID (Radio Frequency ID) Applications & Tech"), code("RAD", "Radio & Podcast"),
    code("RIT", "Railroads & Intermodal Transporation"), code("RLT", "Real Estate"), code("RRL", "Residential Real Estate"),
    code("RST", "Restaurants"), code("REA", "Retail"), code("STM", "STEM (Science, Tech, Engineering, Math)"),
    code("SWB", "Semantic Web"), code("SEM", "Semiconductors"), code("SMD", "Social Media"), code("SSE", "Sporting Events"),
    code("SPT", "Sports"), code("SPE", "Sports Equipment & Accessories"), code("SUP", "Supermarkets"),
    code("SPM", "Supplementary Medicine"), code("SCL", "Supply Chain/Logistics"), code("TCS", "Telecommunications Carriers and Services"),
    code("TEQ", "Telecommunications Equipment"), code("TLS", "Telecommunications Industry"), code("TVN", "Television"),
    code("TEX", "Textiles"), code("TOB", "Tobacco"), code("TOY", "Toys"), code("TRN", "Transportation/Trucking/Railroad"),
    code("TRA", "Travel"), code("TRT", "Trucking and Road Transportation"), code("UTI", "Utilities"),
    code("VIP", "VoIP (Voice over Internet Protocol)"), code("WUT", "Water Utilities"), code("WEB", "Web site"),
    code("WIC", "Wireless Communications"), code("WRK", "Workforce Management/Human Resources"),
];

/// `prn:subject`, and the codes of `dc:subject` beside it.
#[rustfmt::skip]
const PRN_SUBJECTS: &[Code] = &[
    mapped("ACC", "Accounting News, Issues", "04016001"), mapped("TNM", "Acquisitions, Mergers, Takeovers", "04016005"),
    code("AVO", "Advocacy Group Opinion"), code("BLK", "African-American News"), mapped("ANW", "Animal Welfare", "08001000"),
    mapped("PET", "Animals/Pets", "08001000"), code("ASI", "Asian-Related News"),
    mapped("ATY", "Attorney/Lawsuit Investigations", "02003002"), mapped("AWD", "Awards", "08006000"),
    mapped("BCY", "Bankruptcy", "04016007"), code("RTG", "Bond/Stock Ratings"), code("BFA", "Broadcast Feed Announcement"),
    code("BCM", "Broadcast Minute"), code("CFG", "Canadian Federal Government"), code("CMG", "Canadian Municipal Government"),
    code("CPG", "Canadian Provincial Government"), mapped("CHI", "Children-Related News", "14024001"),
    mapped("TRI", "Clinical Trials/Medical Discoveries", "07005000"), code("CCA", "Conference Call Announcements"),
    mapped("RCY", "Conservation/Recycling", "06002000"), mapped("CON", "Contracts", "04016013"),
    mapped("CXP", "Corporate Expansion", "04016022"), code("CSR", "Corporate Social Responsibility"),
    mapped("DIV", "Dividends", "04016015"), code("POL", "Domestic Policy"), mapped("ERN", "Earnings", "04016018"),
    mapped("ERP", "Earnings Projects or Forecasts", "04016016"), mapped("ECO", "Economic News, Trends and Analysis", "04017000"),
    mapped("ENI", "Environmental Issues", "06000000"), mapped("ENP", "Environmental Policy", "06000000"),
    code("EGV", "European Government"), code("FDA", "FDA Approval"), code("FEA", "Features"),
    code("EXE", "Federal Executive Branch, Agency News"), code("LEG", "Federal and State Legislation"),
    code("FNC", "Financing Agreements"), mapped("FOR", "Foreign policy/International affairs", "11002002"),
    mapped("DIS", "Handicapped/Disabled", "14004000"), code("HSP", "Hispanic-Oriented News"),
    code("IMA", "International Medical Approval"), code("INO", "Investments Opinions"), mapped("JVN", "Joint Ventures", "04016023"),
    mapped("LBR", "Labor/Union news", "09010000"), code("LAW", "Legal Issues"), mapped("LGB", "Lesbian/Gay/Bisexual", "14010001"),
    mapped("LIC", "Licensing/Marketing Agreements", "04016026"), mapped("MRR", "Market Research Reports", "04006008"),
    code("MAT", "Mature Audience"), code("MAV", "Media Advisory/Invitation"), code("MIN", "Mens Interest"), code("ADM", "MultiVu Audio"),
    code("PHM", "MultiVu Photo"), code("VDM", "MultiVu Video"), code("NTA", "Native American"),
    mapped("NAT", "Natural Disasters", "03015001"), mapped("PDT", "New Products/Services", "04016030"), code("NPT", "Not for Profit"),
    code("OBI", "Obituaries"), code("OFR", "Offerings"), code("DSC", "Oil/Gas Discoveries"), mapped("PLW", "Patent Law", "04016031"),
    code("PER", "Personnel Announcements"), mapped("CPN", "Political Campaigns", "11003002"), code("PVP", "Private Placement"),
    mapped("RCL", "Product Recalls", "04016053"), code("PSF", "Public Safety"), mapped("RLE", "Real Estate Transactions", "04004003"),
    mapped("REL", "Religion", "12000000"), mapped("RCN", "Restructuring/Recapitalizations", "04016039"), code("SLS", "Sales Reports"),
    mapped("SCZ", "Senior Citizens", "14024005"), code("SHA", "Shareholder Activism"), code("SRP", "Shareholders' Rights Plans"),
    code("SBS", "Small Business Services"), code("SRI", "Socially Responsible Investing"), mapped("STS", "Stock Split", "04016051"),
    mapped("SVY", "Surveys, Polls & Research", "11003008"), mapped("TRD", "Trade Policy", "04008033"), code("TDS", "Tradeshow News"),
    code("STP", "U.S. State Policy News"), code("VEN", "Venture Capital"), mapped("VET", "Veterans", "11001001"),
    code("VNR", "Video News Releases"), code("WOM", "Women-related News"), code("FVT", "Future Events"),
    code("DEI", "Diversity, Equity Inclusion"), mapped("ESG", "Environmental, Social, and Governance", "06000000"),
    code("SHM", "Shareholder Meeting"), code("FRI", "Black Friday"),
];

/// The industry that PR Newswire's `label` is the code or the label of.
#[must_use]
pub fn prn_industry(label: &str) -> Option<&'static Code> {
    static INDEX: LazyLock<Index> = LazyLock::new(|| index(PRN_INDUSTRIES));
    find(&INDEX, label)
}

/// The subject that PR Newswire's `label` is the code or the label of.
#[must_use]
pub fn prn_subject(label: &str) -> Option<&'static Code> {
    static INDEX: LazyLock<Index> = LazyLock::new(|| index(PRN_SUBJECTS));
    find(&INDEX, label)
}

/// Codes in capitals, words of labels in lower case: neither can be the other.
type Index = HashMap<String, &'static Code>;

fn index(list: &'static [Code]) -> Index {
    let halves = list
        .iter()
        .filter_map(|row| Some((words(row.name.split_once('/')?.0), row)));
    let labels: Index = unique(list.iter().map(|row| (words(row.name), row)));
    let mut index = unique(halves);
    index.extend(labels);
    index.extend(list.iter().map(|row| (row.code.to_owned(), row)));
    index
}

/// What names one row only: `Environmental Products & Services` has two codes, so it tells neither.
fn unique(names: impl Iterator<Item = (String, &'static Code)>) -> Index {
    let mut seen: HashMap<String, Option<&'static Code>> = HashMap::new();
    for (name, row) in names {
        seen.entry(name).and_modify(|known| *known = None).or_insert(Some(row));
    }
    seen.into_iter().filter_map(|(name, row)| Some((name, row?))).collect()
}

fn find(index: &Index, label: &str) -> Option<&'static Code> {
    let label = label.trim();
    index.get(label).or_else(|| index.get(&words(label))).copied()
}

/// The words of a label in lower case: without `&`, `/` and `and`, which feed and list write by turns.
fn words(label: &str) -> String {
    let lower = label.to_lowercase();
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && *word != "and");
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_and_labels_find_their_row() {
        for (label, want) in [
            ("ERN", Some("ERN")),
            ("Earnings", Some("ERN")),
            ("New Products & Services ", Some("PDT")),
            ("Licensing ", Some("LIC")),
            ("MIN", Some("MIN")),
            ("ern", None),
            ("Gossip", None),
            (" & ", None),
            ("", None),
        ] {
            assert_eq!(prn_subject(label).map(|row| row.code), want, "{label}");
        }
        for (label, want) in [
            ("Banking & Financial Services", Some("FIN")),
            ("Computer & Electronics", Some("CPR")),
            ("Mining", Some("MIN")),
            ("MIN", Some("MIN")),
        ] {
            assert_eq!(prn_industry(label).map(|row| row.code), want, "{label}");
        }
    }

    #[test]
    fn every_row_is_found_by_its_code_and_by_its_label() {
        for (list, by) in [
            (PRN_INDUSTRIES, prn_industry as fn(&str) -> Option<&'static Code>),
            (PRN_SUBJECTS, prn_subject),
        ] {
            let codes: HashSet<_> = list.iter().map(|row| row.code).collect();
            assert_eq!(codes.len(), list.len());
            for row in list {
                assert_eq!(by(row.code), Some(row));
                let shared = list.iter().filter(|other| other.name == row.name).count() > 1;
                assert_eq!(by(row.name), (!shared).then_some(row), "{}", row.name);
                assert!(
                    row.iptc
                        .is_none_or(|code| code.len() == 8 && code.bytes().all(|b| b.is_ascii_digit()))
                );
            }
        }
    }
}
