//! The names that datelines print: states and provinces, countries, cities that stand alone.
//!
//! In: a name in any case, with or without accents and full stops. Out: its row. Small on purpose: it decides where a place
//! begins and what country a lone city is in, and says nothing of places that print their own.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A state or province: name, country, then the abbreviations of the Associated Press and of the post.
type Region = (&'static str, &'static str, &'static [&'static str]);

/// A city that needs no region beside it: name, region or nothing, country or nothing.
type City = (&'static str, &'static str, &'static str);

#[rustfmt::skip]
const REGIONS: &[Region] = &[
    ("Alabama", "US", &["AL", "Ala"]), ("Alaska", "US", &["AK"]), ("Arizona", "US", &["AZ", "Ariz"]),
    ("Arkansas", "US", &["AR", "Ark"]), ("California", "US", &["CA", "Calif"]), ("Colorado", "US", &["CO", "Colo"]),
    ("Connecticut", "US", &["CT", "Conn"]), ("Delaware", "US", &["DE", "Del"]), ("District of Columbia", "US", &["DC"]),
    ("Florida", "US", &["FL", "Fla"]), ("Georgia", "US", &["GA"]), ("Hawaii", "US", &["HI"]), ("Idaho", "US", &["ID"]),
    ("Illinois", "US", &["IL", "Ill"]), ("Indiana", "US", &["IN", "Ind"]), ("Iowa", "US", &["IA"]),
    ("Kansas", "US", &["KS", "Kan"]), ("Kentucky", "US", &["KY"]), ("Louisiana", "US", &["LA"]),
    ("Maine", "US", &["ME"]), ("Maryland", "US", &["MD"]), ("Massachusetts", "US", &["MA", "Mass"]),
    ("Michigan", "US", &["MI", "Mich"]), ("Minnesota", "US", &["MN", "Minn"]), ("Mississippi", "US", &["MS", "Miss"]),
    ("Missouri", "US", &["MO"]), ("Montana", "US", &["MT", "Mont"]), ("Nebraska", "US", &["NE", "Neb"]),
    ("Nevada", "US", &["NV", "Nev"]), ("New Hampshire", "US", &["NH"]), ("New Jersey", "US", &["NJ"]),
    ("New Mexico", "US", &["NM"]), ("New York", "US", &["NY"]), ("North Carolina", "US", &["NC"]),
    ("North Dakota", "US", &["ND"]), ("Ohio", "US", &["OH"]), ("Oklahoma", "US", &["OK", "Okla"]),
    ("Oregon", "US", &["OR", "Ore"]), ("Pennsylvania", "US", &["PA", "Penn"]), ("Rhode Island", "US", &["RI"]),
    ("South Carolina", "US", &["SC"]), ("South Dakota", "US", &["SD"]), ("Tennessee", "US", &["TN", "Tenn"]),
    ("Texas", "US", &["TX", "Tex"]), ("Utah", "US", &["UT"]), ("Vermont", "US", &["VT"]), ("Virginia", "US", &["VA"]),
    ("Washington", "US", &["WA", "Wash"]), ("West Virginia", "US", &["WV", "WVa", "W Va"]),
    ("Wisconsin", "US", &["WI", "Wis"]), ("Wyoming", "US", &["WY", "Wyo"]), ("Alberta", "CA", &["AB", "Alta"]),
    ("British Columbia", "CA", &["BC", "Colombie-Britannique"]), ("Manitoba", "CA", &["MB", "Man"]),
    ("New Brunswick", "CA", &["NB", "Nouveau-Brunswick"]), ("Newfoundland and Labrador", "CA", &["NL", "Newfoundland"]),
    ("Northwest Territories", "CA", &["NT", "NWT"]), ("Nova Scotia", "CA", &["NS", "Nouvelle-Écosse"]),
    ("Nunavut", "CA", &["NU"]), ("Ontario", "CA", &["ON", "Ont"]), ("Prince Edward Island", "CA", &["PE", "PEI"]),
    ("Quebec", "CA", &["QC", "Que"]), ("Saskatchewan", "CA", &["SK", "Sask"]),
    ("Yukon", "CA", &["YT", "Yukon Territory"]), ("New South Wales", "AU", &["NSW"]), ("Queensland", "AU", &["QLD"]),
    ("South Australia", "AU", &[]), ("Tasmania", "AU", &[]), ("Western Australia", "AU", &[]),
    ("Northern Territory", "AU", &[]), ("England", "GB", &[]), ("Scotland", "GB", &[]), ("Wales", "GB", &[]),
    ("Northern Ireland", "GB", &[]), ("Karnataka", "IN", &[]), ("Maharashtra", "IN", &[]), ("Gujarat", "IN", &[]),
    ("Tamil Nadu", "IN", &[]), ("Telangana", "IN", &[]), ("São Paulo State", "BR", &[]), ("Bavaria", "DE", &[]),
    ("Hesse", "DE", &[]), ("Guangdong", "CN", &[]), ("Zhejiang", "CN", &[]), ("Jiangsu", "CN", &[]),
    ("Sichuan", "CN", &[]), ("Hainan", "CN", &[]),
];

/// Countries and dependencies by ISO 3166-1 alpha-2; several names of one country, misspelt ones of real datelines included.
#[rustfmt::skip]
const COUNTRIES: &[(&str, &str)] = &[
    ("Afghanistan", "AF"), ("Albania", "AL"), ("Algeria", "DZ"), ("Andorra", "AD"), ("Angola", "AO"),
    ("Argentina", "AR"), ("Armenia", "AM"), ("Aruba", "AW"), ("Australia", "AU"), ("Austria", "AT"),
    ("Azerbaijan", "AZ"), ("Bahamas", "BS"), ("The Bahamas", "BS"), ("Bahrain", "BH"), ("Bangladesh", "BD"),
    ("Barbados", "BB"), ("Belarus", "BY"), ("Belgium", "BE"), ("Belize", "BZ"), ("Benin", "BJ"), ("Bermuda", "BM"),
    ("Bhutan", "BT"), ("Bolivia", "BO"), ("Bosnia and Herzegovina", "BA"), ("Botswana", "BW"), ("Brazil", "BR"),
    ("Brasil", "BR"), ("British Virgin Islands", "VG"), ("Brunei", "BN"), ("Bulgaria", "BG"), ("Burkina Faso", "BF"),
    ("Burundi", "BI"), ("Cambodia", "KH"), ("Cameroon", "CM"), ("Canada", "CA"), ("Cape Verde", "CV"),
    ("Cayman Islands", "KY"), ("Central African Republic", "CF"), ("Chad", "TD"), ("Chile", "CL"), ("China", "CN"),
    ("PR China", "CN"), ("CHNA", "CN"), ("Colombia", "CO"), ("Congo", "CG"), ("Democratic Republic of the Congo", "CD"),
    ("Costa Rica", "CR"), ("Croatia", "HR"), ("Cuba", "CU"), ("Cyprus", "CY"), ("Czech Republic", "CZ"),
    ("Czechia", "CZ"), ("Denmark", "DK"), ("Danmark", "DK"), ("Djibouti", "DJ"), ("Dominica", "DM"),
    ("Dominican Republic", "DO"), ("Ecuador", "EC"), ("Egypt", "EG"), ("El Salvador", "SV"),
    ("Equatorial Guinea", "GQ"), ("Eritrea", "ER"), ("Estonia", "EE"), ("Eswatini", "SZ"), ("Ethiopia", "ET"),
    ("Faroe Islands", "FO"), ("Fiji", "FJ"), ("Finland", "FI"), ("France", "FR"), ("French Polynesia", "PF"),
    ("Gabon", "GA"), ("Gambia", "GM"), ("Germany", "DE"), ("Deutschland", "DE"), ("Allemagne", "DE"), ("Ghana", "GH"),
    ("Gibraltar", "GI"), ("Greece", "GR"), ("Greenland", "GL"), ("Grenada", "GD"), ("Guam", "GU"), ("Guatemala", "GT"),
    ("Guernsey", "GG"), ("Guinea", "GN"), ("Guyana", "GY"), ("Haiti", "HT"), ("Honduras", "HN"), ("Hong Kong", "HK"),
    ("Hungary", "HU"), ("Iceland", "IS"), ("India", "IN"), ("Indonesia", "ID"), ("Iran", "IR"), ("Iraq", "IQ"),
    ("Ireland", "IE"), ("Republic of Ireland", "IE"), ("Isle of Man", "IM"), ("Israel", "IL"), ("Italy", "IT"),
    ("Italia", "IT"), ("Ivory Coast", "CI"), ("Jamaica", "JM"), ("Japan", "JP"), ("Jersey", "JE"), ("Jordan", "JO"),
    ("Kazakhstan", "KZ"), ("Kenya", "KE"), ("Kosovo", "XK"), ("Kuwait", "KW"), ("Kyrgyzstan", "KG"), ("Laos", "LA"),
    ("Latvia", "LV"), ("Lebanon", "LB"), ("Lesotho", "LS"), ("Liberia", "LR"), ("Libya", "LY"), ("Liechtenstein", "LI"),
    ("Lithuania", "LT"), ("Luxembourg", "LU"), ("Macau", "MO"), ("Macao", "MO"), ("Madagascar", "MG"), ("Malawi", "MW"),
    ("Malaysia", "MY"), ("Maldives", "MV"), ("Mali", "ML"), ("Malta", "MT"), ("Marshall Islands", "MH"),
    ("Mauritania", "MR"), ("Mauritius", "MU"), ("Mexico", "MX"), ("México", "MX"), ("Moldova", "MD"), ("Monaco", "MC"),
    ("Mongolia", "MN"), ("Montenegro", "ME"), ("Morocco", "MA"), ("Mozambique", "MZ"), ("Myanmar", "MM"),
    ("Namibia", "NA"), ("Nepal", "NP"), ("Netherlands", "NL"), ("The Netherlands", "NL"), ("Nederland", "NL"),
    ("New Zealand", "NZ"), ("Nicaragua", "NI"), ("Niger", "NE"), ("Nigeria", "NG"), ("North Korea", "KP"),
    ("North Macedonia", "MK"), ("Norway", "NO"), ("Norge", "NO"), ("Oman", "OM"), ("Pakistan", "PK"), ("Panama", "PA"),
    ("Papua New Guinea", "PG"), ("Paraguay", "PY"), ("Peru", "PE"), ("Perú", "PE"), ("Philippines", "PH"),
    ("The Philippines", "PH"), ("Poland", "PL"), ("Portugal", "PT"), ("Puerto Rico", "PR"), ("Qatar", "QA"),
    ("Romania", "RO"), ("Russia", "RU"), ("Russian Federation", "RU"), ("Rwanda", "RW"), ("Saint Lucia", "LC"),
    ("Samoa", "WS"), ("San Marino", "SM"), ("Saudi Arabia", "SA"), ("KSA", "SA"), ("Senegal", "SN"), ("Serbia", "RS"),
    ("Seychelles", "SC"), ("Sierra Leone", "SL"), ("Singapore", "SG"), ("Slovakia", "SK"), ("Slovenia", "SI"),
    ("Solomon Islands", "SB"), ("Somalia", "SO"), ("South Africa", "ZA"), ("South Korea", "KR"), ("Korea", "KR"),
    ("Republic of Korea", "KR"), ("South Sudan", "SS"), ("Spain", "ES"), ("España", "ES"), ("Sri Lanka", "LK"),
    ("St. Kitts and Nevis", "KN"), ("Sudan", "SD"), ("Suriname", "SR"), ("Sweden", "SE"), ("Sverige", "SE"),
    ("Switzerland", "CH"), ("Suisse", "CH"), ("Schweiz", "CH"), ("Syria", "SY"), ("Taiwan", "TW"), ("Tajikistan", "TJ"),
    ("Tanzania", "TZ"), ("Thailand", "TH"), ("Togo", "TG"), ("Trinidad and Tobago", "TT"), ("Tunisia", "TN"),
    ("Turkey", "TR"), ("Türkiye", "TR"), ("Turkmenistan", "TM"), ("Uganda", "UG"), ("Ukraine", "UA"),
    ("United Arab Emirates", "AE"), ("UAE", "AE"), ("United Kingdom", "GB"), ("UK", "GB"), ("Great Britain", "GB"),
    ("United States", "US"), ("United States of America", "US"), ("Unites States", "US"), ("USA", "US"), ("US", "US"),
    ("Uruguay", "UY"), ("Uzbekistan", "UZ"), ("Vanuatu", "VU"), ("Vatican City", "VA"), ("Venezuela", "VE"),
    ("Vietnam", "VN"), ("Viet Nam", "VN"), ("U.S. Virgin Islands", "VI"), ("Yemen", "YE"), ("Zambia", "ZM"),
    ("Zimbabwe", "ZW"),
];

/// The stand-alone cities of the Associated Press, capitals, and the towns that wires print without a country.
#[rustfmt::skip]
const CITIES: &[City] = &[
    ("Atlanta", "Georgia", "US"), ("Baltimore", "Maryland", "US"), ("Boston", "Massachusetts", "US"),
    ("Chicago", "Illinois", "US"), ("Cincinnati", "Ohio", "US"), ("Cleveland", "Ohio", "US"), ("Dallas", "Texas", "US"),
    ("Denver", "Colorado", "US"), ("Detroit", "Michigan", "US"), ("Honolulu", "Hawaii", "US"),
    ("Houston", "Texas", "US"), ("Indianapolis", "Indiana", "US"), ("Las Vegas", "Nevada", "US"),
    ("Los Angeles", "California", "US"), ("Miami", "Florida", "US"), ("Milwaukee", "Wisconsin", "US"),
    ("Minneapolis", "Minnesota", "US"), ("New Orleans", "Louisiana", "US"), ("New York", "New York", "US"),
    ("New York City", "New York", "US"), ("Oklahoma City", "Oklahoma", "US"), ("Philadelphia", "Pennsylvania", "US"),
    ("Phoenix", "Arizona", "US"), ("Pittsburgh", "Pennsylvania", "US"), ("St. Louis", "Missouri", "US"),
    ("Salt Lake City", "Utah", "US"), ("San Antonio", "Texas", "US"), ("San Diego", "California", "US"),
    ("San Francisco", "California", "US"), ("Seattle", "Washington", "US"),
    ("Washington", "District of Columbia", "US"), ("Austin", "Texas", "US"), ("San Jose", "California", "US"),
    ("Nashville", "Tennessee", "US"), ("Silicon Valley", "California", "US"), ("Toronto", "Ontario", "CA"),
    ("Montreal", "Quebec", "CA"), ("Ottawa", "Ontario", "CA"), ("Vancouver", "British Columbia", "CA"),
    ("Calgary", "Alberta", "CA"), ("Edmonton", "Alberta", "CA"), ("Winnipeg", "Manitoba", "CA"),
    ("Quebec City", "Quebec", "CA"), ("Amsterdam", "", "NL"), ("Abu Dhabi", "", "AE"), ("Accra", "", "GH"),
    ("Algiers", "", "DZ"), ("Ankara", "", "TR"), ("Athens", "", "GR"), ("Auckland", "", "NZ"), ("Baghdad", "", "IQ"),
    ("Baku", "", "AZ"), ("Bangalore", "", "IN"), ("Bengaluru", "", "IN"), ("Bangkok", "", "TH"),
    ("Barcelona", "", "ES"), ("Basel", "", "CH"), ("Beijing", "", "CN"), ("Beirut", "", "LB"), ("Belgrade", "", "RS"),
    ("Berlin", "", "DE"), ("Bern", "", "CH"), ("Bogota", "", "CO"), ("Brasilia", "", "BR"), ("Bratislava", "", "SK"),
    ("Brisbane", "Queensland", "AU"), ("Brussels", "", "BE"), ("Bucharest", "", "RO"), ("Budapest", "", "HU"),
    ("Buenos Aires", "", "AR"), ("Cairo", "", "EG"), ("Cape Town", "", "ZA"), ("Caracas", "", "VE"),
    ("Chengdu", "", "CN"), ("Chongqing", "", "CN"), ("Cologne", "", "DE"), ("Copenhagen", "", "DK"),
    ("Dakar", "", "SN"), ("Delhi", "", "IN"), ("Dhaka", "", "BD"), ("Doha", "", "QA"), ("Dubai", "", "AE"),
    ("Dublin", "", "IE"), ("Düsseldorf", "", "DE"), ("Edinburgh", "Scotland", "GB"), ("Eindhoven", "", "NL"),
    ("Espoo", "", "FI"), ("Frankfurt", "", "DE"), ("Geneva", "", "CH"), ("Guangzhou", "", "CN"),
    ("Guatemala City", "", "GT"), ("Hamburg", "", "DE"), ("Hangzhou", "", "CN"), ("Hanoi", "", "VN"),
    ("Havana", "", "CU"), ("Helsinki", "", "FI"), ("Ho Chi Minh City", "", "VN"), ("Hong Kong", "", "HK"),
    ("Hsinchu", "", "TW"), ("Hyderabad", "", "IN"), ("Islamabad", "", "PK"), ("Istanbul", "", "TR"),
    ("Jakarta", "", "ID"), ("Jerusalem", "", "IL"), ("Johannesburg", "", "ZA"), ("Karachi", "", "PK"),
    ("Kathmandu", "", "NP"), ("Kiev", "", "UA"), ("Kuala Lumpur", "", "MY"), ("Kuwait City", "", "KW"),
    ("Kyiv", "", "UA"), ("Kyoto", "", "JP"), ("Lagos", "", "NG"), ("Lausanne", "", "CH"), ("Lima", "", "PE"),
    ("Lisbon", "", "PT"), ("Ljubljana", "", "SI"), ("London", "", "GB"), ("Luxembourg", "", "LU"), ("Lyon", "", "FR"),
    ("Macau", "", "MO"), ("Madrid", "", "ES"), ("Manchester", "", "GB"), ("Manila", "", "PH"),
    ("Melbourne", "Victoria", "AU"), ("Mexico City", "", "MX"), ("Milan", "", "IT"), ("Monaco", "", "MC"),
    ("Moscow", "", "RU"), ("Mumbai", "", "IN"), ("Munich", "", "DE"), ("Nairobi", "", "KE"), ("Nanjing", "", "CN"),
    ("New Delhi", "", "IN"), ("Nicosia", "", "CY"), ("Nur-Sultan", "", "KZ"), ("Osaka", "", "JP"), ("Oslo", "", "NO"),
    ("Panama City", "", "PA"), ("Paris", "", "FR"), ("Perth", "Western Australia", "AU"), ("Prague", "", "CZ"),
    ("Pune", "", "IN"), ("Qingdao", "", "CN"), ("Quito", "", "EC"), ("Reykjavik", "", "IS"), ("Riga", "", "LV"),
    ("Rio de Janeiro", "", "BR"), ("Riyadh", "", "SA"), ("Rome", "", "IT"), ("Rotterdam", "", "NL"),
    ("Santiago", "", "CL"), ("Santo Domingo", "", "DO"), ("São Paulo", "", "BR"), ("Sarajevo", "", "BA"),
    ("Seoul", "", "KR"), ("Shanghai", "", "CN"), ("Shenzhen", "", "CN"), ("Singapore", "", "SG"), ("Sofia", "", "BG"),
    ("Stockholm", "", "SE"), ("Stuttgart", "", "DE"), ("Suzhou", "", "CN"), ("Sydney", "New South Wales", "AU"),
    ("Taipei", "", "TW"), ("Tallinn", "", "EE"), ("Tashkent", "", "UZ"), ("Tbilisi", "", "GE"), ("Tehran", "", "IR"),
    ("Tel Aviv", "", "IL"), ("Tianjin", "", "CN"), ("Tokyo", "", "JP"), ("Tunis", "", "TN"), ("Turin", "", "IT"),
    ("Ulaanbaatar", "", "MN"), ("United Nations", "", ""), ("Utrecht", "", "NL"), ("Valletta", "", "MT"),
    ("Vatican City", "", "VA"), ("Vienna", "", "AT"), ("Vilnius", "", "LT"), ("Warsaw", "", "PL"),
    ("Wellington", "", "NZ"), ("Wuhan", "", "CN"), ("Xiamen", "", "CN"), ("Yerevan", "", "AM"), ("Yokohama", "", "JP"),
    ("Zagreb", "", "HR"), ("Zhengzhou", "", "CN"), ("Zug", "", "CH"), ("Zurich", "", "CH"),
    ("Cupertino", "California", "US"), ("Palo Alto", "California", "US"), ("Irvine", "California", "US"),
    ("Orlando", "Florida", "US"), ("Tampa", "Florida", "US"), ("Charlotte", "North Carolina", "US"),
    ("Tel-Aviv", "", "IL"), ("Gothenburg", "", "SE"), ("Antwerp", "", "BE"),
];

/// Names of those cities in other languages.
#[rustfmt::skip]
const OTHER_NAMES: &[(&str, &str)] = &[
    ("Nueva York", "New York"), ("Nova York", "New York"), ("Nueva Delhi", "New Delhi"), ("Montréal", "Montreal"),
    ("Bruxelles", "Brussels"), ("Brüssel", "Brussels"), ("Genève", "Geneva"), ("Genf", "Geneva"), ("Köln", "Cologne"),
    ("München", "Munich"), ("Milano", "Milan"), ("Roma", "Rome"), ("Torino", "Turin"), ("Wien", "Vienna"),
    ("Londres", "London"), ("Lisboa", "Lisbon"), ("København", "Copenhagen"), ("Warszawa", "Warsaw"),
    ("Praha", "Prague"), ("Ciudad de México", "Mexico City"), ("Cidade do México", "Mexico City"),
    ("Hong Kong SAR", "Hong Kong"), ("Macau SAR", "Macau"), ("Saint Louis", "St. Louis"),
    ("Frankfurt am Main", "Frankfurt"), ("北京", "Beijing"), ("上海", "Shanghai"), ("深圳", "Shenzhen"), ("广州", "Guangzhou"),
    ("廣州", "Guangzhou"), ("杭州", "Hangzhou"), ("南京", "Nanjing"), ("天津", "Tianjin"), ("成都", "Chengdu"),
    ("重庆", "Chongqing"), ("武汉", "Wuhan"), ("苏州", "Suzhou"), ("青岛", "Qingdao"), ("厦门", "Xiamen"), ("郑州", "Zhengzhou"),
    ("香港", "Hong Kong"), ("澳门", "Macau"), ("台北", "Taipei"), ("臺北", "Taipei"), ("新竹", "Hsinchu"), ("新加坡", "Singapore"),
    ("东京", "Tokyo"), ("東京", "Tokyo"), ("大阪", "Osaka"), ("京都", "Kyoto"), ("横浜", "Yokohama"), ("首尔", "Seoul"),
    ("서울", "Seoul"), ("纽约", "New York"), ("紐約", "New York"), ("多伦多", "Toronto"), ("伦敦", "London"), ("倫敦", "London"),
    ("巴黎", "Paris"), ("旧金山", "San Francisco"), ("洛杉矶", "Los Angeles"), ("波士顿", "Boston"), ("芝加哥", "Chicago"),
    ("华盛顿", "Washington"), ("迪拜", "Dubai"), ("慕尼黑", "Munich"), ("日内瓦", "Geneva"), ("吉隆坡", "Kuala Lumpur"),
    ("悉尼", "Sydney"), ("ロンドン", "London"), ("ニューヨーク", "New York"), ("シンガポール", "Singapore"), ("パリ", "Paris"),
];

/// A city of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KnownCity {
    /// In title case.
    pub(super) name: &'static str,
    /// State or province.
    pub(super) region: Option<&'static str>,
    /// ISO 3166-1 alpha-2.
    pub(super) country: Option<&'static str>,
}

