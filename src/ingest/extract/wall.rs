//! Tells a page that stands in front of a text from a page that holds one.
//!
//! In: what a page calls itself, what it shows, and its markup. Out: the [`Wall`] that it is, if it is one. A wall shows two of its signs
//! and little prose; one sign alone is a topic: there are releases about bot protection, and releases titled "Access Denied". Scripts of
//! the same vendors stand in ordinary pages too, so no mark is one of those.

use super::Class;

/// A kind of page without a text.
#[derive(Debug)]
pub(super) struct Wall {
    /// As operators know it.
    pub(super) name: &'static str,
    pub(super) class: Class,
    /// Words of prose that it shows at most.
    words: usize,
    /// What it calls itself, in its title or a heading: a whole title, or the whole of what stands between its `|` and dashes.
    titles: &'static [&'static str],
    /// Its marks stand in ordinary pages too: forms have captchas, and sites a place to sign in. Then its title must say so as well.
    common: bool,
    /// Parts of its markup, in lower case.
    marks: &'static [&'static str],
    /// Parts of what it says, in lower case.
    phrases: &'static [&'static str],
}

/// What a wall is told by.
#[derive(Debug, Default)]
pub(super) struct Seen<'a> {
    /// The title and the first headings.
    pub(super) titles: Vec<String>,
    /// Of the whole page.
    pub(super) markup: &'a str,
    /// What it shows with and without scripts.
    pub(super) said: String,
    /// Words outside links, navigation and footers.
    pub(super) prose_words: usize,
    pub(super) status: Option<u16>,
    /// It has scripts.
    pub(super) scripted: bool,
}

/// Words of prose below which what a page says is all that it is.
const FEW_WORDS: usize = 60;

/// Words of prose on a refusal that explains itself.
const REFUSAL_WORDS: usize = 130;

/// Bytes of markup that are searched for marks: walls are small.
const MARKS_WITHIN_BYTES: usize = 256 << 10;

