//! Where a release stands in the pages of each wire, in CSS selectors.
//!
//! Pages change: the newest layout is first, older ones follow, and a page that fits none is read as any other page is
//! ([`crate::ingest::extract`]). What every site has around its texts (share bars, forms, cookie banners) is known without a row.

/// The layout of a wire's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The text of the release. The first selector that finds enough of it is taken, with all that it finds, in document order; parts of one
    /// release that stand apart share a selector.
    pub body: &'static [&'static str],
    /// The headline, most exact first.
    pub headline: &'static [&'static str],
    /// Galleries: their pictures are the release's, wherever they stand; their text is not.
    pub galleries: &'static [&'static str],
    /// What stands in the body and is not the release's.
    pub removals: &'static [&'static str],
}

impl Layout {
    /// Of a wire whose pages we do not know.
    pub const UNKNOWN: Self = Self {
        body: &[],
        headline: &[],
        galleries: &[],
        removals: &[],
    };
}

/// PR Newswire, and what Cision runs on the same pages: CNW, PRWeb. `SOURCE Acme` and the line of the original stay.
pub(super) const CISION: Layout = Layout {
    body: &[
        "section.release-body",
        ".release-body .col-lg-10",
        ".release-body",
        "article.news-release .release-text",
        "article.news-release",
    ],
    headline: &[
        ".release-header h1",
        ".detail-headline h1",
        "article.news-release h1",
        "h1",
    ],
    galleries: &[
        ".inline-gallery",
        ".gallery",
        ".gallery-carousel",
        ".detail-inline-gallery",
    ],
    removals: &[
        ".modal",
        "[id$=-modal]",
        ".also-from-source",
        "#related-bios-journalists",
        ".related-bios",
        ".related-links-container",
        ".social-share-circle",
        ".share-bar",
        ".contact-prn-container",
        ".ticket-container",
        ".more-releases",
        ".source-cards",
    ],
};

/// The page of 2025 (`ui-kit-*`) and the one before it; the contact block stands beside the story.
pub(super) const BUSINESS_WIRE: Layout = Layout {
    body: &[
        "#bw-release-subhead, .bw-release-subhead, .ui-kit-press-release__subhead, #bw-release-story, .bw-release-story, \
         #bw-release-contact, .bw-release-contact, .ui-kit-press-release__contacts",
        ".ui-kit-press-release__content",
        "[itemprop=articleBody]",
        "article.ui-kit-press-release",
    ],
    headline: &[
        ".ui-kit-press-release__headline",
        "h1.epi-fontLg",
        ".bw-release-header h1",
        "h1[itemprop=headline]",
        "h1",
    ],
    galleries: &[
        ".bw-release-multimedia",
        "#bw-release-multimedia",
        ".bw-release-logos",
        ".bw-release-sidebars",
        ".ui-kit-press-release__multimedia",
    ],
    removals: &[
        ".ui-kit-press-release__sidebar",
        ".bw-release-social",
        ".bw-social-sharing",
        ".bw-release-hashtags",
        ".bw-related-news",
        ".bw-release-actions",
        ".bw-release-versions",
    ],
};

pub(super) const GLOBE_NEWSWIRE: Layout = Layout {
    body: &[
        "#main-body-container",
        ".main-body-container.article-body",
        ".article-body",
        "[itemprop=articleBody]",
        "#content-L2",
    ],
    headline: &[
        "h1.article-headline",
        ".main-header-container h1",
        "h1[itemprop=headline]",
        "h1",
    ],
    galleries: &[
        ".image-carousel",
        ".media-carousel",
        "#carousel",
        ".main-media-container",
    ],
    removals: &[
        ".tags-container",
        "#article-tags-container",
        ".main-tags-container",
        ".article-attachments",
        ".attachments-container",
        ".jumbotron",
        ".pnr-read-more",
        ".recommended-reading",
        ".additional-links",
        ".press-release-actions",
    ],
};

pub(super) const NEWSFILE: Layout = Layout {
    body: &["#release-body", ".release-body", ".article-content", ".newsrelease"],
    headline: &["h1.release-title", "#releaseHeading", "h1"],
    galleries: &[],
    removals: &[".release-share", "#release-share"],
};

pub(super) const ACCESS: Layout = Layout {
    body: &[
        "#articleBody",
        "#articleBodyContent",
        "#pr-body",
        ".articlecontents",
        ".article-body",
    ],
    headline: &["#articleHeading h1", "#articleHeading", "h1.article-title", "h1"],
    galleries: &[],
    removals: &["#shareLinks", ".articlesource-share"],
};

pub(super) const EIN: Layout = Layout {
    body: &[".article_column .pr_body", "article.article_column", ".article_column"],
    headline: &["h1.article_headline", ".article_column h1", "h1"],
    galleries: &[".article_media"],
    removals: &[".contact_box", ".pr_sharing", ".lexical-share"],
};

pub(super) const EQS: Layout = Layout {
    body: &[
        ".news__content",
        ".news-content",
        ".news_detail__content",
        "#news-content",
        ".news-body",
    ],
    headline: &[".news__title", ".news-detail h1", "h1"],
    galleries: &[],
    removals: &[".news__share"],
};

pub(super) const PRESSEPORTAL: Layout = Layout {
    body: &[
        "article.story .card > p, article.story .card > ul, article.story .card > table, article.story .contact-text",
        ".story .card",
    ],
    headline: &["article.story h1", ".story h1", "h1"],
    galleries: &[".story-media", ".gallery"],
    removals: &[".story-city", ".originator", ".story-meta"],
};

pub(super) const PR_TIMES: Layout = Layout {
    body: &[
        "#press-release-body",
        "#press-release-detail",
        ".rich-text",
        ".r-head ~ .rich-text",
    ],
    headline: &["h1.release--title", "h1"],
    galleries: &[],
    removals: &[".release-tags"],
};
