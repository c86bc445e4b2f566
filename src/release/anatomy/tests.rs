//! Releases of our own making, and the lines of the table by language.

use proptest::prelude::*;

use super::marker::marker;
use super::*;
use crate::article::SectionKind::{
    About, Body, Contact, Dateline, Disclaimer, End, ForwardLooking, Instruction, Lead, Media, Quote, Source, Subhead,
};
use crate::release::dateline;

const RELEASE: &str = "FOR IMMEDIATE RELEASE - October 5, 2026\n\n\
    Second plant doubles the output\n\n\
    BOISE, Idaho, Oct. 5, 2026 /PRNewswire/ -- Acme Corp. (NYSE: ACME) opened its second plant today, a year after the first one \
    reached its full capacity.\n\n\
    A plant for a decade\n\n\
    The plant makes anvils for customers in forty countries and will employ two hundred people by the end of the year.\n\n\
    \"We are proud,\" said Jo Bolt, chief executive of Acme.\n\n\
    About 40 percent of the anvils are sold abroad.\n\n\
    About Acme Corp. (NYSE: ACME)\n\nAcme makes anvils.\n\nIt was founded in 1949.\n\n\
    About the Bolt Foundation: It gives anvils away.\n\n\
    Forward-Looking Statements\n\nThis release contains forward-looking statements.\n\nThe anvils may be late.\n\n\
    Important Notice\n\nThis is no offer of anvils.\n\n\
    Media Contact:\nJo Bolt\npress@acme.example\n+1 (208) 555-0100\n\n\
    Photo - https://mma.prnewswire.com/media/1/anvil.jpg\n\n\
    SOURCE Acme Corp.\n\n###";

fn read(text: &str) -> Vec<Section> {
    sections(text, dateline(text, None).map_or(0..0, |found| found.span))
}

fn kinds(text: &str) -> Vec<SectionKind> {
    read(text).iter().map(|section| section.kind).collect()
}

#[test]
fn a_release_falls_into_its_parts() {
    let got = read(RELEASE);
    let kinds: Vec<_> = got.iter().map(|section| section.kind).collect();
    assert_eq!(
        kinds,
        [
            Instruction,
            Subhead,
            Dateline,
            Lead,
            Subhead,
            Body,
            Quote,
            Body,
            About,
            About,
            ForwardLooking,
            Disclaimer,
            Contact,
            Media,
            Source,
            End
        ]
    );
    assert_eq!(
        got[3].text,
        "Acme Corp. (NYSE: ACME) opened its second plant today, a year after the first one reached its full capacity."
    );
    assert_eq!(
        got[8].text,
        "About Acme Corp. (NYSE: ACME)\n\nAcme makes anvils.\n\nIt was founded in 1949."
    );
    assert!(
        got[10].text.ends_with("The anvils may be late."),
        "a heading and its statement are one notice"
    );
}

#[test]
fn a_dateline_on_its_own_line_is_a_part_and_no_news() {
    let text = "BEDMINSTER, N.J., Oct.  05, 2026  (GLOBE NEWSWIRE) -- \n\nAcme opened a plant.\n\nIt is large.";
    let got: Vec<_> = read(text).into_iter().map(|s| (s.kind, s.text)).collect();
    assert_eq!(
        got,
        [
            (
                Dateline,
                "BEDMINSTER, N.J., Oct.  05, 2026  (GLOBE NEWSWIRE) --".to_owned()
            ),
            (Lead, "Acme opened a plant.".to_owned()),
            (Body, "It is large.".to_owned())
        ]
    );
}

#[test]
fn what_stands_over_a_dateline_in_its_own_paragraph_is_a_part() {
    let text = "Output doubles BOISE, Idaho, Oct. 5, 2026 /PRNewswire/ -- Acme opened a plant.";
    let got: Vec<_> = read(text).into_iter().map(|s| (s.kind, s.text)).collect();
    assert_eq!(
        got,
        [
            (Subhead, "Output doubles".to_owned()),
            (Dateline, "BOISE, Idaho, Oct. 5, 2026 /PRNewswire/ --".to_owned()),
            (Lead, "Acme opened a plant.".to_owned()),
        ]
    );
}

