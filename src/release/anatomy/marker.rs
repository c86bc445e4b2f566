//! The lines that declare what follows them: one table, read from the top.
//!
//! In: a paragraph. Out: the kind that its first line declares. Case does not count unless a row says so.
//! The forms are those of 24,676 archived releases and of the wires' own footers; a row names where it was seen.

use std::sync::LazyLock;

use regex::Regex;

use super::about::about;
use super::issuer::source_of;
use super::{contact, prose};
use crate::article::SectionKind::{self, Contact, Disclaimer, End, ForwardLooking, Instruction, Media};
use crate::release::needle::Needles;
use crate::release::{lean, pattern};

/// Most bytes of a line that are looked at.
const REACH: usize = 400;

/// Most characters of a line to the desk, an end mark or a picture line that names no picture.
const LONGEST_LINE: usize = 160;

/// Most characters of a picture line with its address.
const LONGEST_MEDIA: usize = 500;

/// Most bytes of a note over a corrected release.
const LONGEST_NOTE: usize = 1_200;

/// Most bytes of a note before the sentence that introduces the release.
const LONGEST_LEAD: usize = 600;

/// The last words of what introduces a corrected release.
const LAST_WORDS: [&str; 5] = ["reads", "follows", "is", "full", "below"];

/// What a heading ends with.
macro_rules! heading {
    ($words:literal) => {
        concat!("^(?:", $words, r") \s* (?: [:：.|–—-] | $ )")
    };
}