/// A state, province or country of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    /// State or province, spelled out; `None` for a country.
    pub(super) region: Option<&'static str>,
    /// ISO 3166-1 alpha-2.
    pub(super) country: &'static str,
}

/// One spelling for all: capitals, no accents, no full stops, single spaces, straight apostrophes.
pub(super) fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for c in name.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            '.' | '\u{200B}'..='\u{200D}' | '\u{FEFF}' => {}
            '’' | '‘' => folded.push('\''),
            c if c.is_whitespace() => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            c => folded.extend(c.to_uppercase()),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The city of this name.
pub(super) fn city(name: &str) -> Option<KnownCity> {
    static BY_NAME: LazyLock<HashMap<String, KnownCity>> = LazyLock::new(|| {
        let some = |text: &'static str| (!text.is_empty()).then_some(text);
        let mut cities: HashMap<String, KnownCity> = CITIES
            .iter()
            .map(|(name, region, country)| {
                (
                    fold(name),
                    KnownCity {
                        name,
                        region: some(region),
                        country: some(country),
                    },
                )
            })
            .collect();
        for (other, name) in OTHER_NAMES {
            if let Some(known) = cities.get(&fold(name)).copied() {
                cities.insert(fold(other), known);
            }
        }
        cities
    });
    BY_NAME.get(&fold(name)).copied()
}