#[test]
fn the_seed_release_reads_as_its_people_wrote_it() {
    let Some(text) = crate::text::corpus("seed/release.txt") else {
        return;
    };
    let found = dateline(&text, None).expect("a dateline");
    let line = &found.dateline;
    assert_eq!(line.raw, "BEIJING, May 8, 2024 /PRNewswire/ --");
    assert_eq!(
        (line.places[0].city.as_deref(), line.places[0].country.as_deref()),
        (Some("Beijing"), Some("CN"))
    );
    assert_eq!(line.date.map(|d| d.to_string()).as_deref(), Some("2024-05-08"));
    assert_eq!(line.wire.as_deref(), Some("PR Newswire"));
    let got = sections(&text, found.span);
    let subheads: Vec<_> = got
        .iter()
        .filter(|s| s.kind == Subhead)
        .map(|s| s.text.as_str())
        .collect();
    assert_eq!(subheads, ["An ironclad friendship", "Momentum of cooperation"]);
    let lead = got.iter().find(|s| s.kind == Lead).expect("a lead");
    assert!(lead.text.starts_with("Recently, a reply"));
}

#[test]
fn a_body_in_one_paragraph_is_cut_where_a_head_is_sure() {
    let text = "BOISE, ID, October 05, 2026 /24-7PressRelease/ -- Acme opened a plant. It asked about the price of iron. \
        \"We asked about it,\" said Jo Bolt. About 40 percent is sold abroad. About Acme Forge: Founded in 1949, Acme Forge makes anvils. \
        About Bolt & Nut Bolt & Nut is its sister. Media Contact: Jo Bolt, press@acme.example";
    let got = read(text);
    let got: Vec<_> = got
        .iter()
        .map(|s| (s.kind, s.text.split(' ').take(4).collect::<Vec<_>>().join(" ")))
        .collect();
    let want = [
        (Dateline, "BOISE, ID, October 05,"),
        (Lead, "Acme opened a plant."),
        (About, "About Acme Forge: Founded"),
        (About, "About Bolt & Nut"),
        (Contact, "Media Contact: Jo Bolt,"),
    ];
    assert_eq!(got, want.map(|(kind, text)| (kind, text.to_owned())));
}

#[test]
fn lines_of_one_paragraph_and_heads_that_lost_their_line_end_are_told_apart() {
    for (text, want) in [
        (
            "Acme opened a plant.\nAbout Acme\nAcme makes anvils.",
            &[Lead, About][..],
        ),
        (
            "Acme opened a plant.\n\nAbout AcmeAcme makes anvils.\n\nContact DetailsJo Bolt\n\njo@acme.example",
            &[Lead, About, Contact],
        ),
        (
            "Acme opened a plant.\n\nABOUT ACME FORGEAcme Forge makes anvils.",
            &[Lead, About],
        ),
        (
            "Acme opened a plant.\n\n-----About AcmeAcme makes anvils.",
            &[Lead, About],
        ),
        ("Acme opened a plant.\n\nSOURCE Acme Corp.\n# # #", &[Lead, Source, End]),
        ("FOR IMMEDIATE RELEASE\nAcme opened a plant.", &[Instruction, Lead]),
        (
            "Acme opened a plant. ### About Acme: Acme makes anvils, and has made them for a hundred years or nearly so, its people say.",
            &[Lead, End, About],
        ),
        (
            "Photo - https://a.example/1.jpg Acme opened its second plant today, a year after the first one \
             reached its full capacity, and many people came.",
            &[Media, Lead],
        ),
    ] {
        assert_eq!(kinds(text), want, "{text}");
    }
}

