//! Pictures of a page, one after the other, as one that moves (APNG, PNG third edition, section 4.9).

use std::fs::File;
use std::io::{BufWriter, Cursor};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use png::{BitDepth, BlendOp, ColorType, Compression, Decoder, Encoder, Transformations};
use tokio::time::{MissedTickBehavior, interval};

use crate::Page;

/// Bytes of a pixel.
const PIXEL: usize = 3;

/// What was seen at one moment, and for how long it is shown.
struct Shot {
    rows: Vec<Vec<u8>>,
    shown: Duration,
}

/// A film.
#[derive(Default)]
pub struct Film {
    shots: Vec<Shot>,
}

/// Where two moments differ: the first column and row, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    x: usize,
    y: usize,
    width: usize,
    height: usize,
}

impl Film {
    /// Films a page, so many moments at this distance.
    ///
    /// # Errors
    /// When the browser shows nothing, or something of another size.
    pub async fn shoot(
        &mut self,
        page: &Page,
        moments: usize,
        distance: Duration,
    ) -> anyhow::Result<()> {
        let mut clock = interval(distance);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for _ in 0..moments {
            clock.tick().await;
            self.add(&page.seen().await?, distance)?;
        }
        Ok(())
    }

    fn add(&mut self, picture: &[u8], shown: Duration) -> anyhow::Result<()> {
        let rows = rows(picture)?;
        match self.shots.last_mut() {
            Some(last) if last.rows == rows => last.shown += shown,
            Some(last) => {
                let size = |rows: &[Vec<u8>]| (rows.len(), rows.first().map(Vec::len));
                ensure!(size(&last.rows) == size(&rows), "the page has another size");
                self.shots.push(Shot { rows, shown });
            }
            None => self.shots.push(Shot { rows, shown }),
        }
        Ok(())
    }

    /// Writes it: it runs again and again, and of each moment only what is new is in it.
    ///
    /// # Errors
    /// When there is nothing to write, or it cannot be written.
    pub fn save(&self, file: &Path) -> anyhow::Result<()> {
        let first = self.shots.first().context("nothing was filmed")?;
        let whole = Part {
            x: 0,
            y: 0,
            width: first.rows.first().map_or(0, Vec::len) / PIXEL,
            height: first.rows.len(),
        };
        let to = BufWriter::new(File::create(file)?);
        let mut encoder = Encoder::new(to, number(whole.width)?, number(whole.height)?);
        encoder.set_color(ColorType::Rgb);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_compression(Compression::High);
        encoder.set_animated(number(self.shots.len())?, 0)?;
        encoder.set_blend_op(BlendOp::Source)?;
        let mut writer = encoder.write_header()?;
        let mut before: Option<&Shot> = None;
        for shot in &self.shots {
            let part = before.and_then(|before| changed(&before.rows, &shot.rows));
            let part = part.unwrap_or(whole);
            writer.set_frame_delay(u16::try_from(shot.shown.as_millis())?, 1000)?;
            // The size is held against the place, which is still that of the moment before.
            writer.reset_frame_position()?;
            writer.set_frame_dimension(number(part.width)?, number(part.height)?)?;
            writer.set_frame_position(number(part.x)?, number(part.y)?)?;
            writer.write_image_data(&cut(&shot.rows, part))?;
            before = Some(shot);
        }
        writer.finish()?;
        Ok(())
    }
}

fn number(of: usize) -> anyhow::Result<u32> {
    Ok(u32::try_from(of)?)
}

/// The pixels of a PNG, row by row.
fn rows(picture: &[u8]) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut decoder = Decoder::new(Cursor::new(picture));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let size = reader.output_buffer_size().context("a picture too large")?;
    let mut bytes = vec![0; size];
    let read = reader.next_frame(&mut bytes)?;
    let samples = read.color_type.samples();
    ensure!(samples >= PIXEL, "a picture without colours");
    let rows = bytes.chunks(read.line_size).map(|row| {
        let pixels = row.chunks_exact(samples);
        pixels.flat_map(|pixel| &pixel[..PIXEL]).copied().collect()
    });
    Ok(rows.collect())
}

/// The smallest part with all that differs. `None`: nothing does.
fn changed(before: &[Vec<u8>], after: &[Vec<u8>]) -> Option<Part> {
    let differs = |y: &usize| before[*y] != after[*y];
    let top = (0..after.len()).find(differs)?;
    let bottom = (0..after.len()).rfind(differs)?;
    let columns = (top..=bottom).flat_map(|y| {
        let pairs = before[y].chunks(PIXEL).zip(after[y].chunks(PIXEL));
        let pairs = pairs
            .enumerate()
            .filter(|(_, (before, after))| before != after);
        pairs.map(|(x, _)| x)
    });
    let (mut left, mut right) = (usize::MAX, 0);
    for x in columns {
        (left, right) = (left.min(x), right.max(x));
    }
    Some(Part {
        x: left,
        y: top,
        width: right - left + 1,
        height: bottom - top + 1,
    })
}

fn cut(rows: &[Vec<u8>], part: Part) -> Vec<u8> {
    let (from, upto) = (part.x * PIXEL, (part.x + part.width) * PIXEL);
    let rows = rows[part.y..part.y + part.height].iter();
    rows.flat_map(|row| &row[from..upto]).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(pixels: [[u8; 3]; 6]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 3, 2);
        encoder.set_color(ColorType::Rgb);
        let mut writer = encoder.write_header().expect("a header");
        writer
            .write_image_data(pixels.as_flattened())
            .expect("pixels");
        writer.finish().expect("an end");
        bytes
    }

    #[test]
    fn only_what_is_new_is_written_and_what_stays_is_shown_for_longer() {
        let (dark, light) = ([0; 3], [255; 3]);
        let first = picture([dark; 6]);
        let second = picture([dark, dark, dark, dark, light, light]);
        let mut film = Film::default();
        let moment = Duration::from_millis(100);
        for picture in [&first, &first, &second] {
            film.add(picture, moment).expect("a picture");
        }
        assert_eq!(film.shots.len(), 2);
        assert_eq!(film.shots[0].shown, 2 * moment);
        let part = changed(&film.shots[0].rows, &film.shots[1].rows);
        let expected = Part {
            x: 1,
            y: 1,
            width: 2,
            height: 1,
        };
        assert_eq!(part, Some(expected));
        assert_eq!(cut(&film.shots[1].rows, expected), [255; 6]);
        film.add(&first, moment).expect("a picture");

        let file = std::env::temp_dir().join(format!("film-{}.png", std::process::id()));
        film.save(&file).expect("it is written");
        let bytes = std::fs::read(&file).expect("it is there");
        std::fs::remove_file(&file).expect("it goes");
        let reader = Decoder::new(Cursor::new(bytes)).read_info().expect("a PNG");
        let moves = reader.info().animation_control.expect("it moves");
        assert_eq!((moves.num_frames, moves.num_plays), (3, 0));
    }
}