/// The state, province or country of this name. Two letters count only as printed by the post (`NY`) or the press (`N.Y.`):
/// "In" is no Indiana. A name that is both a state and a country is the state, as in the wires.
pub(super) fn area(name: &str) -> Option<Area> {
    static BY_NAME: LazyLock<HashMap<String, Area>> = LazyLock::new(|| {
        let mut areas = HashMap::new();
        for (name, country) in COUNTRIES {
            areas.insert(fold(name), Area { region: None, country });
        }
        for (name, country, short) in REGIONS {
            for text in std::iter::once(name).chain(short.iter()) {
                areas.insert(
                    fold(text),
                    Area {
                        region: Some(name),
                        country,
                    },
                );
            }
        }
        areas
    });
    let key = fold(name);
    if key.len() == 2 && name.chars().any(char::is_lowercase) && !name.contains('.') {
        return None;
    }
    BY_NAME.get(&key).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_code_is_two_capitals_and_every_other_name_names_a_city() {
        for code in COUNTRIES.iter().map(|c| c.1).chain(REGIONS.iter().map(|r| r.1)) {
            assert!(
                code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()),
                "{code}"
            );
        }
        for (other, name) in OTHER_NAMES {
            assert_eq!(city(other).map(|c| c.name), Some(*name), "{other}");
        }
    }

    #[test]
    fn a_name_is_found_however_it_is_printed() {
        for (name, region, country) in [
            ("Idaho", Some("Idaho"), "US"),
            ("N.Y.", Some("New York"), "US"),
            ("NY", Some("New York"), "US"),
            ("Calif.", Some("California"), "US"),
            ("W.Va.", Some("West Virginia"), "US"),
            ("BRITISH  COLUMBIA", Some("British Columbia"), "CA"),
            ("B.C.", Some("British Columbia"), "CA"),
            ("Québec", Some("Quebec"), "CA"),
            ("Georgia", Some("Georgia"), "US"),
            ("U.K.", None, "GB"),
            ("ITALY", None, "IT"),
        ] {
            assert_eq!(area(name), Some(Area { region, country }), "{name}");
        }
        for name in ["In", "or", "News", ""] {
            assert_eq!(area(name), None, "{name}");
        }
        assert_eq!(city("ZÜRICH").and_then(|c| c.country), Some("CH"));
        assert_eq!(city("st. louis").and_then(|c| c.region), Some("Missouri"));
    }
}
