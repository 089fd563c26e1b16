//! Medians and ratios of a run, as a table beside the budget.

use std::fmt;

/// What a row has to keep to.
#[derive(Clone, Copy)]
pub(crate) enum Budget {
    /// The ratio.
    AtLeast(f64),
    /// The ratio.
    AtMost(f64),
    /// The left value itself.
    NoMoreThan(f64),
}

/// One measure of two subjects, taken round by round.
pub(crate) struct Row {
    name: &'static str,
    pairs: Vec<(f64, f64)>,
    budget: Option<Budget>,
}

impl Row {
    pub(crate) fn new(name: &'static str, pairs: Vec<(f64, f64)>) -> Self {
        Self {
            name,
            pairs,
            budget: None,
        }
    }

    pub(crate) fn within(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Of each round its own ratio, so that a machine that changes between rounds does not count.
    fn ratios(&self) -> Spread {
        Spread::of(self.pairs.iter().map(|(left, right)| left / right))
    }

    fn cells(&self) -> [String; 5] {
        let left = Spread::of(self.pairs.iter().map(|pair| pair.0));
        let right = Spread::of(self.pairs.iter().map(|pair| pair.1));
        let ratios = self.ratios();
        let budget = self
            .budget
            .map(|budget| budget.verdict(ratios.median, left.median));
        [
            self.name.to_owned(),
            grouped(left.median),
            grouped(right.median),
            ratios.to_string(),
            budget.unwrap_or_default(),
        ]
    }
}

impl Budget {
    fn verdict(self, ratio: f64, value: f64) -> String {
        let (kept, bound) = match self {
            Self::AtLeast(bound) => (ratio >= bound, format!("at least {bound:.2}")),
            Self::AtMost(bound) => (ratio <= bound, format!("at most {bound:.2}")),
            Self::NoMoreThan(bound) => (value <= bound, format!("at most {}", grouped(bound))),
        };
        format!("{bound}: {}", if kept { "kept" } else { "missed" })
    }
}

/// The middle of some values, and how far they go.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Spread {
    median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<_> = values.collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        let (below, above) = (values.len().saturating_sub(1) / 2, values.len() / 2);
        Self {
            median: f64::midpoint(at(below), at(above)),
            least: at(0),
            most: at(values.len().saturating_sub(1)),
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            median,
            least,
            most,
        } = self;
        if median.is_nan() {
            return Ok(());
        }
        write!(f, "{median:.2} ({least:.2} to {most:.2})")
    }
}

/// Prints the rows under the names of the two subjects.
pub(crate) fn print(heading: &str, [left, right]: [&str; 2], rows: &[Row]) {
    println!("\n{heading}");
    let budgets = rows.iter().any(|row| row.budget.is_some());
    let budget = if budgets { "budget" } else { "" };
    let head = ["", left, right, &format!("{left} ÷ {right}"), budget].map(str::to_owned);
    let cells = rows.iter().map(Row::cells);
    print!("{}", table(std::iter::once(head).chain(cells)));
}

fn table(rows: impl Iterator<Item = [String; 5]>) -> String {
    rows.map(|[name, left, right, ratio, budget]| {
        let line = format!("{name:<46}{left:>12}{right:>12}   {ratio:<24}{budget}");
        format!("{}\n", line.trim_end())
    })
    .collect()
}

/// A whole number with its thousands apart; nothing where there is none.
pub(crate) fn grouped(number: f64) -> String {
    if number.is_nan() {
        return String::new();
    }
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_between_the_two_in_the_middle() {
        let spread = Spread::of([3.0, 1.0, 2.0].into_iter());
        assert_eq!(spread.to_string(), "2.00 (1.00 to 3.00)");
        let spread = Spread::of([4.0, 1.0, 3.0, 2.0].into_iter());
        assert_eq!(spread.to_string(), "2.50 (1.00 to 4.00)");
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        let row = Row::new("messages", vec![(1.0, 2.0), (30.0, 50.0), (7.0, 10.0)]);
        assert_eq!(row.ratios().to_string(), "0.60 (0.50 to 0.70)");
    }

    #[test]
    fn a_budget_is_kept_up_to_its_bound() {
        assert_eq!(
            Budget::AtLeast(0.6).verdict(0.6, 9.0),
            "at least 0.60: kept"
        );
        assert_eq!(
            Budget::AtLeast(0.6).verdict(0.59, 9.0),
            "at least 0.60: missed"
        );
        assert_eq!(
            Budget::AtMost(2.0).verdict(2.1, 9.0),
            "at most 2.00: missed"
        );
        let bytes = Budget::NoMoreThan(10_240.0);
        assert_eq!(bytes.verdict(f64::NAN, 10_240.0), "at most 10,240: kept");
        assert_eq!(bytes.verdict(1.0, 10_241.0), "at most 10,240: missed");
    }

    #[test]
    fn a_row_tells_both_and_the_ratio() {
        let row = Row::new("messages a second", vec![(1200.0, 2000.0)]);
        let cells = row.within(Budget::AtLeast(0.6)).cells();
        let line = "messages a second                                    1,200       2,000   0.60 (0.60 to 0.60)     at least 0.60: kept\n";
        assert_eq!(table(std::iter::once(cells)), line);
    }

    #[test]
    fn what_was_not_measured_is_left_out() {
        let row = Row::new("seated again", vec![(1200.0, f64::NAN)]);
        let [_, left, right, ratio, _] = row.cells();
        assert_eq!([&*left, &*right, &*ratio], ["1,200", "", ""]);
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(7.4), "7");
        assert_eq!(grouped(999.0), "999");
        assert_eq!(grouped(31_999.6), "32,000");
        assert_eq!(grouped(1_234_567.0), "1,234,567");
    }
}
