//! The rows: every wire that we know.

use super::{Form, Layout, Mark, Wire, address, layouts};
use crate::article::{Rights, Tier};

const fn slashes(token: &'static str) -> Mark {
    Mark {
        token,
        form: Form::Slashes,
    }
}

const fn brackets(token: &'static str) -> Mark {
    Mark {
        token,
        form: Form::Brackets,
    }
}

const fn undated(token: &'static str) -> Mark {
    Mark {
        token,
        form: Form::UndatedBrackets,
    }
}

const fn shared(token: &'static str) -> Mark {
    Mark {
        token,
        form: Form::SharedBrackets,
    }
}

const fn bare(token: &'static str) -> Mark {
    Mark {
        token,
        form: Form::Bare,
    }
}

const fn agency(token: &'static str) -> Mark {
    Mark {
        token,
        form: Form::Agency,
    }
}

const fn heading(token: &'static str) -> Mark {
    Mark {
        token,
        form: Form::Heading,
    }
}

/// The row of a news agency: its reports are reprinted as releases are, and it has no feed of releases.
const fn news(id: &'static str, name: &'static str, marks: &'static [Mark]) -> Wire {
    Wire {
        id,
        name,
        marks,
        ..GENERIC
    }
}

/// What a row says unless it says otherwise, and the wire of a source that names none.
pub(super) const GENERIC: Wire = Wire {
    id: "generic",
    name: "generic",
    hosts: &[],
    marks: &[],
    release_id: |_| None,
    guid_release_id: |_| None,
    page: |_| None,
    layout: Layout::UNKNOWN,
    cut_chars: None,
    subject_scheme: "dc:subject",
    rights: Rights::Summary,
    tier: Tier::Guest,
};