/// The kind, and what its line begins with; over each row the languages and where such lines stand. White space in a pattern counts for
/// nothing, `\s` is a space. A word ends with `(?:\W|$)`: a `\b` of Unicode would shut the fast automaton out of every line with an accent.
#[rustfmt::skip]
const MARKERS: &[(SectionKind, &str)] = &[
    // any: AP: -30-; newsrooms
    (End, r"^ [-–—~\s]* (?: \#(?:\s*\#){1,7} | \*(?:\s*\*){2,7} ) [-–—~\s]* $"),
    // en de fr es it ja zh: newsrooms
    (End, r"^ (?: [-–—~*<\[(]+ \s* (?: 30 | the\ end | ends? | ende | fin | fine | fim | slut | 完 | 以上 | 結束 ) \s* [-–—~*>\])]+
        | ende \s der \s (?: \w*mitteilung | insiderinformation | ad[-\s]hoc[-\w]* )
        | end \s of \s (?: inside \s information | announcement | (?:media|corporate|ad[-\s]hoc|regulatory) \s \w+ )
        | (?-i: ENDS? | Ends | FIN | ENDE | SLUT ) \.? | 以上 | 完 ) $"),

    // en: 101 archive files
    (Instruction, r"^ [/(\[]? \s? (?: \W{0,3} for\s (?:immediate|instant) \s (?:release|publication|distribution|use) | immediate\s release
        | (?: (?:do\s)? not\s for \s | hold \s for \s | for \s
        | strictly \s )? (?:embargo(?:ed)?) (?: \s (?:until|till|to|for|release|date|copy) (?:\W|$) | \s* [:：–—-] | \s* $ )
            | under \s embargo | (?: not \s | hold \s )? for \s release \s (?: at | on | before | until | after | (?-i:[A-Z0-9]) )
            | for \s release \s* [:：] | hold \s for \s release | (?:release|issue) \s date \s* : )"),
    // any: what importers put in front of a text
    (Instruction, r"^ date \s [0-9]{4}-[0-9]{2}-[0-9]{2} $"),
    // en fr de es it pt nl sv da no fi: the bare label over a release
    (Instruction, r"^ (?: (?:press|news|media) \s? (?:release|statement|advisory) | communiqué \s de \s presse
        | (?:presse|medien) mitteilung | (?:nota|comunicado) \s de \s prensa | comunicato \s stampa
        | comunicado \s (?:de\simprensa|à\simprensa) | persbericht | press (?:e)? meddelande | pressemeddelelse | pressemelding
        | (?:lehdistö)?tiedote | comunicat \s de \s presă | 新闻稿 | 新聞稿 | プレスリリース | 보도자료 )
        (?: \s? (?: (?:no|nr) \.? \s? | \# \s? )? (?-i:[A-Z]{0,4}) [0-9][0-9/.-]{0,11} )? \s* :? $"),
    // any: PR Newswire's lines to the desk stand between slashes
    (Instruction, r"^ / [^/]{3,140} / $"),
    // en fr de es it pt: Business Wire's label, and the notes over a corrected release
    (Instruction, r"^ (?: regulatory \s news | informations? \s réglementées? | regulatorische \s (?:nachrichten|mitteilung)
        | información \s regulatoria ) \s* :? $"),
    // fr de es it pt nl sv da no ro zh ja ko: the same order in the wires' languages
    (Instruction, r"^ [/(\[【]? \s? (?: pour \s (?:diffusion|publication|parution) \s immédiate
        | (?: (?:sous|bajo|sob|unter|con|sotto) \s )? embargo \s (?: jusqu | (?: hasta | até | bis | fino | tot ) (?:\W|$) )
        | embargad[oa] \s até | 禁[发發] (?: [期令] | 至 | 直至 | [:：] ) | (?:新[闻聞])?解禁 (?:时间|時間|日期) | 保密至
        | .{4,40} (?:之)?前 (?:禁止|不得|请勿|請勿) (?:发布|發布|发表|發表|刊登|报道|報道|传播|轉載)
        | zur \s sofortigen \s (?:veröffentlichung|verwendung|freigabe) | sperr (?:frist|vermerk)
        | para \s (?:su\s)? (?:publicación|difusión|divulgación|distribución) \s inmediata | embargad[oa] \s hasta
            | per \s (?:la\s)? (?:pubblicazione|diffusione|distribuzione) \s immediata
            | para \s (?:divulgação|publicação|distribuição) \s imediata
            | voor \s onmiddellijke \s (?:publicatie|verspreiding|vrijgave)
            | för \s (?:omedelbar|omgående) \s (?:publicering|release)
            | til \s (?:øjeblikkelig|umiddelbar) \s (?:offentliggørelse|udgivelse|publisering)
            | pentru \s (?:publicare|difuzare) \s imediată | (?:供)? (?:即时|即時|立即) (?:发布|發布|發佈|发佈) | 報道解禁 | 즉시 \s? (?:배포|보도) )"),

    // en fr de es it pt sv zh ja ko: PR Newswire's Photo -, Logo -, Video -
    (Media, r"^ \(? (?: (?:company \s)? (?: photo s? | logo s? | video s? | images? | infographics? | pictures? | multimedia
        | foto s? | fotograf[íi]a s? | imagen | immagine | vídeo s? | bild er | bild | grafik | 图片 | 圖片 | 照片 | 相片 | 图标 | 標誌 | 视频 | 影片
        | 画像 | 写真 | ロゴ | 動画 | 사진 | 로고 ) (?: \s (?:caption|credit|courtesy) )? ) (?: \s* \d+ )? \s* (?: [-–—:：] | \s-\s ) \s* \S"),
    // en: GlobeNewswire's and PR Newswire's footers; archive
    (Media, r"^ (?: \[? !\[
        | (?:an?|the|two|three|\d+) \s (?:[\w-]+\s)? (?:photos?|videos?|images?|infographics?|pdf|copy|documents?|media\sfiles?) \s
        accompanying \s this | (?:photos?|videos?|images?) \s accompanying \s this | accompanying \s (?:photos?|images?|videos?)
            | (?:multimedia|photos?|high-res\w* \s (?:images?|photos?)) \s? (?: / \s? multimedia \s gallery \s )? (?:is\s|are\s)?
            available | \*? \s? multimedia \s is \s available | photos? / multimedia | featured \s (?:photo|image|picture)
            | view \s (?: (?:the\s)? (?:original|source|full|entire) \s (?:content|version|release|press\srelease|article)
            | this \s (?:press\s)? release ) | to \s view \s (?:the|this|an) \s (?:full|source|original|enhanced|entire|accompanying)
            | cannot \s view \s this
            | read \s (?:more|(?:the\s)? full \s (?:article|story|release|report)) [\s.\w]* (?:>|»|→|:|$|https?:|&gt;)
            | original \s source \s* : | (?:photos?|images?|videos?) (?: \s* $ | \s (?:download|courtesy|credits?|provided|by) (?:\W|$) )
            | \[? view \s (?:this|the) \s (?:post|photo|video) (?:\W|$) | view \s video
            | the \s post \s .+ \s (?:appeared\sfirst|first\sappeared) \s on (?:\W|$) )"),
    // fr de es it pt nl zh ja ko: Business Wire's link to the source version
    (Media, r"^ [^@]* businesswire\.com"),

    // en: 433 + 183 + 61 archive files
    (ForwardLooking, r"^ (?: (?:[^.:]*[\W&&[^.:]])? forward [-\s‐‑–] looking \s? (?:statements?|information|disclaimers?) [^.:]* (?: :
        | $ ) | forward [-\s‐‑–] looking \s (?:statements?|information)
            | (?:[^.:]*[\W&&[^.:]])? safe \s harbou?r (?:[\W&&[^.:]][^.:]*)? (?: : | $ )
            | safe \s harbou?r \s (?:statements?|notice|disclosure|provision)
            | cautionary \s (?:notes?|statements?|language|remarks?) | caution \s (?:regarding|concerning|about) )"),
    // en: the statement without its heading
    (ForwardLooking, r"^ (?: (?: (?:certain|some|all|any|other|these)\s )? (?:of\sthe\s)? (?:statements|matters|information)
        | (?:this|the) \s (?:press|news) \s release
        | this \s (?:document|announcement|communication|release|article|report|post|content)
        | the \s (?:foregoing|above|following|information) | except \s for | in \s addition \s to \s historical
        | information \s (?:set|contained) | to \s the \s extent ) [^.]* forward [-\s‐‑–] looking"),
    // fr: TELUS, IBM; GlobeNewswire
    (ForwardLooking, r"^ (?: [^.:]* (?:énoncés|déclarations?|informations?|renseignements) \s (?:de\snature\s)?
        (?:prospecti(?:fs?|ves?)|prévisionnel(?:le)?s?) | mise \s en \s garde )"),
    // de nl: notices of listed companies
    (ForwardLooking, r"^ [^.:]* (?: zukunfts (?:gerichtete|bezogene)n? | vorausschauenden?
        | in \s die \s zukunft \s gerichteten?
        | toekomstgerichte ) \s (?:aussagen|angaben|informationen|verklaringen|uitspraken|informatie)"),
    // es pt it: notices of listed companies
    (ForwardLooking, r"^ [^.:]* (?: declaraciones \s (?: prospectivas | (?:a|de|sobre\sel) \s futuro | anticipadas )
        | manifestaciones \s (?:a|de) \s futuro | proyecciones \s a \s futuro | declarações \s (?: prospe[c]?tivas
        | (?:de|sobre\so) \s futuro | prospectivas )
        | (?:dichiarazioni|affermazioni) \s (?: (?:di|a) \s carattere \s )? (?: previsional[ie] | prospettiche ) )"),
    // sv da no fi pl ro: notices of listed companies
    (ForwardLooking, r"^ [^.:]* (?: (?:framåtblickande|framtidsinriktade|framåtriktade) \s (?:uttalanden|information|utsagor)
        | (?:fremadrettede|fremtidsrettede|fremoverskuende) \s (?:udsagn|uttalelser|utsagn) | tulevaisuutta \s koskev
        | ennakoivat \s lausu | stwierdzenia \s dotyczące \s przyszłości | declarații \s (?:anticipative|privind\sviitorul) )"),
    // zh ja ko: PR Newswire Asia, Kyodo JBN
    (ForwardLooking, r"^ .{0,20} (?: 前瞻性 (?:声明|聲明|陈述|陳述|信息|資訊|资讯) | 安全港 | 将来の見通し | 将来予測 | 将来予想 | 見通しに関する (?:注意|記述|記載) | 미래 \s? 예측
        | 미래 \s? 전망 | 전망 \s? 진술 )"),

    // en de nl: 1,118 archive files; EIN's Legal Disclaimer
    (Disclaimer, heading!(r#"[“"]?
        (?:legal|important|medical|general|investment|financial|risk|safety|full|editorial|sponsored|content)? \s*
        (?:disclaimers?|disclosures?|disclosure\sstatement) (?: \s and \s [\w\s-]+ )? | risk\s(?:warning|disclosure)"#)),
    // en: Media OutReach, archive: the heading glued to its text
    (Disclaimer, r"^ (?: (?-i: (?:DISCLAIMER|Disclaimer|Disclosure|Risk\sWarning)
        (?:\p{Lu}\p{Ll}|\s(?:The|This|All|Any|Information|None|Nothing)\s) ) | the \s issuer \s is \s solely \s responsible
        | für \s den \s inhalt \s der \s mitteilung \s ist \s | veröffentlichung \s (?:einer|von) \s insiderinformation
        | (?:public \s)? disclosure \s of \s (?:an\s)? inside \s information )"),
    // en: offer restrictions of listed companies
    (Disclaimer, r"^ (?: important \s (?:legal\s|regulatory\s|additional\s|safety\s)? (?:notices?|disclosures?|information (?: \s (?:
        for \s (?:\w+\s)? (?:investors|shareholders|stockholders)
        | (?:about|regarding|concerning) \s (?:the\s)? (?:proposed|transaction|merger|offer|business) ) | \s* (?::|$) ) )
        | (?:legal|regulatory) \s (?:notices?|information) \s* (?: [:–—-] | $ )
            | additional \s information \s and \s where \s to \s find | participants \s in \s the \s solicitation | no \s offer (?:\W|$)
            | (?:this\sis\s)? not \s an \s (?:offer|advertisement)
            | (?:this\sis\s)? not \s (?:intended\s)? for \s (?:release|publication|distribution|dissemination|circulation)
            | nothing \s (?:in|contained) \s
            | (?:the|these|such|any|none\sof\sthe) \s (?:\w+\s){0,3} (?:securities|shares|units|notes|bonds) [^.]*
            (?:not\sbeen|not\sbe) [^.]* registered \s under )"),
    // en: TSX Venture, CSE, Cboe Canada: their policies prescribe the sentence
    (Disclaimer, r"^ (?: neither \s (?:the\s)? (?: tsx | toronto | canadian \s (?:securities|stock) | cse (?:\W|$) | cboe | neo
        | nex (?:\W|$)
        | nasdaq | new \s york \s stock | otc | u\.?s\.? \s securities | securities \s and | exchange ) | (?:the\s)? (?: tsx
        | toronto \s stock | canadian \s securities \s exchange | cse | cboe
        | nex ) [^.]* (?:has|have|does|accepts?) \s (?:not|neither|no)
        | no \s (?:stock|securities) \s (?:exchange|commission|regulat) )"),
    // en: sponsored posts, research notes
    (Disclaimer, r"^ (?: (?:this|the) \s (?: (?:press|news|media) \s release | release | announcement | document | communication
        | article | content | post | report | material | notice
        | publication ) s? [^.]* (?: (?:does|do|shall|should|may) \s not \s (?:constitute|be\s(?:construed|considered|relied))
        | is \s not \s (?:an\soffer|intended|investment|financial|a\ssolicitation)
        | (?:is|are) \s (?:provided\s)? (?:solely\s|only\s)? for \s (?:general\s)? information(?:al)? | contains? \s sponsored
        | (?:is|was) \s sponsored )
            | this \s information \s is \s (?:being\s)? (?: information \s that | such | provided \s by \s (?:rns|reach)
            | distributed \s by ) | sponsored \s content (?:\W|$) | please \s see \s (?:the\s)? full \s (?:terms|disclaimer)
            | (?:an\s)? investors? \s should \s (?:carefully\s)? consider | (?:©|copyright \s (?:©|\(c\)|\d{4})) )"),
    // en fr de es it pt nl zh ja ko: Business Wire's note under a translation
    (Disclaimer, r"^ (?: the \s original \s source[-\s]language \s text | this \s is \s an? \s (?:unofficial\s|office\s)? translation
        | le \s texte \s du \s communiqué \s issu \s d.une \s traduction | die \s ausgangssprache ,? \s in \s der
        | el \s (?:texto|comunicado) \s (?:original|en\s(?:el|su)\sidioma) .* (?:oficial|autorizada)
        | il \s testo \s originale \s del \s presente | o \s texto \s (?:no|em) \s idioma \s original
        | deze \s bekendmaking \s is \s officieel
            | 本公告 (?:之)? 原文 | 本新[闻聞]稿 .{0,10} 原文 | 本記者発表文の公式 | 이 \s 보도자료는 \s 해당 \s 기업 )"),
    // fr de es it pt sv fi ro zh ja ko: legal notices in the wires' languages
    (Disclaimer, r"^ (?: avertissements? (?:\W|$) | clause \s de \s non[-\s]responsabilité | mentions? \s légales? | (?:wichtige[rn]?
        | rechtliche[rn]?) \s hinweise? (?:\W|$) | haftungsausschluss | aviso \s (?:legal|importante)
        | (?:descargo|exención|limitación) \s de \s responsabilidad | avvertenz[ae] (?:\W|$) | note \s legali
        | esclusione \s di \s responsabilità | isenção \s de \s responsabilidade | ansvarsfriskrivning
        | denna \s information \s är \s sådan | vastuuvapaus | declinare \s de \s responsabilitate
            | 免[责責](?:声|聲)明 | 法律声明 | 法律聲明 | 重要提示 | 免責事項 | 면책 \s? (?:조항|고지) )"),

    // en: 872 + 121 + 101 archive files
    (Contact, r"^ (?: for \s (?:more|further|additional) \s information \s* $ | (?: [\p{L}\d&/,'’.-]+ \s ){0,5} (?: contacts? | contact \s (?:information|info|details|persons?|us|data)
        | enquiries | inquiries | relations
        | (?:corporate|media) \s (?:communications|affairs) ) (?: \s (?:for|information|details) (?: \s \p{L}+ ){0,3} )? ) \s* (?:
        [:：|] | $ )"),
    // en: News Direct: the heading glued to the name
    (Contact, r"^ (?-i: (?: Contact \s (?:Details|Information|Info) | (?:Media|Press|Investor|Company) \s Contacts? ) \p{Lu}
        | Contact s? \p{Lu}\p{Ll} | Contact \s for \s (?:Investor|Media|Press) \s )"),
    // fr ro: Cision France, GlobeNewswire
    (Contact, heading!(r"(?: relations? \s (?:avec\sles\s)? | service \s (?:de\s)?
        | contacts? \s (?:de\s|pour\sles\s)? ) (?:presse|médias?|investisseurs|analystes|presă|journalistes) (?: \s et \s (?:les\s)?
        \p{L}+ )? | renseignements (?: \s [\p{L}\s]+ )? | personnes?[-\s‑]ressources? | date \s de \s contact")),
    // de sv da no fi nl pl: presseportal, NTB, Ritzau, TT
    (Contact, heading!(r"(?:presse|press|medien|medie|media|investoren|unternehmens)? (?:kontakte?|kontaktpersone?r?|contact) (?: \s
        (?:für|for|för|til|dla) \s [\p{L}\s]+ )? | ansprechpartner(?:in)? (?: \s [\p{L}\s]+ )?
        | rückfragen (?:hinweis)? (?: \s [\p{L}\s&]+ )? | originaltext | kontaktinformation(?:en)?
        | (?:lisätietoja|lisätiedot|yhteystiedot) (?: \s [\p{L}\s]+ )?")),
    // es pt it: Europa Press, Business Wire
    (Contact, heading!(r"conta(?:c)?tos? (?: \s (?:de|con|para|com|da|do) \s (?:la\s|los\s|a\s|os\s)?
        (?:prensa|medios|imprensa|inversores|inversionistas|investidores|mídia) )?
        | contatti (?: \s (?:stampa|media|per\s[\p{L}\s]+) )? | contatto \s stampa | ufficio \s stampa (?: \s [\p{L}\s]+ )?
        | assessoria \s de \s imprensa | gabinete \s de \s (?:prensa|comunicación)")),
    // zh ja ko ru tr: PR Newswire Asia, Kyodo JBN
    (Contact, r"^ (?: (?:媒体|媒體|新闻|新聞|投资者|投資者|公司|如需|更多)? .{0,6} (?:联系|聯絡|聯繫|联络|查询|查詢) (?:人|方式|我们|我們|信息|資訊)? \s* (?:[:：]|$)
        | .{0,24} お?問い?合わ?せ | (?:언론|미디어|투자자|보도자료)? \s? (?:문의|연락처|연락) \s? (?:처)? \s* (?:[:：]|$) | контакты? (?:\W|$)
        | i̇?letişim (?:\W|$) )"),
];

/// Contact sentences: a heading when they end in a colon, a contact line when an address follows.
const CONTACT_SENTENCE: &str = r"(?ix) ^ (?: (?: (?:for|to) \s [^.:]* \b (?:please\s)? (?:contact|call|e-?mail|reach|write\sto) \b
    | contact \s (?:information|details|info|us) \b | contact \s [^.:]+ [:：] $
    | (?:media|press) \s (?:inquiries|enquiries) [^.:]* [:：]
    | for \s [^.:]* \b (?:inquiries|enquiries|information|queries|questions|interviews) [^.:]* [:：]
    | (?:media|press|investors?|analysts?|journalists?|interviews?|contact|e-?mail|for\s
    (?:more|further|additional|media|press|investor) \s (?:information|details|inquiries|enquiries|queries)) \s* [:：]
    | pour \s (?:plus \s d.information s? | (?:de\splus|tout) \s (?:amples?\s)? renseignements? | toute \s (?:information|demande))
    | für \s (?:weitere|nähere|rückfragen) | weitere \s informationen
    | para \s (?:más|mayor|mayores|mais) \s (?:información|informes|informações) | per \s (?:maggiori|ulteriori) \s informazioni
    | (?:för|for) \s (?:mer|mere|ytterligare|ytterligere|yderligere) \s (?:information|informasjon|upplysningar)
    | voor \s meer \s informatie | pentru \s (?:mai\smulte\s|detalii|informații) ) )";

