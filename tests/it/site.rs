//! Asks our own URLs, without a socket.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use tower::ServiceExt;

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("ASCII"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }
}

/// A form that is sent, and the whole answer.
pub(crate) async fn post(router: &Router, url: &str, form: &[(&str, &str)]) -> Answer {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let request = Request::builder().method("POST").uri(url);
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    answer(router, request.body(Body::from(form)).expect("a request")).await
}

/// One request and its whole answer.
pub(crate) async fn ask(router: &Router, method: &str, url: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(router, request.body(Body::empty()).expect("a request")).await
}

async fn answer(router: &Router, request: Request<Body>) -> Answer {
    let (parts, body) = router.clone().oneshot(request).await.expect("infallible").into_parts();
    let body = to_bytes(body, 10_000_000).await.expect("a whole body").to_vec();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}
