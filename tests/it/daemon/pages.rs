//! Full texts: the teaser is out before its page is asked, and the page is read between the polls of its site.

use super::*;

const LEAD: &str =
    "Aldermoor Steel said today that furnace number 7 will be lit again in the spring, after nine years in the cold";
const REST: &str =
    "The works employ 240 people of the valley, most of whom have been with Aldermoor since its first day.";

#[tokio::test(flavor = "multi_thread")]
async fn a_teaser_is_out_before_its_page_is_asked_and_the_whole_text_follows_as_its_rights_allow() {
    for (rights, is_shown) in [("full", true), ("summary", false)] {
        follows(rights, is_shown).await;
    }
}

async fn follows(rights: &str, is_shown: bool) {
    let wires = Server::start().await;
    let listen = free_port();
    let items = format!(
        "<item><title>Aldermoor Lights Furnace Seven</title><link>{}</link><guid>g7</guid><pubDate>{}</pubDate><description>{LEAD}...</description></item>",
        wires.url("/news/7"),
        dateline::clock::now().to_rfc2822()
    );
    wires.play(
        "/feed",
        vec![Reply::ok(format!(
            "<rss version=\"2.0\"><channel><title>Works</title>{items}</channel></rss>"
        ))],
    );
    wires.play("/robots.txt", vec![Reply::ok("User-agent: *\nDisallow: /private/\n")]);
    let seen = Arc::new(Mutex::new(None));
    let page = format!(
        "<html><head><title>Aldermoor Lights Furnace Seven</title></head><body><article><h1>Aldermoor Lights Furnace Seven</h1><p>{LEAD}.</p>\
         <p>{REST}</p><p>{REST}</p></article></body></html>"
    );
    wires.on("/news/7", {
        let seen = Arc::clone(&seen);
        move |_| {
            // What readers have while we ask.
            seen.lock()
                .unwrap()
                .get_or_insert_with(|| curl(listen, "/outputs/all.atom"));
            Reply::status(200, &[("Content-Type", "text/html")], &page)
        }
    });
    let house = House::new(&[("wire", wires.url("/feed").to_string())], listen);
    let config = house.folder.path().join("dateline.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text + &format!("full_text = \"generic\"\nrights = \"{rights}\"\n\n[[output]]\nid = \"valley\"\nfilter = \"text ~ 'valley'\"\n")).unwrap();
    let (output, metrics, store) = tokio::task::spawn_blocking(move || {
        let mut daemon = house.start();
        daemon.wait_for("read the full text of article 1");
        // The filter sees the whole.
        let output = curl(listen, "/outputs/valley.json");
        let metrics = curl(listen, "/metrics");
        daemon.signal("TERM");
        daemon.wait_for("stopped");
        (output, metrics, house)
    })
    .await
    .unwrap();
    let teaser = seen.lock().unwrap().clone().unwrap();
    assert!(
        teaser.contains("Aldermoor Lights Furnace Seven") && !teaser.contains("240 people"),
        "{teaser}"
    );
    assert!(output.contains("Aldermoor Lights Furnace Seven"), "{output}");
    assert_eq!(output.contains("240 people"), is_shown, "{rights}: {output}");
    assert!(
        metrics.contains("dateline_pages_total{wire=\"prnewswire\",class=\"text\"} 1"),
        "{metrics}"
    );
    let asked = wires.asked();
    let of = |path: &str| asked.iter().filter(|asked| asked.as_str() == path).count();
    assert_eq!((of("/robots.txt"), of("/news/7")), (1, 1), "{asked:?}");
    let explained = store.dateline(&["explain", "1"]).output().unwrap();
    let explained = String::from_utf8(explained.stdout).unwrap();
    assert!(
        explained.contains("text: full text from") && explained.contains("robots.txt: no rule"),
        "{explained}"
    );
}
