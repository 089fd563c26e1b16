//! A link as a QR code: an SVG path, one unit a module.

use qrcode::{Color, EcLevel, QrCode};

/// Modules of light border that scanners expect around a code.
pub const QUIET: usize = 4;

/// A code ready to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// Width and height, border included.
    pub size: usize,
    /// The dark modules, as SVG path data.
    pub path: String,
}

/// Draws `text`; `None` when it is too long for a code.
#[must_use]
pub fn draw(text: &str) -> Option<Drawing> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row[x..].iter().take_while(|&&c| c == Color::Dark).count();
            if run > 0 {
                path += &format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
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
