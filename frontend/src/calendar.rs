//! Times in words: the hour, the day, how long ago.

use shared::Timestamp;

/// A moment as the person's own clock shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    /// Days since 1970-01-01, counted where the person is.
    pub day: i64,
    /// 0–23.
    pub hour: u8,
    /// 0–59.
    pub minute: u8,
}

/// How a moment looks on the person's clock. The browser knows; tests make one up.
pub type Clock = fn(Timestamp) -> Local;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `14:03`.
#[must_use]
pub fn hour(at: Local) -> String {
    format!("{:02}:{:02}", at.hour, at.minute)
}

/// `Today`, `Yesterday`, or `5 March 2026`.
#[must_use]
pub fn day(at: Local, today: Local) -> String {
    match today.day - at.day {
        0 => "Today".into(),
        1 => "Yesterday".into(),
        _ => {
            let (year, month, day) = civil(at.day);
            format!("{day} {} {year}", MONTHS[month])
        }
    }
}

/// `a moment`, `2 min`, `3 h`, `2 days`.
#[must_use]
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    let minutes = now.0.saturating_sub(then.0) / 60_000;
    match minutes {
        0 => "a moment".into(),
        1..60 => format!("{minutes} min"),
        60..1440 => format!("{} h", minutes / 60),
        1440..2880 => "a day".into(),
        _ => format!("{} days", minutes / 1440),
    }
}

/// Year, month from 0 and day of month of a day number. The year is taken to begin in March, so that the leap day
/// is its last and months follow one formula.
fn civil(day: i64) -> (i64, usize, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = usize::try_from((from_march + 2) % 12).unwrap_or_default();
    let year = year_of_era + era * 400 + i64::from(month < 2);
    (year, month, day_of_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(day: i64) -> Local {
        Local {
            day,
            hour: 9,
            minute: 5,
        }
    }

    #[test]
    fn hours_have_two_digits() {
        assert_eq!(hour(on(0)), "09:05");
    }

    #[test]
    fn days_near_have_names_and_days_far_a_date() {
        let today = on(20_580);
        assert_eq!(day(on(20_580), today), "Today");
        assert_eq!(day(on(20_579), today), "Yesterday");
        assert_eq!(day(on(20_517), today), "5 March 2026");
        assert_eq!(day(on(0), today), "1 January 1970");
        assert_eq!(day(on(11_016), today), "29 February 2000");
        assert_eq!(day(on(19_722), today), "31 December 2023");
    }

    #[test]
    fn durations_are_rounded_down() {
        let ago = |minutes: u64| super::ago(Timestamp(7), Timestamp(7 + minutes * 60_000 + 59_999));
        assert_eq!(ago(0), "a moment");
        assert_eq!(ago(2), "2 min");
        assert_eq!(ago(119), "1 h");
        assert_eq!(ago(1440), "a day");
        assert_eq!(ago(3000), "2 days");
        assert_eq!(super::ago(Timestamp(9), Timestamp(7)), "a moment");
    }
}
