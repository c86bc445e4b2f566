//! Pages for people: small, legible, without script. Every value is escaped by the template; the one exception is a body
//! that `ingest` sanitised and that the source's rights allow. In: what the store said. Out: HTML. Pure.

use askama::Template;
use chrono::{DateTime, Utc};

use super::Format;
use super::entry::Entry;
use crate::article::Article;
use crate::config::{Config, Output};
use crate::store::{Family, Sighting, SourceHealth, Version};

/// Nothing may run; pictures come over https (bodies of releases have some).
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src https:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The first page.
pub(super) fn index(config: &Config, articles: &[Article], sources: &[SourceHealth]) -> String {
    let outputs: Vec<Subscription> = config
        .outputs
        .iter()
        .map(|output| Subscription::of(config, output))
        .collect();
    let articles = cards(config, articles);
    let feeds: Vec<Feed> = outputs.iter().flat_map(|output| output.feeds.clone()).collect();
    layout(
        config,
        "Dateline",
        &feeds,
        &Index {
            outputs: &outputs,
            articles: &articles,
            sources,
        },
    )
}

/// The page of an output.
pub(super) fn output(config: &Config, output: &Output, articles: &[Article]) -> String {
    let subscription = Subscription::of(config, output);
    let articles = cards(config, articles);
    layout(
        config,
        &output.title,
        &subscription.feeds,
        &OutputPage {
            output: &subscription,
            articles: &articles,
        },
    )
}

/// The page of an article.
pub(super) fn article(config: &Config, article: &Article, family: &Family) -> String {
    let card = Card::of(config, article);
    layout(
        config,
        &card.entry.title,
        &[],
        &ArticlePage {
            card: &card,
            translations: &cards(config, family.shown()),
            versions: &family.versions,
            sightings: &family.sightings,
        },
    )
}

fn layout(config: &Config, title: &str, feeds: &[Feed], main: &dyn askama::DynTemplate) -> String {
    // A template fails only when its values fail to be written, and all of ours are plain texts.
    let main = main.dyn_render().unwrap_or_default();
    Layout {
        title,
        feeds,
        main: &main,
        home: &config.http.url("/"),
    }
    .render()
    .unwrap_or_default()
}

fn cards<'a>(config: &Config, articles: impl IntoIterator<Item = &'a Article>) -> Vec<Card> {
    articles.into_iter().map(|article| Card::of(config, article)).collect()
}

#[derive(Debug, Clone)]
struct Feed {
    title: String,
    name: &'static str,
    media_type: &'static str,
    url: String,
}

struct Subscription {
    title: String,
    description: String,
    filter: String,
    url: String,
    feeds: Vec<Feed>,
}

impl Subscription {
    fn of(config: &Config, output: &Output) -> Self {
        let url = config.http.url(&format!("/outputs/{}", output.id));
        let feed = |format: &Format| Feed {
            title: format!("{} ({})", output.title, format.name()),
            name: format.name(),
            media_type: format.media_type(),
            url: format!("{url}.{}", format.extension()),
        };
        Self {
            title: output.title.clone(),
            description: output.description.clone(),
            filter: output.filter.text.trim().to_owned(),
            feeds: Format::ALL.iter().map(feed).collect(),
            url,
        }
    }
}

struct Card {
    url: String,
    entry: Entry,
}

impl Card {
    fn of(config: &Config, article: &Article) -> Self {
        let url = config.http.url(&format!("/articles/{}", article.number));
        Self {
            url,
            entry: Entry::of(article, &config.http.url(""), None),
        }
    }

    fn lang(&self) -> &str {
        self.entry.language.as_deref().unwrap_or_default()
    }

    /// When it was issued, else when it was first read.
    fn time(&self) -> String {
        time(&self.entry.published.unwrap_or(self.entry.article.first_received))
    }

    fn symbols(&self) -> String {
        let draft = &self.entry.article.draft;
        let keys = draft
            .symbols()
            .map(|symbol| symbol.key())
            .chain(draft.isins().map(str::to_owned));
        keys.collect::<Vec<_>>().join(", ")
    }
}

fn time(at: &DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn optional_time(at: &Option<DateTime<Utc>>) -> String {
    at.as_ref().map(time).unwrap_or_default()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
{%- for feed in feeds %}
<link rel="alternate" type="{{ feed.media_type }}" title="{{ feed.title }}" href="{{ feed.url }}">
{%- endfor %}
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.1rem; margin-top: 2rem; }
ul, ol { padding-left: 1.2rem; } li { margin: .4rem 0; }
small, dt { opacity: .75; } dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; display: block; overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid #8884; overflow-wrap: normal; }
code { font-size: .85rem; } img { max-width: 100%; height: auto; }
</style>
<nav><a href="{{ home }}">Dateline</a></nav>
<main>
{{ main|safe }}
</main>
</html>
"#
)]
struct Layout<'a> {
    title: &'a str,
    feeds: &'a [Feed],
    /// Rendered and escaped.
    main: &'a str,
    home: &'a str,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<h1>Press releases</h1>