/// The rows, each asked where a line has a word of it: hardly a search of most lines instead of thirty.
struct Rows {
    rows: Vec<(SectionKind, Regex)>,
    needles: Needles,
}

static ROWS: LazyLock<Rows> = LazyLock::new(|| {
    let patterns: Vec<String> = MARKERS
        .iter()
        .map(|(_, words)| lean(&format!("(?ix){words}")))
        .collect();
    Rows {
        needles: Needles::of(&patterns),
        rows: MARKERS
            .iter()
            .zip(&patterns)
            .map(|((kind, _), words)| (*kind, pattern(words)))
            .collect(),
    }
});
static SENTENCE: LazyLock<Regex> = LazyLock::new(|| pattern(CONTACT_SENTENCE));

/// A line without the marks of Markdown around it.
pub(super) fn bare(line: &str) -> &str {
    let line = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '#' | '_' | '>' | '\u{200b}'));
    // A rule drawn over the line.
    let line = if line.starts_with("---") {
        line.trim_start_matches('-').trim_start()
    } else {
        line
    };
    if line.starts_with('[') {
        line
    } else {
        line.trim_end_matches('\\')
    }
}

/// The kind that a paragraph declares by its first line.
pub(super) fn marker(text: &str) -> Option<SectionKind> {
    let whole = text.trim();
    let line = whole.split('\n').next().unwrap_or_default();
    let line = &line[..line.floor_char_boundary(REACH)];
    // End marks are made of what `bare` takes away.
    if whole.chars().nth(LONGEST_LINE).is_none() && ends(whole) {
        return Some(End);
    }
    let line = bare(line);
    if is_correction_note(whole) {
        return Some(Instruction);
    }
    if source_of(line).is_some() {
        return Some(SectionKind::Source);
    }
    // What goes on for a whole paragraph is no picture line.
    let is_prose = whole.chars().nth(LONGEST_MEDIA).is_some() && !whole.contains('\n');
    if let Some(kind) = row(line).filter(|kind| !(is_prose && *kind == Media)) {
        return Some(kind);
    }
    // `• About the meeting` is one link of many.
    if !prose::is_list_item(whole) && about(whole).is_some() {
        return Some(SectionKind::About);
    }
    let is_short = whole.chars().nth(REACH).is_none();
    // Notes to editors are numbered: `2. For interviews contact Ann Nut on …`.
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let line = numbered
        .strip_prefix(". ")
        .filter(|_| numbered.len() < line.len())
        .unwrap_or(line);
    (is_short && SENTENCE.is_match(line) && calls(line, whole)).then_some(Contact)
}