/// Every wire that we know, the big three first.
pub const WIRES: &[Wire] = &[
    Wire {
        id: "prnewswire",
        name: "PR Newswire",
        hosts: &[
            "www.prnewswire.com",
            "prnewswire.com",
            "prnewswire.co.uk",
            "prnasia.com",
        ],
        marks: &[slashes("PRNewswire"), slashes("PR Newswire"), slashes("美通社")],
        release_id: address::prnewswire,
        guid_release_id: address::prnewswire_guid,
        subject_scheme: "prn:subject",
        tier: Tier::Wire,
        layout: layouts::CISION,
        ..GENERIC
    },
    Wire {
        id: "businesswire",
        name: "Business Wire",
        hosts: &["www.businesswire.com", "businesswire.com"],
        marks: &[
            undated("BUSINESS WIRE"),
            undated("美國商業資訊"),
            undated("美国商业资讯"),
            undated("ビジネスワイヤ"),
        ],
        release_id: address::businesswire,
        guid_release_id: address::businesswire_guid,
        page: address::businesswire_page,
        cut_chars: Some(500),
        tier: Tier::Wire,
        layout: layouts::BUSINESS_WIRE,
        ..GENERIC
    },
    Wire {
        id: "globenewswire",
        name: "GlobeNewswire",
        hosts: &["www.globenewswire.com", "globenewswire.com"],
        marks: &[
            brackets("GLOBE NEWSWIRE"),
            brackets("GlobeNewswire"),
            brackets("PRIME NEWSWIRE"),
        ],
        release_id: address::globenewswire,
        guid_release_id: address::globenewswire_guid,
        subject_scheme: "gnw:subject",
        tier: Tier::Wire,
        layout: layouts::GLOBE_NEWSWIRE,
        ..GENERIC
    },
    Wire {
        id: "newsfile",
        name: "Newsfile",
        hosts: &["www.newsfilecorp.com", "newsfilecorp.com"],
        marks: &[shared("Newsfile Corp."), shared("Newsfile Corp"), shared("Newsfile")],
        release_id: address::newsfile,
        guid_release_id: address::newsfile_guid,
        page: address::newsfile_page,
        tier: Tier::Wire,
        layout: layouts::NEWSFILE,
        ..GENERIC
    },
    Wire {
        id: "accessnewswire",
        name: "ACCESS Newswire",
        hosts: &["www.accessnewswire.com", "accessnewswire.com", "accesswire.com"],
        marks: &[slashes("ACCESSWIRE"), slashes("ACCESS Newswire")],
        release_id: address::accessnewswire,
        guid_release_id: address::accessnewswire_guid,
        layout: layouts::ACCESS,
        ..GENERIC
    },
    Wire {
        id: "cnw",
        name: "CNW",
        hosts: &["www.newswire.ca", "newswire.ca"],
        marks: &[slashes("CNW"), slashes("CNW Telbec"), slashes("Canada NewsWire")],
        release_id: address::prnewswire,
        guid_release_id: address::prnewswire_guid,
        layout: layouts::CISION,
        ..GENERIC
    },
    Wire {
        id: "prweb",
        name: "PRWeb",
        hosts: &["www.prweb.com", "prweb.com"],
        marks: &[slashes("PRNewswire-PRWeb"), slashes("PRWEB"), brackets("PRWEB")],
        release_id: address::prweb,
        guid_release_id: address::prweb_guid,
        layout: layouts::CISION,
        ..GENERIC
    },
    Wire {
        id: "einpresswire",
        name: "EIN Presswire",
        hosts: &["www.einpresswire.com", "einpresswire.com", "einnews.com"],
        marks: &[
            slashes("EINPresswire.com"),
            slashes("EINPresswire"),
            slashes("EIN Presswire"),
        ],
        release_id: address::einpresswire,
        guid_release_id: address::einpresswire_guid,
        layout: layouts::EIN,
        ..GENERIC
    },
    Wire {
        id: "marketwired",
        name: "Marketwired",
        hosts: &["marketwired.com", "marketwire.com"],
        marks: &[
            shared("Marketwired"),
            shared("Marketwire"),
            brackets("MARKET WIRE"),
            brackets("Marketwire"),
        ],
        release_id: address::marketwired,
        guid_release_id: address::marketwired_guid,
        ..GENERIC
    },
    Wire {
        id: "247pressrelease",
        name: "24-7 Press Release",
        hosts: &["www.24-7pressrelease.com", "24-7pressrelease.com"],
        marks: &[
            slashes("24-7PressRelease"),
            slashes("24-7PressRelease.com"),
            slashes("24-PressRelease"),
        ],
        release_id: address::press_release_247,
        guid_release_id: address::press_release_247_guid,
        ..GENERIC
    },
    Wire {
        id: "newmediawire",
        name: "NewMediaWire",
        hosts: &["www.newmediawire.com", "newmediawire.com"],
        marks: &[brackets("NewMediaWire")],
        release_id: address::slug_tail,
        guid_release_id: address::slug_tail_guid,
        ..GENERIC
    },
    Wire {
        id: "newsdirect",
        name: "News Direct",
        hosts: &["newsdirect.com"],
        marks: &[bare("News Direct")],
        release_id: address::slug_tail,
        guid_release_id: address::slug_tail_guid,
        ..GENERIC
    },
    Wire {
        id: "newsworthy",
        name: "Newsworthy.ai",
        hosts: &["newsworthy.ai"],
        marks: &[brackets("Newsworthy.ai")],
        release_id: address::newsworthy,
        guid_release_id: address::newsworthy_guid,
        ..GENERIC
    },
    Wire {
        id: "mediaoutreach",
        name: "Media OutReach",
        hosts: &["www.media-outreach.com", "media-outreach.com"],
        marks: &[bare("Media OutReach Newswire"), bare("Media OutReach")],
        release_id: address::mediaoutreach,
        guid_release_id: address::mediaoutreach_guid,
        ..GENERIC
    },
    Wire {
        id: "prtimes",
        name: "PR TIMES",
        hosts: &["prtimes.jp"],
        release_id: address::prtimes,
        guid_release_id: address::prtimes_guid,
        tier: Tier::Wire,
        layout: layouts::PR_TIMES,
        ..GENERIC
    },
    Wire {
        id: "presseportal",
        name: "news aktuell ots",
        hosts: &["www.presseportal.de", "presseportal.de", "presseportal.ch", "ots.at"],
        marks: &[agency("ots"), agency("news aktuell")],
        release_id: address::presseportal,
        guid_release_id: address::presseportal_guid,
        tier: Tier::Wire,
        layout: layouts::PRESSEPORTAL,
        ..GENERIC
    },
    Wire {
        id: "prismmediawire",
        name: "PRISM MediaWire",
        hosts: &["prismmediawire.com"],
        marks: &[bare("PRISM MediaWire")],
        ..GENERIC
    },
    Wire {
        id: "noticiasnewswire",
        name: "Noticias Newswire",
        hosts: &["www.noticiasnewswire.com", "noticiasnewswire.com"],
        marks: &[brackets("NOTICIAS NEWSWIRE"), brackets("HISPANICNEWSWIRE")],
        ..GENERIC
    },
    Wire {
        id: "prkarma",
        name: "PR Karma",
        hosts: &["newsroom.prkarma.com", "prkarma.com"],
        marks: &[slashes("PR Karma")],
        ..GENERIC
    },
    Wire {
        id: "newsusa",
        name: "NewsUSA",
        hosts: &["newsusa.com"],
        marks: &[undated("NewsUSA")],
        ..GENERIC
    },
    Wire {
        id: "jcn",
        name: "JCN Newswire",
        hosts: &["www.jcnnewswire.com", "jcnnewswire.com"],
        marks: &[brackets("JCN Newswire")],
        release_id: address::acn,
        guid_release_id: address::acn_guid,
        ..GENERIC
    },
    Wire {
        id: "acn",
        name: "ACN Newswire",
        hosts: &["www.acnnewswire.com", "acnnewswire.com"],
        marks: &[brackets("ACN Newswire"), brackets("亞太商訊"), brackets("亚太商讯")],
        release_id: address::acn,
        guid_release_id: address::acn_guid,
        ..GENERIC
    },
    Wire {
        id: "eqs",
        name: "EQS Group",
        hosts: &["www.eqs-news.com", "eqs-news.com", "dgap.de"],
        marks: &[
            heading("EQS-"),
            heading("EQS Group-"),
            heading("DGAP-"),
            heading("übermittelt durch EQS"),
            heading("transmitted by EQS"),
            heading("übermittelt durch die EQS"),
            heading("übermittelt durch DGAP"),
            heading("transmitted by DGAP"),
        ],
        release_id: address::eqs,
        guid_release_id: address::eqs_guid,
        layout: layouts::EQS,
        ..GENERIC
    },
    Wire {
        id: "kyodoprwire",
        name: "Kyodo PR Wire",
        hosts: &["kyodonewsprwire.jp"],
        marks: &[brackets("Kyodo PR Wire"), brackets("共同通信PRワイヤー")],
        release_id: address::kyodoprwire,
        guid_release_id: address::kyodoprwire_guid,
        ..GENERIC
    },
    Wire {
        id: "kyodojbn",
        name: "Kyodo JBN",
        marks: &[slashes("Kyodo JBN"), brackets("共同通信JBN")],
        ..GENERIC
    },
    Wire {
        id: "asianet",
        name: "AsiaNet",
        hosts: &["asianetnews.net"],
        marks: &[slashes("AsiaNet")],
        ..GENERIC
    },
    Wire {
        id: "hispanicprwire",
        name: "Hispanic PR Wire",
        hosts: &["hispanicprwire.com"],
        marks: &[slashes("HISPANIC PR WIRE"), slashes("HispanicPRWire")],
        ..GENERIC
    },
    Wire {
        id: "thenewsmarket",
        name: "The NewsMarket",
        hosts: &["thenewsmarket.com"],
        marks: &[slashes("THE NEWS MARKET"), slashes("TheNewsMarket")],
        ..GENERIC
    },
    Wire {
        id: "thenewswire",
        name: "TheNewswire",
        hosts: &["www.thenewswire.com", "thenewswire.com"],
        marks: &[bare("TheNewswire"), bare("TheNewswire.com"), brackets("TheNewswire")],
        release_id: address::thenewswire,
        guid_release_id: address::thenewswire_guid,
        ..GENERIC
    },
    Wire {
        id: "prcom",
        name: "PR.com",
        hosts: &["www.pr.com", "pr.com"],
        marks: &[brackets("PR.com")],
        release_id: address::press_release_247,
        guid_release_id: address::press_release_247_guid,
        ..GENERIC
    },
    Wire {
        id: "send2press",
        name: "Send2Press",
        hosts: &["www.send2press.com", "send2press.com"],
        marks: &[brackets("SEND2PRESS NEWSWIRE"), brackets("Send2Press")],
        ..GENERIC
    },
    Wire {
        id: "apo",
        name: "APO Group",
        hosts: &["apo-opa.com", "africa-newsroom.com"],
        marks: &[slashes("APO Group"), slashes("African Media Agency")],
        ..GENERIC
    },
    // Their marks must not read as an issuer's.
    news("afp", "AFP", &[agency("AFP")]),
    news("ani", "ANI", &[agency("ANI")]),
    news("anp", "ANP", &[agency("ANP")]),
    news("ansa", "ANSA", &[agency("ANSA")]),
    news("antara", "Antara", &[agency("Antara")]),
    news("ap", "AP", &[agency("AP")]),
    news("apa", "APA", &[agency("APA")]),
    news("aap", "AAP", &[agency("AAP")]),
    news("belga", "Belga", &[agency("Belga")]),
    news("bernama", "Bernama", &[agency("Bernama")]),
    news("bloomberg", "Bloomberg", &[agency("Bloomberg")]),
    news("cp", "CP", &[agency("CP"), agency("The Canadian Press")]),
    news("dpa", "dpa", &[agency("dpa")]),
    news("dpaafx", "dpa-AFX", &[agency("dpa-AFX")]),
    news("efe", "EFE", &[agency("EFE")]),
    news("europapress", "Europa Press", &[agency("Europa Press")]),
    news("ians", "IANS", &[agency("IANS")]),
    news("interfax", "Interfax", &[agency("Interfax")]),
    news("kyodo", "Kyodo", &[agency("Kyodo")]),
    news("lusa", "Lusa", &[agency("Lusa")]),
    news("ntb", "NTB", &[agency("NTB")]),
    news("pa", "PA", &[agency("PA")]),
    news("pti", "PTI", &[agency("PTI")]),
    news("reuters", "Reuters", &[agency("Reuters")]),
    news("ritzau", "Ritzau", &[agency("Ritzau")]),
    news("stt", "STT", &[agency("STT")]),
    news("tass", "TASS", &[agency("TASS")]),
    news(
        "trf",
        "Thomson Reuters Foundation",
        &[agency("Thomson Reuters Foundation")],
    ),
    news("tt", "TT", &[agency("TT")]),
    news("upi", "UPI", &[agency("UPI")]),
    news("xinhua", "Xinhua", &[agency("Xinhua"), slashes("Xinhua")]),
    news("yonhap", "Yonhap", &[agency("Yonhap")]),
    GENERIC,
];