<h2>Subscribe</h2>
<ul>
{%- for output in outputs %}
<li><a href="{{ output.url }}">{{ output.title }}</a>
{%- for feed in output.feeds %} · <a href="{{ feed.url }}">{{ feed.name }}</a>{% endfor %}
{%- if !output.description.is_empty() %}<br><small>{{ output.description }}</small>{% endif %}</li>
{%- else %}
<li>No output is configured: add an [[output]] to the configuration.</li>
{%- endfor %}
</ul>
<h2>Latest</h2>
<ul>
{%- for card in articles %}
<li lang="{{ card.lang() }}"><a href="{{ card.url }}">{{ card.entry.title }}</a><br><small>{{ card.time() }} · {{ card.entry.author }}</small></li>
{%- else %}
<li>No article yet.</li>
{%- endfor %}
</ul>
<h2>Sources</h2>
<table>
<tr><th>Source<th>Wire<th>Last poll<th>State<th>Last success<th>Failures<th>New<th>Copies<th>Rejected<th>Gaps<th>Next poll
{%- for source in sources %}
<tr><td>{{ source.source }}<td>{{ source.wire.as_deref().unwrap_or_default() }}<td>{{ self::optional_time(source.last_poll) }}<td>{{ source.state }}<td>{{ self::optional_time(source.last_success) }}<td>{{ source.failures }}<td>{{ source.new }}<td>{{ source.duplicate }}<td>{{ source.rejected }}<td>{{ source.gaps }}<td>{{ self::optional_time(source.next_due) }}
{%- endfor %}
</table>"#
)]
struct Index<'a> {
    outputs: &'a [Subscription],
    articles: &'a [Card],
    sources: &'a [SourceHealth],
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<h1>{{ output.title }}</h1>
{%- if !output.description.is_empty() %}
<p>{{ output.description }}</p>
{%- endif %}
<p>Subscribe:
{%- for feed in output.feeds %} <a href="{{ feed.url }}">{{ feed.name }}</a>{% endfor %}</p>
{%- if !output.filter.is_empty() %}
<p><small>Filter:</small> <code>{{ output.filter }}</code></p>
{%- endif %}
<ul>
{%- for card in articles %}
<li lang="{{ card.lang() }}"><a href="{{ card.url }}">{{ card.entry.title }}</a><br><small>{{ card.time() }} · {{ card.entry.author }}</small>
{%- if let Some(summary) = card.entry.summary %}<br>{{ summary }}{% endif %}</li>
{%- else %}
<li>No article yet.</li>
{%- endfor %}
</ul>"#
)]
struct OutputPage<'a> {
    output: &'a Subscription,
    articles: &'a [Card],
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{%- let draft = card.entry.article.draft -%}
<article lang="{{ card.lang() }}">
<h1>{{ card.entry.title }}</h1>
{%- if let Some(subheadline) = draft.subheadline %}
<p><strong>{{ subheadline }}</strong></p>
{%- endif %}
{%- if let Some(html) = card.entry.html %}
{{ html|safe }}
{%- else if let Some(summary) = card.entry.summary %}
<p>{{ summary }}</p>
{%- endif %}
</article>
{%- if let Some(link) = card.entry.wire_link %}
<p><a rel="noopener noreferrer" href="{{ link }}">Read it at {{ draft.wire.as_deref().unwrap_or("its source") }}</a></p>
{%- endif %}
<dl>
{%- if let Some(issuer) = draft.issuer %}
<dt>Issued by<dd>{{ issuer }}
{%- endif %}
<dt>Time<dd>{{ card.time() }}
{%- if let Some(dateline) = draft.dateline %}
<dt>Dateline<dd>{{ dateline.raw }}
{%- endif %}
{%- if !card.symbols().is_empty() %}
<dt>Listed as<dd>{{ card.symbols() }}
{%- endif %}
<dt>Kind<dd>{{ draft.kind }}, {{ draft.pubstatus }}, version {{ card.entry.article.version }}
<dt>Id<dd><code>{{ card.entry.id }}</code> (<a href="{{ card.url }}.json">JSON</a>, <a href="{{ card.url }}.ninjs">ninjs</a>)
</dl>
{%- if !translations.is_empty() %}
<h2>In other languages</h2>
<ul>
{%- for card in translations %}
<li lang="{{ card.lang() }}"><a href="{{ card.url }}">{{ card.entry.title }}</a><br><small>{{ card.lang() }} · {{ card.time() }}</small></li>
{%- endfor %}
</ul>
{%- endif %}
<h2>Versions</h2>
<ol>
{%- for version in versions %}
<li>{{ version.article.draft.headline.as_deref().unwrap_or_default() }}<br><small>{{ self::time(version.article.modified) }} · {{ version.verdict }} ({{ version.stage }}): {{ version.why }}</small></li>
{%- endfor %}
</ol>
<h2>Sightings</h2>
<ul>
{%- for sighting in sightings %}
<li>{{ sighting.source }}: {{ self::time(sighting.first_seen) }} to {{ self::time(sighting.last_seen) }}<br><small>{{ sighting.verdict }} ({{ sighting.stage }}): {{ sighting.why }}</small></li>
{%- endfor %}
</ul>"#
)]
struct ArticlePage<'a> {
    card: &'a Card,
    translations: &'a [Card],
    versions: &'a [Version],
    sightings: &'a [Sighting],
}