/// `Please replace the release … with the following corrected version`, `The corrected release reads:`.
fn is_correction_note(paragraph: &str) -> bool {
    static REQUEST: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?xis)^ (?: please \s (?:replace|disregard) \s (?:the|our|all) \s .* \b (?: release | version | announcement ) \b .*
              | (?: veuillez \s remplacer | merci \s de \s remplacer ) \s .* communiqué .*
              | (?: le \s communiqué | la \s version ) \s (?: corrigée? | mise? \s à \s jour | révisée? ) \s .{0,40} :
              | bitte \s ersetzen \s sie \s .* (?: mitteilung | meldung | fassung | version ) .*
              | die \s (?: korrigierte | aktualisierte | berichtigte ) \s (?: \w*mitteilung | \w*meldung | fassung | version ) \s .{0,40} :
              | (?: por \s favor ,? \s )? (?: reempla[cz]\w+ | sustituya\w* | rogamos \s (?:que\s)? \w+ ) \s .* (?: comunicado | versión ) .*
              | (?: el \s comunicado | la \s versión ) \s (?: corregid[oa] | actualizad[oa] ) \s .{0,60} :
              ) $",
        )
    });
    static INTRODUCTION: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?xi) (?: ^ | \s ) (?:the\s)? (?:complete,?\s)? (?: corrected | updated | revised | complete | full ) ,? \s
              (?:and\s\w+\s)? (?: (?:press|news)\s )?
              (?: release | version | announcement | text ) \s (?: reads | follows | is )
              (?: \s (?:as\sfollows|in\sfull|below) )? \s? [:.]? $",
        )
    });
    if paragraph.len() > LONGEST_NOTE {
        return false;
    }
    // Its last word tells most paragraphs from an introduction before the long pattern does.
    let last = paragraph
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '.'))
        .rsplit(char::is_whitespace)
        .next();
    let introduces = last.is_some_and(|last| LAST_WORDS.iter().any(|word| last.eq_ignore_ascii_case(word)));
    let is_introduction = || {
        INTRODUCTION
            .find(paragraph)
            .is_some_and(|found| found.start() <= LONGEST_LEAD)
    };
    REQUEST.is_match(paragraph) || (introduces && is_introduction())
}

