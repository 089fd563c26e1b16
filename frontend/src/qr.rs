//! A link as a QR code: an SVG path, one unit a module.

use qrcodegen::{QrCode, QrCodeEcc};

/// Modules of light border that scanners expect around a code.
pub const QUIET: i32 = 4;

/// A code ready to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// Width and height, border included.
    pub size: i32,
    /// The dark modules, as SVG path data.
    pub path: String,
}

/// Draws `text`; `None` when it is too long for a code.
#[must_use]
pub fn draw(text: &str) -> Option<Drawing> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let width = code.size();
    let mut path = String::new();
    for y in 0..width {
        let mut x = 0;
        while x < width {
            // Beyond its edge a code is light.
            let run = (x..).take_while(|&x| code.get_module(x, y)).count();
            if run > 0 {
                path += &format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += i32::try_from(run).unwrap_or(width).max(1);
        }
    }
    let size = width + 2 * QUIET;
    Some(Drawing { size, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_drawn_with_its_border() {
        let link = format!(
            "https://example.org/c/{}#{}",
            "r".repeat(22),
            "s".repeat(43)
        );
        let drawing = draw(&link).expect("a link fits");
        assert!(drawing.size > 2 * QUIET + 20);
        // The finder pattern in the corner starts with seven dark modules.
        assert!(drawing.path.starts_with("M4 4h7v1h-7z"), "{}", drawing.path);
    }

    #[test]
    fn a_novel_is_not() {
        assert_eq!(draw(&"x".repeat(10_000)), None);
    }
}
