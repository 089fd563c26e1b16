//! Keys from secrets: HKDF with SHA-256 (RFC 5869), one label for each use.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// 32 bytes from a secret, for the use that `info` names: its parts, one after another. No salt; the secrets are
/// uniform already.
pub(crate) fn derive(secret: &[u8], info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    // 32 bytes are within what HKDF gives (255 times the hash, RFC 5869, section 2.3).
    let expanded = Hkdf::<Sha256>::new(None, secret).expand_multi_info(info, key.as_mut());
    debug_assert!(expanded.is_ok());
    key
}