/// Does a contact sentence give an address, or promise one below? `For more information, visit:` gives links.
fn calls(line: &str, paragraph: &str) -> bool {
    contact::has_address(paragraph) || (line.ends_with([':', '：']) && !line.contains(" visit"))
}

/// Is the line an end mark?
fn ends(line: &str) -> bool {
    let mut marks = ROWS.rows.iter().filter(|(kind, _)| *kind == End);
    marks.any(|(_, words)| words.is_match(line))
}

/// The kind of the first row of the table that a line fits.
fn row(line: &str) -> Option<SectionKind> {
    let is_long = line.chars().nth(LONGEST_LINE).is_some();
    let may_fit = ROWS.needles.may_fit(line);
    let mut rows = ROWS.rows.iter().enumerate();
    let (_, (kind, _)) = rows.find(|(number, (kind, words))| {
        may_fit >> number & 1 == 1 && !(is_long && matches!(kind, End | Instruction)) && words.is_match(line)
    })?;
    Some(*kind)
}

/// Is the line the head of a contact block?
pub(super) fn is_contact_head(line: &str) -> bool {
    let line = bare(line);
    line.len() <= REACH && (row(line) == Some(Contact) || (SENTENCE.is_match(line) && calls(line, line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_row_fits_has_a_word_of_it() {
        let own = [
            "For Immediate Release",
            "/PRNewswire/",
            "- Ende der Mitteilung -",
            "SOURCE: Business Wire, https://www.businesswire.com/news/home/1",
            "Safe Harbor Statement",
            "Certain statements in this release are forward-looking",
            "Énoncés prospectifs",
            "将来の見通しに関する注意事項",
            "Disclaimer:",
            "Neither the TSX Venture Exchange nor its Regulation Services Provider accepts responsibility",
            "Für den Inhalt der Mitteilung ist der Emittent verantwortlich",
            "Media Contacts:",
            "Ri\u{17f}k Warning",
            "контакты",
            "İletişim",
            "即时发布",
        ];
        let corpus = crate::text::corpus("dedup/dev.jsonl").unwrap_or_default();
        let corpus = corpus.lines().filter_map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(row.get("body")?.as_str()?.replace('<', "\n<").replace('>', ">\n"))
        });
        let texts: Vec<String> = own.map(str::to_owned).into_iter().chain(corpus.take(400)).collect();
        let mut fitting = 0;
        for line in texts.iter().flat_map(|text| text.lines()).map(bare) {
            let line = &line[..line.floor_char_boundary(REACH)];
            let may_fit = ROWS.needles.may_fit(line);
            for (number, (kind, words)) in ROWS.rows.iter().enumerate() {
                let fits = words.is_match(line);
                fitting += usize::from(fits);
                assert!(!fits || may_fit >> number & 1 == 1, "{kind:?} {number}: {line}");
            }
        }
        assert!(fitting >= 12, "{fitting}");
    }
}