#[rustfmt::skip]
const WALLS: &[Wall] = &[
    Wall {
        name: "cloudflare", class: Class::Blocked, words: REFUSAL_WORDS, common: false,
        titles: &["attention required!", "access denied", "error 1020", "error 1015", "error 1006"],
        marks: &["cf-error-details", "cf-wrapper", "/cdn-cgi/styles/cf.errors"],
        phrases: &["sorry, you have been blocked", "you are unable to access", "cloudflare ray id", "used cloudflare to restrict access",
            "you are being rate limited", "has banned you temporarily"],
    },
    Wall {
        name: "cloudflare", class: Class::Challenge, words: REFUSAL_WORDS, common: false,
        titles: &["just a moment", "please wait", "attention required!", "one more step", "checking your browser"],
        marks: &["cf_chl_opt", "_cf_chl", "cf-browser-verification", "cf-challenge-running", "challenge-error-text",
            "cf-captcha-container", "cf-turnstile-response"],
        phrases: &["checking your browser before accessing", "enable javascript and cookies to continue", "verifying you are human",
            "verify you are human", "needs to review the security of your connection", "checking if the site connection is secure",
            "performance & security by cloudflare", "performance and security by cloudflare", "ddos protection by"],
    },
    Wall {
        name: "akamai", class: Class::Challenge, words: REFUSAL_WORDS, common: false,
        titles: &["access denied", "challenge validation"],
        marks: &["errors.edgesuite.net", "sec-if-cpt-container", "/_sec/cp_challenge", "akamai-block", "bm-verify="],
        phrases: &["you don't have permission to access", "you don&#39;t have permission", "reference #", "powered and protected by"],
    },
    Wall {
        name: "perimeterx", class: Class::Challenge, words: REFUSAL_WORDS, common: false,
        titles: &["access to this page has been denied", "access to this page has been denied.", "human verification"],
        marks: &["px-captcha", "_pxappid", "captcha.px-cdn.net", "captcha.px-cloud.net", "window._pxuuid"],
        phrases: &["press & hold", "press and hold", "confirm you are a human", "we believe you are using automation tools",
            "before we continue"],
    },
    Wall {
        name: "datadome", class: Class::Challenge, words: REFUSAL_WORDS, common: false,
        titles: &["datadome captcha", "you have been blocked"],
        marks: &["captcha-delivery.com", "var dd={", "datadome device check"],
        phrases: &["please enable js and disable any ad blocker", "we want to make sure it is actually you", "you are not a robot"],
    },
    Wall {
        name: "imperva", class: Class::Challenge, words: REFUSAL_WORDS, common: true,
        titles: &["pardon our interruption", "request unsuccessful"],
        marks: &["_incapsula_resource", "incapsula incident id", "distil_r_captcha", "distil_referrer"],
        phrases: &["pardon our interruption", "something about your browser made us think", "incapsula incident id",
            "request unsuccessful", "powered by imperva", "additional security check is required"],
    },
    Wall {
        name: "aws-waf", class: Class::Challenge, words: REFUSAL_WORDS, common: false,
        titles: &["human verification"],
        marks: &["awswafcookiedomainlist", "gokuprops", "token.awswaf.com", "captcha.awswaf.com"],
        phrases: &["verify that you're not a robot", "confirm you are human", "javascript is disabled"],
    },
    Wall {
        name: "kasada", class: Class::Challenge, words: FEW_WORDS, common: false,
        titles: &[],
        marks: &["kpsdk", "/149e9513-01fa-4fb0-aad4-566afd725d1b/", "/ips.js"],
        phrases: &[],
    },
    Wall {
        name: "sucuri", class: Class::Challenge, words: REFUSAL_WORDS, common: false,
        titles: &["sucuri website firewall", "you are being redirected"],
        marks: &["sucuri_cloudproxy_js", "cdn.sucuri.net", "sucuri.net/privacy"],
        phrases: &["sucuri website firewall", "block reason:", "you are being redirected"],
    },
    Wall {
        name: "ddos-guard", class: Class::Challenge, words: REFUSAL_WORDS, common: false,
        titles: &["ddos-guard"],
        marks: &["/.well-known/ddos-guard/", "ddos-guard.net", "ddg-captcha"],
        phrases: &["checking your browser before accessing", "protected by ddos-guard"],
    },
    Wall {
        name: "vercel", class: Class::Challenge, words: REFUSAL_WORDS, common: false,
        titles: &["vercel security checkpoint"],
        marks: &["/.well-known/vercel/security/"],
        phrases: &["we're verifying your browser", "failed to verify your browser", "vercel security checkpoint"],
    },
    Wall {
        name: "f5", class: Class::Challenge, words: REFUSAL_WORDS, common: false,
        titles: &["request rejected"],
        marks: &["/tspd/", "bobcmn"],
        phrases: &["the requested url was rejected", "your support id is", "please enable javascript to view the page content"],
    },
    Wall {
        name: "captcha", class: Class::Challenge, words: REFUSAL_WORDS, common: true,
        titles: &["captcha", "robot check", "are you a robot?", "are you human?", "bot verification", "bot check",
            "verification required", "security check", "human verification", "security verification", "security checkpoint",
            "one moment, please", "unusual traffic", "sicherheitsüberprüfung", "vérification de sécurité"],
        marks: &["g-recaptcha", "h-captcha", "hcaptcha.com/1/api.js", "recaptcha/api.js", "recaptcha/enterprise.js", "geetest",
            "arkoselabs.com", "/captcha/"],
        phrases: &["i'm not a robot", "not a robot", "unusual traffic", "automated access", "automated requests", "prove you are human",
            "prove that you are human", "confirm you are human", "verify you are human", "verify that you are human",
            "complete the security check", "enter the characters", "type the characters", "complete the captcha", "solve the captcha",
            "solve this captcha", "you are a human"],
    },
    Wall {
        name: "consent", class: Class::Challenge, words: 700, common: false,
        titles: &["before you continue", "before you continue to google search", "bevor sie zu google weitergehen",
            "bevor sie fortfahren", "avant de continuer", "we value your privacy", "your privacy choices",
            "your privacy is important to us", "cookie consent", "privacy settings", "datenschutzeinstellungen", "consent"],
        marks: &["consent.google.com/save", "consent.youtube.com/save", "collectconsent", "consent.yahoo.com", "consent-form",
            "consent-page"],
        phrases: &["before you continue", "accept all", "reject all", "we and our partners",
            "store and/or access information on a device", "manage privacy settings", "manage preferences", "we use cookies",
            "alle akzeptieren", "alle ablehnen", "tout accepter", "tout refuser", "nous et nos partenaires", "aceptar todo"],
    },
    Wall {
        name: "login", class: Class::Challenge, words: 100, common: true,
        titles: &["log in", "login", "sign in", "sign in to your account", "log in to your account", "sign in to continue",
            "log in to continue", "please log in", "please sign in", "member login", "anmelden", "anmeldung", "connexion",
            "se connecter", "iniciar sesión", "logga in", "logg inn"],
        marks: &["type=\"password\"", "type='password'", "type=password"],
        phrases: &["log in to continue", "sign in to continue", "log in to read", "sign in to read", "please log in", "please sign in",
            "you must be logged in", "forgot your password", "forgot password", "forgotten password", "remember me",
            "don't have an account", "passwort vergessen", "mot de passe oublié"],
    },
    Wall {
        name: "paywall", class: Class::Challenge, words: 250, common: false,
        titles: &["subscribe to continue", "subscribe to read", "subscribers only"],
        marks: &["\"isaccessibleforfree\":false", "\"isaccessibleforfree\": false", "\"isaccessibleforfree\":\"false\"",
            "\"isaccessibleforfree\": \"false\"", "tp-container-inner", "piano-inline", "class=\"paywall", "id=\"paywall", "regwall",
            "class=\"subscription-wall", "subscriber-only", "premium-content-wall"],
        phrases: &["subscribe to continue", "subscribe to read", "subscribe to unlock", "to continue reading", "already a subscriber",
            "content is for subscribers", "available to subscribers", "subscribers only", "exclusively for subscribers",
            "reserved for subscribers", "register to read", "reached your limit of free articles", "free articles left",
            "unlock this article", "start your free trial", "become a member to read", "nur für abonnenten", "weiterlesen mit",
            "réservé aux abonnés"],
    },
    Wall {
        name: "not-found", class: Class::Empty, words: REFUSAL_WORDS, common: true,
        titles: &["404", "error 404", "404 error", "404 not found", "not found", "page not found", "404 page not found",
            "404: page not found", "404: not found", "page not found (404)", "the page cannot be found", "page cannot be found",
            "file not found", "object not found", "resource not found", "article not found", "release not found",
            "press release not found", "page does not exist", "page unavailable", "content not found", "content unavailable",
            "we can't find that page", "oops", "oops!", "410 gone", "gone", "seite nicht gefunden", "page introuvable",
            "page non trouvée", "página no encontrada", "página não encontrada", "pagina non trovata", "pagina niet gevonden",
            "sidan hittades inte", "siden ble ikke funnet", "siden blev ikke fundet", "sivua ei löytynyt", "strona nie znaleziona",
            "страница не найдена", "ページが見つかりません", "页面不存在", "找不到页面"],
        marks: &["class=\"error-404", "class=\"error404", "class=\"page-404", "id=\"error-404", "class=\"not-found", "error404"],
        phrases: &["page not found", "page you requested", "page you are looking for", "page you were looking for",
            "page you're looking for", "could not be found", "cannot be found", "can't be found", "couldn't find", "can't find the page",
            "no longer available", "no longer exists", "has been removed", "may have been moved", "doesn't exist", "does not exist",
            "error 404", "404 error", "nicht gefunden", "n'existe pas", "n'existe plus", "no existe"],
    },
    Wall {
        name: "server-error", class: Class::Empty, words: REFUSAL_WORDS, common: false,
        titles: &["500", "internal server error", "500 internal server error", "server error", "502 bad gateway", "bad gateway",
            "503 service unavailable", "service unavailable", "503 service temporarily unavailable", "504 gateway time-out",
            "504 gateway timeout", "gateway timeout", "application error", "runtime error", "site maintenance", "maintenance",
            "under maintenance", "down for maintenance", "scheduled maintenance", "temporarily unavailable", "we'll be right back",
            "we'll be back soon", "something went wrong", "an error occurred", "error"],
        marks: &["<center>nginx</center>", "<center>nginx/", "class=\"error-500", "<address>apache"],
        phrases: &["internal server error", "service unavailable", "service is temporarily unavailable", "bad gateway",
            "unable to service your request", "please try again later", "down for maintenance", "scheduled maintenance",
            "undergoing maintenance", "something went wrong", "an error occurred", "unexpected error", "back-end server",
            "be back shortly", "error processing your request"],
    },
    Wall {
        name: "refused", class: Class::Blocked, words: REFUSAL_WORDS, common: false,
        titles: &["403", "403 forbidden", "forbidden", "error 403", "403 error", "access denied", "access forbidden",
            "access restricted", "access blocked", "blocked", "unauthorized", "401 unauthorized", "not authorized", "permission denied",
            "you have been blocked", "request blocked", "unavailable for legal reasons", "451 unavailable for legal reasons",
            "429 too many requests", "too many requests", "rate limit exceeded", "the request could not be satisfied",
            "zugriff verweigert", "accès refusé", "acceso denegado"],
        marks: &["<center>nginx</center>", "<center>nginx/", "generated by cloudfront", "<address>apache", "wordfence"],
        phrases: &["you don't have permission to access", "you do not have permission", "do not have access", "access is denied",
            "access denied", "access to this resource", "access is forbidden", "has been blocked", "have been blocked",
            "not available in your region", "not available in your country", "unavailable in your country",
            "unavailable in your location", "request blocked", "too many requests", "rate limit", "403 forbidden", "error 403",
            "for legal reasons"],
    },
    Wall {
        name: "javascript", class: Class::Challenge, words: FEW_WORDS, common: false,
        titles: &[],
        marks: &["id=\"root\"", "id=root>", "id=\"app\"", "id=app>", "id=\"__next\"", "id=\"__nuxt\"", "<app-root", "ng-app",
            "data-reactroot", "id=\"svelte\"", "id=\"q-app\"", "location.reload(", "document.cookie=", "document.cookie ="],
        phrases: &["enable javascript", "enable js", "javascript is required", "javascript to run this app", "requires javascript",
            "need javascript", "javascript is disabled", "javascript must be enabled", "activate javascript", "turn on javascript",
            "without javascript", "javascript aktivieren", "activer javascript", "habilitar javascript"],
    },
];

