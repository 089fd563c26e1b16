//! Whether the page that opens a socket is this server's own: other sites' pages may not speak for their visitors.

use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName};

/// Whether a socket may be opened by whoever sent these headers.
///
/// A browser always says which page it acts for (RFC 6455, section 10.2), and that page must have come from here: from
/// the host the request names, or from `public_url`. What is no browser says nothing and acts for nobody else. Where the
/// server speaks `tls` itself, its own page came by https: one that came by http from the same host, anybody on the way
/// may have written.
pub(crate) fn is_own(headers: &HeaderMap, public_url: Option<&str>, tls: bool) -> bool {
    if !headers.contains_key(ORIGIN) {
        return true;
    }
    // `null` is a page without an origin: a sandboxed frame, a file. It is nobody's.
    let Some((scheme, page)) = only(headers, ORIGIN).and_then(|origin| origin.split_once("://"))
    else {
        return false;
    };
    let public = public_url.and_then(|url| url.split_once("://"));
    if public.is_some_and(|(own, host)| own == scheme && same_host(page, host, scheme)) {
        return true;
    }
    if tls && scheme != "https" {
        return false;
    }
    // Behind a proxy with TLS the page came by https and the request does not, so the scheme says nothing.
    only(headers, HOST).is_some_and(|host| same_host(page, host, scheme))
}

/// The value of a header that is there exactly once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Whether both name one host and port, where no port means the scheme's.
fn same_host(one: &str, other: &str, scheme: &str) -> bool {
    let default = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return false,
    };
    let parse = |text: &str| -> Option<(String, u16)> {
        let authority: Authority = text.parse().ok()?;
        let port = authority.port_u16().unwrap_or(default);
        let plain = !authority.as_str().contains('@');
        plain.then(|| (authority.host().to_ascii_lowercase(), port))
    };
    parse(one).is_some_and(|one| parse(other) == Some(one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers_of(origin: Option<&'static str>, host: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(ORIGIN, HeaderValue::from_static(origin));
        }
        headers
    }

    fn is_own_at(origin: Option<&'static str>, host: &'static str, url: Option<&str>) -> bool {
        is_own(&headers_of(origin, host), url, false)
    }

    #[test]
    fn the_host_that_was_asked_is_our_own() {
        for (origin, host) in [
            (None, "talk.example.org"),
            (Some("http://127.0.0.1:8080"), "127.0.0.1:8080"),
            (Some("http://[::1]:8080"), "[::1]:8080"),
            (Some("https://talk.example.org"), "talk.example.org"),
            (Some("https://talk.example.org"), "Talk.Example.org:443"),
            (Some("http://talk.example.org"), "talk.example.org:80"),
        ] {
            assert!(is_own_at(origin, host, None), "{origin:?} at {host}");
        }
    }

    #[test]
    fn every_other_page_is_not() {
        for (origin, host) in [
            ("null", "talk.example.org"),
            ("", "talk.example.org"),
            ("talk.example.org", "talk.example.org"),
            ("https://elsewhere.example", "talk.example.org"),
            ("https://talk.example.org.evil.example", "talk.example.org"),
            ("https://talk.example.org@evil.example", "talk.example.org"),
            ("https://talk.example.org", "talk.example.org:8443"),
            ("http://127.0.0.1:9999", "127.0.0.1:8080"),
            ("http://localhost:8080", "127.0.0.1:8080"),
            ("file://talk.example.org", "talk.example.org"),
        ] {
            assert!(!is_own_at(Some(origin), host, None), "{origin} at {host}");
        }
    }

    #[test]
    fn the_public_address_is_our_own_whatever_the_proxy_asks_for() {
        let url = Some("https://talk.example.org");
        let origin = Some("https://talk.example.org");
        assert!(is_own_at(origin, "10.0.0.7:8080", url));
        assert!(!is_own_at(
            Some("http://talk.example.org"),
            "10.0.0.7:8080",
            url
        ));
        assert!(!is_own_at(
            Some("https://evil.example"),
            "10.0.0.7:8080",
            url
        ));
    }

    #[test]
    fn two_origins_are_none() {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("a.example"));
        headers.append(ORIGIN, HeaderValue::from_static("https://a.example"));
        headers.append(ORIGIN, HeaderValue::from_static("https://evil.example"));
        assert!(!is_own(&headers, None, false));
    }

    #[test]
    fn where_the_server_speaks_tls_its_page_came_by_https() {
        for (origin, expected) in [
            (None, true),
            (Some("https://talk.example.org"), true),
            (Some("http://talk.example.org"), false),
            (Some("https://evil.example"), false),
        ] {
            let headers = headers_of(origin, "talk.example.org");
            assert_eq!(is_own(&headers, None, true), expected, "{origin:?}");
        }
    }
}