#[test]
fn a_block_ends_where_something_begins_that_cannot_belong_to_it() {
    let prose = "The plant makes anvils for customers in forty countries and will employ two hundred people by the end of the year.";
    for (block, next, want) in [
        (
            "About Acme\n\nAcme makes anvils.",
            format!("A plant for a decade\n\n{prose}"),
            &[Lead, About, Subhead, Body][..],
        ),
        (
            "About Acme\n\nAcme makes anvils.",
            "“We are very proud of it,” said Jo Bolt.".to_owned(),
            &[Lead, About, Quote],
        ),
        (
            "Forward-Looking Statements\n\nAnvils may be late.",
            "Sales\t1\t2\nCosts\t1\t2".to_owned(),
            &[Lead, ForwardLooking, Body],
        ),
        (
            "Media Contact:\n\nJo Bolt\n\njo@acme.example",
            "This article was sent around by many wires at once.".to_owned(),
            &[Lead, Contact, Body],
        ),
        (
            "Media Contact:\n\nJo Bolt\n\njo@acme.example",
            "[1] https://notes.example/1".to_owned(),
            &[Lead, Contact, Body],
        ),
        (
            "Disclaimer\n\nNo advice.",
            "CONSOLIDATED STATEMENTS OF INCOME".to_owned(),
            &[Lead, Disclaimer, Body],
        ),
        (
            "Disclaimer\n\nNo advice.",
            "On behalf of the board".to_owned(),
            &[Lead, Disclaimer, Body],
        ),
        (
            "Forward-Looking Statements\n\nAnvils may be late.",
            "press@acme.example".to_owned(),
            &[Lead, ForwardLooking, Contact],
        ),
    ] {
        let text = format!("Acme opened a plant.\n\n{block}\n\n{next}");
        assert_eq!(kinds(&text), want, "{text}");
    }
}