/// The wall that this page is.
pub(super) fn wall(seen: &Seen<'_>) -> Option<&'static Wall> {
    let markup = &seen.markup[..seen.markup.floor_char_boundary(MARKS_WITHIN_BYTES)];
    // Looked through only for pages that may be walls.
    let markup = WALLS
        .iter()
        .any(|wall| seen.prose_words < wall.words)
        .then(|| markup.to_ascii_lowercase())?;
    let told = WALLS.iter().filter_map(|wall| Some((wall.signs(seen, &markup)?, wall)));
    // The one of most signs; the first of several.
    told.rev().max_by_key(|(signs, _)| *signs).map(|(_, wall)| wall)
}

impl Wall {
    /// How many signs of this wall a page shows, if they are enough. `markup` is in lower case.
    fn signs(&self, seen: &Seen<'_>, markup: &str) -> Option<usize> {
        if seen.prose_words >= self.words {
            return None;
        }
        let titles = seen.titles.iter().filter(|title| self.is_called(title)).count();
        let marks = self.marks.iter().filter(|mark| markup.contains(*mark)).count();
        let phrases = self.phrases.iter().filter(|phrase| seen.said.contains(*phrase)).count();
        let refused = usize::from(seen.status.is_some_and(|status| !(200..300).contains(&status)));
        let signs = titles.min(2) + marks.min(2) + phrases.min(2) + refused;
        let is_only_said = titles + refused == 0 && (self.common || marks == 0);
        let is_told = match self.name {
            // Nothing to read, and scripts that could bring it.
            "javascript" => seen.scripted && signs > 0 && (phrases > 0 || seen.prose_words < 10),
            // Banners say so over ordinary texts.
            "consent" => signs > 1 && (titles > 0 || marks > 0 || phrases > 2 && seen.prose_words < FEW_WORDS * 2),
            _ if is_only_said => signs > 1 && seen.prose_words < FEW_WORDS,
            // A page of one word: its name says it all.
            _ => signs > 1 || titles > 0 && seen.prose_words < 12,
        };
        is_told.then_some(signs)
    }

    /// Is the whole title, or one of its parts, what this wall calls itself?
    fn is_called(&self, title: &str) -> bool {
        let parts = title.split(['|', '·', '»']).flat_map(|part| part.split(" - "));
        let parts = parts
            .flat_map(|part| part.split(" – "))
            .flat_map(|part| part.split(" — "));
        std::iter::once(title)
            .chain(parts)
            .map(|part| part.trim().trim_end_matches(['.', '…']))
            .any(|part| self.titles.contains(&part))
    }
}
