//! Randomness: the browser's cryptographic generator for keys and names, a plain one for spreading retries.

/// `N` unpredictable bytes; `None` where the browser has no generator, and then nothing secret can be made.
#[must_use]
pub fn bytes<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes)
}

/// A number from 0 to 1 that nothing secret depends on.
#[must_use]
pub fn chance() -> f64 {
    js_sys::Math::random()
}