#[test]
fn markers_in_the_languages_of_the_wires() {
    for (line, want) in [
        ("About Acme", Some(About)),
        ("**About Acme**", Some(About)),
        ("## About Acme", Some(About)),
        ("About 40 percent", None),
        ("• About the meeting", None),
        ("About 365 Anvils", Some(About)),
        ("About Acme, the board said little more.", None),
        ("Acme at a glance", Some(About)),
        ("Company Profile", Some(About)),
        ("À propos de TELUS", Some(About)),
        ("Über die Acme AG", Some(About)),
        ("Acerca de Acme", Some(About)),
        ("Sobre a Acme", Some(About)),
        ("Chi è Acme", Some(About)),
        ("Over Acme", Some(About)),
        ("Om Acme", Some(About)),
        ("Tietoja Acmesta", Some(About)),
        ("关于安科", Some(About)),
        ("關於安科", Some(About)),
        ("安科について", Some(About)),
        ("회사 소개", Some(About)),
        ("Safe Harbor Statement", Some(ForwardLooking)),
        (
            "Cautionary Note Regarding Forward-Looking Statements",
            Some(ForwardLooking),
        ),
        (
            "This press release contains forward-looking statements within the meaning of the Act.",
            Some(ForwardLooking),
        ),
        (
            "Forward-Looking Statements: Words such as may and will are such.",
            Some(ForwardLooking),
        ),
        ("Énoncés prospectifs", Some(ForwardLooking)),
        ("Mise en garde", Some(ForwardLooking)),
        ("Zukunftsgerichtete Aussagen", Some(ForwardLooking)),
        ("Declaraciones prospectivas", Some(ForwardLooking)),
        ("Dichiarazioni previsionali", Some(ForwardLooking)),
        ("Declarações prospectivas", Some(ForwardLooking)),
        ("Framåtblickande uttalanden", Some(ForwardLooking)),
        ("前瞻性声明", Some(ForwardLooking)),
        ("前瞻性陳述", Some(ForwardLooking)),
        ("将来の見通しに関する記述", Some(ForwardLooking)),
        ("Disclaimer: anvils are heavy.", Some(Disclaimer)),
        (
            "Veröffentlichung einer Insiderinformation nach Artikel 17, übermittelt durch EQS Group.",
            Some(Disclaimer),
        ),
        (
            "Für den Inhalt der Mitteilung ist der Emittent / Herausgeber verantwortlich.",
            Some(Disclaimer),
        ),
        ("Legal Disclaimer:", Some(Disclaimer)),
        ("Important Notice", Some(Disclaimer)),
        ("Importantly, anvils are heavy.", None),
        ("No Offer or Solicitation", Some(Disclaimer)),
        (
            "Neither TSX Venture Exchange nor its Regulation Services Provider accepts anything.",
            Some(Disclaimer),
        ),
        (
            "NOT FOR DISTRIBUTION TO UNITED STATES NEWSWIRE SERVICES",
            Some(Disclaimer),
        ),
        (
            "The original source-language text of this announcement is the one that counts.",
            Some(Disclaimer),
        ),
        (
            "Le texte du communiqué issu d’une traduction ne compte pas.",
            Some(Disclaimer),
        ),
        (
            "Die Ausgangssprache, in der der Originaltext erscheint, zählt.",
            Some(Disclaimer),
        ),
        (
            "El texto original en el idioma fuente es la versión oficial.",
            Some(Disclaimer),
        ),
        ("Il testo originale del presente annuncio fa fede.", Some(Disclaimer)),
        ("O texto no idioma original deste anúncio conta.", Some(Disclaimer)),
        ("免責聲明：以原文為準。", Some(Disclaimer)),
        ("本記者発表文の公式バージョンは原文です。", Some(Disclaimer)),
        ("Media and Investor Contact:", Some(Contact)),
        ("For more information, please contact:", Some(Contact)),
        ("For more information, visit acme.example.", None),
        ("Investor Relations", Some(Contact)),
        ("Contact lenses are its business.", None),
        ("Contacts presse", Some(Contact)),
        ("Pressekontakt:", Some(Contact)),
        ("Rückfragen bitte an:", Some(Contact)),
        ("Contacto de prensa", Some(Contact)),
        ("Ufficio stampa", Some(Contact)),
        ("联系人：", Some(Contact)),
        ("本件に関するお問い合わせ", Some(Contact)),
        ("SOURCE Acme Corp.", Some(Source)),
        ("Source: Acme Corp.", Some(Source)),
        ("Source code is open.", None),
        ("FUENTE Acme", Some(Source)),
        ("QUELLE Acme AG", Some(Source)),
        ("消息来源 安科", Some(Source)),
        ("ソース：安科", Some(Source)),
        (
            "Original-Content von: Acme AG, übermittelt durch news aktuell",
            Some(Source),
        ),
        ("Logo - https://mma.prnewswire.com/media/1/logo.jpg", Some(Media)),
        ("A photo accompanying this announcement is available at", Some(Media)),
        ("A PDF accompanying this announcement is available at", Some(Media)),
        (
            "View source version on businesswire.com: https://a.example/1",
            Some(Media),
        ),
        (
            "Consultez la version source sur businesswire.com : https://a.example/1",
            Some(Media),
        ),
        ("ann@businesswire.com", None),
        ("View original content to download multimedia:", Some(Media)),
        (
            "The post Acme opens a plant appeared first on Boise Daily.",
            Some(Media),
        ),
        ("Photographers came.", None),
        ("# # #", Some(End)),
        ("###", Some(End)),
        ("* * *", Some(End)),
        ("-30-", Some(End)),
        ("- END -", Some(End)),
        ("-- END --", Some(End)),
        ("[END]", Some(End)),
        ("ENDS", Some(End)),
        ("以上", Some(End)),
        ("FIN", Some(End)),
        ("Endless anvils", None),
        ("FOR IMMEDIATE RELEASE - OCTOBER 5, 2026", Some(Instruction)),
        ("EMBARGOED UNTIL 9 A.M. ET", Some(Instruction)),
        ("Embargoed goods were seized.", None),
        ("For release at 8 a.m. ET", Some(Instruction)),
        ("POUR DIFFUSION IMMÉDIATE", Some(Instruction)),
        ("Zur sofortigen Veröffentlichung", Some(Instruction)),
        ("PARA SU PUBLICACIÓN INMEDIATA", Some(Instruction)),
        ("PER LA PUBBLICAZIONE IMMEDIATA", Some(Instruction)),
        ("供即时发布", Some(Instruction)),
        ("/EMBARGOED UNTIL 6:00 A.M. ET, MARCH 3, 2027/", Some(Instruction)),
        ("/DISREGARD RELEASE: Acme Corp./", Some(Instruction)),
        ("EMBARGADO HASTA EL 5 DE MARZO A LAS 9:00", Some(Instruction)),
        ("Bajo embargo hasta las 9:00", Some(Instruction)),
        ("SOB EMBARGO ATÉ 5 DE MARÇO", Some(Instruction)),
        ("Embargo total de armas", None),
        ("禁发至2027年3月3日上午9时", Some(Instruction)),
        ("2027年3月3日之前禁止发布", Some(Instruction)),
        ("Regulatory News:", Some(Instruction)),
        ("Regulatory news moved the markets.", None),
        (
            "Please replace the release dated October 5 with the following corrected version due to multiple revisions.",
            Some(Instruction),
        ),
        ("The updated release reads:", Some(Instruction)),
        ("The corrected anvil is heavier.", None),
        (
            "Veuillez remplacer le communiqué du 5 octobre par la version corrigée suivante.",
            Some(Instruction),
        ),
        ("Le communiqué corrigé est le suivant :", Some(Instruction)),
        (
            "Bitte ersetzen Sie die Mitteilung vom 5. Oktober durch die folgende Fassung.",
            Some(Instruction),
        ),
        ("Die korrigierte Mitteilung lautet:", Some(Instruction)),
        (
            "Por favor, reemplace el comunicado del 5 de octubre por el siguiente.",
            Some(Instruction),
        ),
        ("El comunicado corregido dice lo siguiente:", Some(Instruction)),
        ("Ende der Insiderinformation", Some(End)),
        ("Ende der Geschichte", None),
        ("Personnes-ressources :", Some(Contact)),
        ("2. For interviews contact Ann Nut on 020 7946 0000.", Some(Contact)),
        ("About RE:ANVIL Boise", Some(About)),
    ] {
        assert_eq!(marker(line), want, "{line}");
    }
}

