//! Colours.

use anstyle::{AnsiColor, Style};
use kmscheck_checks::Severity;

/// The styles of a text format. Without colour all of them are empty, and writing with them writes nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Palette {
    /// What matters most in a line.
    pub strong: Style,
    /// What a reader looks past: gutters, hints.
    pub faint: Style,
    /// Arrows, gutters and labels.
    pub frame: Style,
    /// Errors.
    pub error: Style,
    /// Notices.
    pub notice: Style,
    severities: [Style; 5],
}

impl Palette {
    /// No colour.
    pub fn plain() -> Self {
        Self::default()
    }

    /// The colours of the terminal's own theme, so that they are readable on any background.
    pub fn colored() -> Self {
        let bold = |color: AnsiColor| color.on_default().bold();
        Self {
            strong: Style::new().bold(),
            faint: Style::new().dimmed(),
            frame: bold(AnsiColor::Blue),
            error: bold(AnsiColor::Red),
            notice: bold(AnsiColor::Yellow),
            severities: [
                bold(AnsiColor::Green),
                bold(AnsiColor::Cyan),
                bold(AnsiColor::Yellow),
                bold(AnsiColor::Red),
                bold(AnsiColor::Magenta),
            ],
        }
    }

    /// Colours or none.
    pub fn new(colored: bool) -> Self {
        if colored { Self::colored() } else { Self::plain() }
    }

    /// The style of a severity.
    pub fn severity(&self, severity: Severity) -> Style {
        let [info, low, medium, high, critical] = self.severities;
        match severity {
            Severity::Info => info,
            Severity::Low => low,
            Severity::Medium => medium,
            Severity::High => high,
            Severity::Critical => critical,
        }
    }
}
