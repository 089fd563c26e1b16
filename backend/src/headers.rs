//! The headers on every answer: what the page may load and do, and who may show it.

use axum::extract::State;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");

/// What the page never asks for, so that nothing that gets into it can ask either.
const NOT_PERMITTED: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), \
     gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/// A year. Whoever came once by https never comes by anything else.
const ONLY_HTTPS: &str = "max-age=31536000";

/// The headers of a server that people reach at `public_url`, that speaks TLS itself or not, and whose page is `index`.
/// `demo`: it may stand in the fault room.
pub(crate) fn of(public_url: Option<&str>, tls: bool, index: &str, demo: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (OPENER, "same-origin"),
        (PERMISSIONS, NOT_PERMITTED),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if tls || public_url.is_some_and(|url| url.starts_with("https://")) {
        let value = HeaderValue::from_static(ONLY_HTTPS);
        headers.insert(STRICT_TRANSPORT_SECURITY, value);
    }
    let mut policy = policy(public_url, index);
    if demo {
        policy = crate::demo::loosened(&policy);
    }
    match HeaderValue::try_from(policy) {
        Ok(policy) => {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        // The flag is checked when it is read and hashes are ASCII; a page without the policy still works.
        Err(error) => tracing::error!(%error, "the page goes without a content security policy"),
    }
    headers
}

/// Puts the headers on one answer.
pub(crate) async fn add(State(headers): State<Arc<HeaderMap>>, mut response: Response) -> Response {
    let answer = response.headers_mut();
    for (name, value) in &*headers {
        answer.insert(name, value.clone());
    }
    response
}

/// The content security policy: everything from here and nothing else, and no inline script but the page's own start.
/// Of paths from browser to browser it says nothing: `connect-src` is not about them, and the directive that is, `webrtc`
/// (CSP Level 3), allows them where it is not there, while a browser that does not know it would complain of it.
fn policy(public_url: Option<&str>, index: &str) -> String {
    let mut scripts = String::new();
    for script in inline_scripts(index) {
        let hash = BASE64_STANDARD.encode(Sha256::digest(script));
        scripts += &format!(" 'sha256-{hash}'");
    }
    // 'self' covers the socket in browsers of today. Those before 2022 want it named, which takes knowing the name.
    let socket = public_url
        .and_then(|url| url.strip_prefix("http"))
        .map(|rest| format!(" ws{rest}"))
        .unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'; \
         img-src 'self' data: blob:; connect-src 'self'{socket}; worker-src 'self'; manifest-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// The text of every script that stands in the page itself.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=")).then_some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<script src=\"/a.js\" defer></script>\n<script type=\"module\">alert('Hello, world.');</script>";

    #[test]
    fn only_what_stands_in_the_page_is_hashed() {
        // The example of the specification (CSP Level 3, section 8.3).
        let policy = policy(None, PAGE);
        let hash = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='";
        assert!(policy.contains(hash), "{policy}");
        assert_eq!(policy.matches("sha256-").count(), 1);
        assert!(!policy.contains("unsafe-inline"));
    }

    #[test]
    fn the_socket_is_named_where_its_name_is_known() {
        assert!(policy(None, "").contains("connect-src 'self';"));
        let named = policy(Some("https://talk.example.org"), "");
        assert!(named.contains("connect-src 'self' wss://talk.example.org;"));
        let named = policy(Some("http://10.0.0.1:8080"), "");
        assert!(named.contains("connect-src 'self' ws://10.0.0.1:8080;"));
    }

    #[test]
    fn https_for_good_is_asked_for_only_where_there_is_https() {
        for (url, tls, expected) in [
            (None, false, false),
            (None, true, true),
            (Some("http://10.0.0.1:8080"), false, false),
            (Some("https://talk.example.org"), false, true),
        ] {
            let headers = of(url, tls, "", false);
            assert_eq!(headers.contains_key(STRICT_TRANSPORT_SECURITY), expected);
        }
    }
}