#[test]
fn a_quotation_is_what_somebody_said_and_not_a_title() {
    for (text, want) in [
        ("“We are proud of it,” said Jo Bolt.", true),
        ("\"We are proud of it,\" said Jo Bolt.", true),
        ("“It matters where the iron comes from these days” Jo Bolt said.", true),
        ("‘We’re proud of it,’ said Jo Bolt.", true),
        ("« Nous sommes très fiers », déclare Jo Bolt.", true),
        ("„Wir sind sehr stolz“, sagte Jo Bolt.", true),
        ("»Wir sind sehr stolz«, sagte Jo Bolt.", true),
        ("「私たちは大変誇りに思っています」と述べました。", true),
        ("– Vi är mycket stolta, säger Jo Bolt.", true),
        (
            "Jo Bolt, chief executive of Acme, said: “We are proud of it, and so is the town.”",
            true,
        ),
        (
            "“The first paragraph of a longer quotation opens its mark and leaves it open, since the next one goes on with it.",
            true,
        ),
        ("“The Anvil” is a film of Acme.", false),
        ("\"Anvil\" shares rose by a tenth in London.", false),
        ("Acme calls it “a plant for a decade”.", false),
    ] {
        assert_eq!(prose::is_quote(text), want, "{text}");
    }
}

#[test]
fn a_sub_heading_is_a_short_line_over_what_it_heads() {
    const PROSE: &str =
        "The plant makes anvils for customers in forty countries and employs two hundred people all the year round.";
    for (line, next, want) in [
        ("An ironclad friendship", PROSE, true),
        ("Key Highlights:", "• Sales rose.", true),
        ("Why Anvils?", PROSE, true),
        ("## what comes next", "It is short.", true),
        ("**Outlook**", PROSE, true),
        ("The board decided:", PROSE, false),
        ("• Sales rose", PROSE, false),
        ("1. Sales rose", PROSE, false),
        ("It is a sentence.", PROSE, false),
        ("By Jo Bolt, Boise Daily", PROSE, false),
        ("Figure 3: The plant", PROSE, false),
        ("On behalf of the board", PROSE, false),
        ("Sales", "Costs", false),
        ("see acme.example at www.acme.example", PROSE, false),
    ] {
        assert_eq!(prose::is_subhead(line, Some(next)), want, "{line}");
    }
    assert!(!prose::is_subhead("The end of it", None));
}

#[test]
fn the_issuer_is_who_the_text_says_and_nobody_where_it_says_nothing() {
    for (headline, text, want) in [
        (
            "Acme opens",
            "Acme opened a plant.\n\nSOURCE Acme Corp.",
            Some("Acme Corp."),
        ),
        ("Acme opens", "Acme opened a plant.\n\nQUELLE Acme AG", Some("Acme AG")),
        (
            "Acme opens",
            "Acme opened a plant.\n\nAbout Acme Corp. (NYSE: ACME)\n\nIt makes anvils.",
            Some("Acme Corp."),
        ),
        (
            "Acme opens",
            "Acme opened a plant.\n\nCompany Profile\n\nAcme Forge makes anvils. Acme is old.",
            None,
        ),
        // The news names the issuer first, and boilerplate of the distributor names nobody that the news knows.
        (
            "Acme and Bolt agree",
            "Acme bought Bolt.\n\nAbout Bolt\n\nBolt makes nuts.\n\nAbout Acme\n\nIt makes anvils.",
            Some("Acme"),
        ),
        (
            "Acme opens",
            "The plant of Acme opened.\n\nAbout Wire Daily\n\nIt is one of seventy brands.",
            None,
        ),
        ("Acme opens", "The plant opened.\n\nAbout Us\n\nWe make anvils.", None),
        (
            "Acme opens",
            "The study is done.\n\nAbout the Study\n\nIt is long.",
            None,
        ),
        (
            "Acme opens",
            "Acme Forge, a maker of anvils, today announced a plant.",
            Some("Acme Forge"),
        ),
        (
            "Acme opens",
            "Acme Forge (“Acme”) is pleased to announce a plant.",
            Some("Acme Forge"),
        ),
        (
            "Acme opens",
            "Acme Forge opened a plant.\n\nABOUT ACME FORGE\n\nIt makes anvils.",
            Some("Acme Forge"),
        ),
        // A wire signs what it relays.
        (
            "Acme opens",
            "Acme Forge, a maker of anvils, today announced a plant.\n\nSOURCE PR Newswire",
            Some("Acme Forge"),
        ),
        ("Acme opens", "PR Newswire today announced a plant.", None),
        // A joint release is filed under its first.
        (
            "Acme and Bolt agree",
            "Acme and Bolt agreed.\n\nSOURCE Acme Inc.; Bolt Corp.",
            Some("Acme Inc."),
        ),
        // The list that names the issuer has an About block, and so has the issuer.
        (
            "Acme Named to Fast Forge’s List",
            "Acme Forge, a leading manufacturer of anvils, has been named to Fast Forge’s list.\n\n\
             About Acme in the North\n\nIt makes anvils.\n\nAbout Fast Forge\n\nIt makes lists.",
            Some("Acme Forge"),
        ),
        // Not what is bought.
        (
            "Jo Bolt to acquire Nut Partners",
            "Jo Bolt agreed to acquire Nut Partners through her Forge Advisers.\n\n\
             About Nut Partners\n\nIt is small.\n\nAbout Forge Advisers\n\nIt advises.",
            Some("Forge Advisers"),
        ),
        // A legal form is no name, nor a common word that a journal is called by.
        (
            "Acme is No. 9 on the list",
            "Inc., the leading media brand for owners, today announced that Acme is on its list.",
            None,
        ),
        (
            "Progress on anvils",
            "The review explains how light passes through iron.\n\nAbout Light\n\nLight is a journal of optics.",
            None,
        ),
        (
            "RE:ANVIL Boise reports",
            "RE:ANVIL Boise, which collects anvils, counted them.\n\nAbout RE:ANVIL Boise\n\nIt collects anvils.",
            Some("RE:ANVIL Boise"),
        ),
        (
            "Anvil sales rise",
            "The Board of Directors of Acme Forge today announced a dividend.",
            Some("Acme Forge"),
        ),
        (
            "Anvil sales rise",
            "Acme, one of the world’s oldest makers of anvils, sold more.",
            Some("Acme"),
        ),
        (
            "Anvil Works Opens a Plant",
            "Anvil Works has opened a plant.",
            Some("Anvil Works"),
        ),
        (
            "Acme opens",
            "Acme Forge, Inc. is set to open a plant.",
            Some("Acme Forge, Inc."),
        ),
        ("Acme opens", "Governor Jo Bolt announced a plant.", None),
        (
            "Acme investors",
            "Acme Forge, Inc. announced a delay. Investors may join the class action.",
            None,
        ),
        ("Acme opens", "Today, Acme Forge announced a plant.", None),
        ("Acme opens", "The Company announced a plant.", None),
        ("Acme opens", "We’re pleased to announce a plant.", None),
        (
            "Acme opens",
            "The plant of Acme opened in October.\n\nSource: Bolt Research, 2026",
            None,
        ),
    ] {
        assert_eq!(
            issuer(Some(headline), None, text, &read(text)).as_deref(),
            want,
            "{text}"
        );
    }
    let text = "Austin, United States - October 5, 2026 / Acme Roofing / Roofs last longer in Austin, says a roofer of the town.";
    let found = dateline(text, None).expect("a dateline");
    let named = issuer(None, Some(&found.dateline), text, &read(text));
    assert_eq!(named.as_deref(), Some("Acme Roofing"), "{:?}", found.dateline);
}

#[test]
fn the_sub_headline_is_no_legend_and_not_the_headline_again() {
    for (before, want) in [
        (
            "Second plant doubles the output\n\n",
            Some("Second plant doubles the output"),
        ),
        (
            "NOT FOR DISTRIBUTION TO UNITED STATES NEWSWIRE SERVICES\n\nSecond plant doubles the output\n\n",
            Some("Second plant doubles the output"),
        ),
        ("FOR IMMEDIATE RELEASE\n\n", None),
        ("Acme Opens a Plant\n\n", None),
        ("• Output doubles\n\n• Costs fall\n\n", None),
        ("Highlights\n\n• Output doubles\n\n", None),
        ("Key findings:\n\n", None),
        ("BOISE, Idaho, October 5, 2026 –\n\n", None),
        ("Photo - https://a.example/1.jpg\n\n", None),
        ("Contact: Jo Bolt, jo@acme.example\n\n", None),
    ] {
        assert_eq!(
            subheadline(before, Some("Acme opens a plant")).as_deref(),
            want,
            "{before}"
        );
    }
}

#[test]
fn the_headline_of_a_bare_text_is_the_first_heading_over_its_dateline() {
    for (before, want) in [
        (
            "Source: Acme Corp.\nMEDIA RELEASE PR67276\nAcme Opens a Plant\n\nSecond plant doubles the output",
            Some("Acme Opens a Plant"),
        ),
        (
            "FOR IMMEDIATE RELEASE\n\nPress Release No. 12\n\nAcme Opens a Plant\n\n",
            Some("Acme Opens a Plant"),
        ),
        ("NOT FOR DISTRIBUTION TO UNITED STATES NEWSWIRE SERVICES\n\n", None),
        // The usual form of PR Newswire has a list below.
        (
            "Acme Opens Its Second Plant\n\n- Output doubles\n- Costs fall\n\n",
            Some("Acme Opens Its Second Plant"),
        ),
        ("Key Highlights\n\n- Output doubles\n\n", None),
        ("安科公司第二座工厂投产\n\n", Some("安科公司第二座工厂投产")),
        ("アクメ社、第二工場を開設\n\n", Some("アクメ社、第二工場を開設")),
        ("", None),
    ] {
        assert_eq!(headline(before).as_deref(), want, "{before}");
    }
}

#[test]
fn the_headline_without_a_dateline_stands_over_a_longer_paragraph_or_over_nothing() {
    for (text, want) in [
        ("Acme Opens a Plant", Some("Acme Opens a Plant")),
        (
            "Acme opens a plant\n\nThe plant makes anvils for customers in forty countries.",
            Some("Acme opens a plant"),
        ),
        (
            "EQS-News: Acme AG / Schlagwort(e): Prognose\nAcme AG: Vorstand hebt Prognose an\n\n\
             Der Vorstand erwartet nun einen höheren Umsatz als im Vorjahr.",
            Some("Acme AG: Vorstand hebt Prognose an"),
        ),
        (
            "FOR IMMEDIATE RELEASE\n\nAcme Opens a Plant",
            Some("Acme Opens a Plant"),
        ),
        (
            "Acme opened a plant.\n\nThe plant makes anvils for forty countries.",
            None,
        ),
        ("Highlights:\n\nThe plant makes anvils for forty countries.", None),
        ("- Output doubles\n\nThe plant makes anvils for forty countries.", None),
        ("Acme opens a plant in the north\n\nIt is large", None),
        ("", None),
    ] {
        assert_eq!(headline_without_dateline(text).as_deref(), want, "{text}");
    }
}

#[test]
fn what_stands_between_a_dateline_and_its_running_text_is_no_lead() {
    const LEAD: &str =
        "Acme Corp. opened its second plant today, a year after the first one reached its full capacity.";
    for between in [
        "- New Plant Doubles Output\n\n",
        "-- Output doubles\n\n-- Costs fall by a tenth\n\n",
        "• Output doubles.\n\n",
        "Regulatory News:\n\n",
        "Please replace the release with the following corrected version due to a wrong figure.\n\nThe corrected release reads:\n\n",
    ] {
        let text = format!("BOISE, Idaho, Oct. 5, 2026 /PRNewswire/ --\n\n{between}{LEAD}");
        let sections = read(&text);
        let lead = sections.iter().find(|section| section.kind == Lead);
        assert_eq!(lead.map(|lead| lead.text.as_str()), Some(LEAD), "{text}");
    }
    let text = "BOISE, Idaho, Oct. 5, 2026 /PRNewswire/ --\n\n- Output doubles\n\n- Costs fall";
    assert_eq!(kinds(text)[1], Lead, "a list alone is the news");
    let text = "– Dette er en merkedag for Acme, sier Jo Bolt.\n\nAcme Corp. åpnet i dag sitt andre verk, et år etter det første.";
    assert!(
        digest(&read(text)).starts_with("– Dette er"),
        "a quotation may open the news"
    );
    let text = "Paris, le 5 octobre 2026 – 17h45 – Acme annonce une usine.";
    let parts: Vec<String> = read(text).into_iter().map(|part| part.text).collect();
    assert_eq!(parts, ["Paris, le 5 octobre 2026 – 17h45 –", "Acme annonce une usine."]);
}

#[test]
fn the_line_that_signs_a_quotation_heads_nothing() {
    let text = format!(
        "Acme opened a plant.\n\n“We are very proud of it today.”\n\nJo Bolt, CEO\n\n{}",
        "It is large. ".repeat(12)
    );
    assert_eq!(kinds(&text), [Lead, Quote, Body, Body]);
}

proptest! {
    #[test]
    fn sections_are_slices_in_text_order(text in r"(\PC|\n){0,300}", start in 0_usize..320) {
        in_order(&text, start)?;
    }

    #[test]
    fn what_looks_like_a_release_is_never_lost(
        lines in proptest::collection::vec(
            r#"(About |ABOUT |Contact: |Media Contact|SOURCE |### |-30-|“|"|Acme|acme|AcmeAcme | \(NYSE: A\)|:|\.|, | said|a@a\.eu){1,8}"#,
            1..12,
        ),
        start in 0_usize..60,
    ) {
        let text = lines.join("\n\n");
        in_order(&text, start)?;
        let kept: String = sections(&text, 0..0).iter().map(|section| section.text.split_whitespace().collect::<String>()).collect();
        let all: String = text.split_whitespace().collect();
        prop_assert_eq!(kept, all, "nothing is dropped");
    }
}

fn in_order(text: &str, start: usize) -> Result<(), TestCaseError> {
    let mut rest = text;
    let sections = sections(text, start / 2..start);
    for section in &sections {
        prop_assert!(!section.text.is_empty());
        let at = rest.find(&section.text);
        prop_assert!(at.is_some(), "{section:?} in {rest:?}");
        rest = &rest[at.unwrap_or(0) + section.text.len()..];
    }
    let _ = (
        issuer(Some(text), None, text, &sections),
        contacts(&sections),
        digest(&sections),
        subheadline(text, None),
    );
    Ok(())
}
