//! The format for people: one paragraph a finding.
//!
//! ```text
//! high[rule]: What is wrong.
//!   --> aws_kms_key.app
//!    |
//!    | what shows it
//!    |
//!    = why:  Why it matters.
//!    = help: What to do.
//!    = docs: kmscheck explain rule
//! ```

use std::fmt::Write as _;

use kmscheck_checks::{Finding, Related};
use kmscheck_model::Location;

use crate::paragraph::{first_sentence, wrap_lines, wrap_onto};
use crate::snippet::Snippet;
use crate::{Entry, Palette, Report, Texts, Undetermined, escape, summary};

/// How to show a report.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The columns that there are.
    pub width: usize,
    /// The colours.
    pub palette: Palette,
    /// Whether to show what is undetermined, one by one.
    pub show_undetermined: bool,
    /// Whether to leave out the summary.
    pub quiet: bool,
}

/// The report, for people.
pub fn render(report: &Report<'_>, options: &Options) -> String {
    parts(report, options).iter().map(Part::render).collect()
}

/// The findings in one part.
const PART: usize = 512;

/// The parts of the report, in order. Each can be rendered by itself: a report may have a hundred thousand paragraphs.
pub fn parts<'r>(report: &'r Report<'r>, options: &'r Options) -> Vec<Part<'r>> {
    let findings = report.entries.chunks(PART).map(Content::Findings);
    let shown = if options.show_undetermined { report.undetermined.as_slice() } else { &[] };
    let undetermined = shown.chunks(PART).map(Content::Undetermined);
    let summary = (!options.quiet).then_some(Content::Summary);
    let all = findings.chain(undetermined).chain(summary);
    all.map(|content| Part { report, options, content }).collect()
}

/// A part of the report.
pub struct Part<'r> {
    report: &'r Report<'r>,
    options: &'r Options,
    content: Content<'r>,
}

enum Content<'r> {
    Findings(&'r [Entry<'r>]),
    Undetermined(&'r [Undetermined<'r>]),
    Summary,
}

impl Part<'_> {
    /// The text of the part.
    pub fn render(&self) -> String {
        let mut page = Page {
            text: String::new(),
            options: self.options,
            frame: Frame::new(self.options.palette, GUTTER),
            texts: self.report.texts,
            several_roots: self.report.counts.roots > 1,
        };
        match self.content {
            Content::Findings(entries) => entries.iter().for_each(|entry| page.entry(entry)),
            Content::Undetermined(all) => all.iter().for_each(|one| page.undetermined(one)),
            Content::Summary => page.summary(self.report),
        }
        page.text
    }
}

/// The columns left of the frame: there is room for line numbers of two digits.
const GUTTER: usize = 2;

/// How many related resources, and how many other instances, are shown: a key may have hundreds of consumers.
const RELATED: usize = 8;

struct Page<'o> {
    text: String,
    options: &'o Options,
    frame: Frame,
    texts: &'o Texts,
    several_roots: bool,
}

/// What the lines below a title begin with.
struct Frame {
    /// The columns left of it.
    gutter: usize,
    arrow: String,
    bar: String,
    before_label: String,
    after_label: String,
}

impl Frame {
    fn new(Palette { frame, strong, .. }: Palette, gutter: usize) -> Self {
        let left = " ".repeat(gutter);
        Self {
            gutter,
            arrow: format!("{left}{frame}-->{frame:#} "),
            bar: format!("{left} {frame}|{frame:#}"),
            before_label: format!("{left} {frame}={frame:#} {strong}"),
            after_label: format!("{strong:#} "),
        }
    }
}

impl Page<'_> {
    fn entry(&mut self, entry: &Entry<'_>) {
        let finding = entry.finding;
        let (what, why) = first_sentence(&finding.message);
        let severity = entry.severity();
        let style = self.options.palette.severity(severity);
        let strong = self.options.palette.strong;
        self.title(&format!("{style}{severity}[{}]{style:#}: {strong}", finding.check.id), what);
        let shown = finding.location().filter(|_| !finding.is_secret);
        let snippet = shown.and_then(|location| Snippet::of(location, self.texts));
        let gutter = snippet.as_ref().map_or(GUTTER, |snippet| snippet.digits().max(GUTTER));
        if gutter != self.frame.gutter {
            self.frame = Frame::new(self.options.palette, gutter);
        }
        self.place(finding.location(), &finding.address, &finding.root);
        self.evidence(finding, snippet);
        self.calls(finding);
        self.labelled("why: ", why);
        self.related(&finding.related);
        self.instances(entry);
        self.labelled("help:", &finding.help);
        self.labelled("docs:", &format!("kmscheck explain {}", finding.check.id));
        self.text.push('\n');
    }

    fn undetermined(&mut self, undetermined: &Undetermined<'_>) {
        let strong = self.options.palette.strong;
        let name = format!("{strong}undetermined[{}]{strong:#}: {strong}", undetermined.check);
        self.title(&name, &undetermined.because.reason);
        self.place(None, undetermined.address, undetermined.root);
        self.labelled("help:", undetermined.because.settle.as_deref().unwrap_or_default());
        self.text.push('\n');
    }

    fn summary(&mut self, report: &Report<'_>) {
        let strong = self.options.palette.strong;
        let line = summary::line(report, self.options.show_undetermined);
        let _ = writeln!(self.text, "{strong}{line}{strong:#}");
    }

    fn title(&mut self, name: &str, text: &str) {
        let strong = self.options.palette.strong;
        wrap_onto(&mut self.text, text, self.options.width, name, "");
        self.text.pop();
        let _ = writeln!(self.text, "{strong:#}");
    }

    fn place(&mut self, location: Option<&Location>, address: &str, root: &str) {
        let faint = self.options.palette.faint;
        let address = escape::line(address);
        self.text.push_str(&self.frame.arrow);
        let _ = match location {
            Some(location) => writeln!(self.text, "{} ({address})", position(location)),
            None if self.several_roots => {
                writeln!(self.text, "{address} {faint}in {}{faint:#}", escape::line(root))
            }
            None => writeln!(self.text, "{address}"),
        };
    }

    /// The line of the source and what else shows the fault.
    fn evidence(&mut self, finding: &Finding, snippet: Option<Snippet>) {
        if finding.evidence.is_empty() && snippet.is_none() {
            return;
        }
        let begin = [&self.frame.bar, " "].concat();
        self.text.extend([&self.frame.bar, "\n"]);
        if let Some(snippet) = snippet {
            let Palette { frame, .. } = self.options.palette;
            let style = self.options.palette.severity(finding.severity);
            let _ = writeln!(
                self.text,
                "{frame}{:>1$} |{frame:#} {2}",
                snippet.line, self.frame.gutter, snippet.text
            );
            let _ = writeln!(
                self.text,
                "{begin}{}{style}{}{style:#}",
                " ".repeat(snippet.before),
                "^".repeat(snippet.marked)
            );
            if !finding.evidence.is_empty() {
                self.text.extend([&self.frame.bar, "\n"]);
            }
        }
        for evidence in &finding.evidence {
            wrap_lines(&mut self.text, evidence, self.options.width, &begin, &begin);
        }
        self.text.extend([&self.frame.bar, "\n"]);
    }

    fn calls(&mut self, finding: &Finding) {
        let calls = finding.source.iter().flat_map(|source| source.calls.iter());
        for call in calls.rev() {
            self.labelled("from:", &format!("the module call at {}", position(call)));
        }
    }

    fn related(&mut self, related: &[Related]) {
        for related in related.iter().take(RELATED) {
            let place = related.location.as_ref().map(|location| format!("{}: ", position(location)));
            let text = format!("{}{}: {}", place.unwrap_or_default(), related.address, related.message);
            self.labelled("see: ", &text);
        }
        if let Some(more @ 1..) = related.len().checked_sub(RELATED) {
            self.labelled("see: ", &format!("{more} more (--format json lists them)"));
        }
    }

    fn instances(&mut self, entry: &Entry<'_>) {
        for instance in entry.instances.iter().skip(1).take(RELATED) {
            let text = match self.several_roots {
                true => format!("{} in {}", instance.address, instance.root),
                false => instance.address.to_string(),
            };
            self.labelled("also:", &text);
        }
        if let Some(more @ 1..) = entry.instances.len().checked_sub(RELATED + 1) {
            self.labelled("also:", &format!("{more} more (--format json lists them)"));
        }
    }

    /// The label is five columns wide.
    fn labelled(&mut self, label: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let first = [&self.frame.before_label, label, &self.frame.after_label].concat();
        wrap_onto(&mut self.text, text, self.options.width, &first, "           ");
    }
}

fn position(location: &Location) -> String {
    let path = escape::line(&location.path);
    format!("{path}:{}:{}", location.start.line, location.start.column)
}

#[cfg(test)]
mod tests {
    use kmscheck_checks::Evaluation;

    use super::*;
    use crate::Counts;
    use crate::testing::{NO_TEXTS, finding, related, source, undetermined, violated};

    fn shown(evaluations: &[Evaluation], roots: usize) -> String {
        shown_with(evaluations, roots, NO_TEXTS)
    }

    fn shown_with(evaluations: &[Evaluation], roots: usize, texts: &Texts) -> String {
        let report = Report::new(evaluations, &[], &[], Counts { roots, keys: 2 }, texts);
        let options = Options { width: 60, palette: Palette::plain(), show_undetermined: true, quiet: false };
        render(&report, &options)
    }

    #[test]
    fn a_finding_shows_what_where_evidence_why_and_what_to_do() {
        let mut finding = finding("root", "aws_kms_key.app");
        finding.evidence =
            vec!["{\n  \"Effect\": \"Allow\"\n}".to_owned(), "the provider says eu-west-1".to_owned()];
        finding.related = vec![related("aws_sqs_queue.jobs")];
        assert_eq!(
            shown(&[violated(finding)], 1),
            "\
high[example-check]: What is wrong.
  --> aws_kms_key.app
   |
   | {
   |   \"Effect\": \"Allow\"
   | }
   | the provider says eu-west-1
   |
   = why:  Why it matters.
   = see:  aws_sqs_queue.jobs: uses the key
   = help: What to do.
   = docs: kmscheck explain example-check

1 finding (1 high) in 2 keys
"
        );
    }

    #[test]
    fn a_place_in_the_source_comes_before_the_address() {
        let mut first = finding("envs/dev", "module.a.aws_kms_key.app");
        first.source = Some(source("keys/main.tf", 3));
        let mut second = finding("envs/prod", "module.a.aws_kms_key.app");
        second.source = Some(source("keys/main.tf", 3));
        let text = shown(&[violated(second), violated(first)], 2);
        assert!(text.contains("  --> keys/main.tf:3:1 (module.a.aws_kms_key.app)\n"), "{text}");
        assert!(text.contains("   = also: module.a.aws_kms_key.app in envs/prod\n"), "{text}");
    }

    #[test]
    fn the_line_of_the_source_is_shown_and_who_calls_the_module() {
        let mut found = finding("root", "module.a.aws_kms_key.app");
        found.source = Some(source("keys/main.tf", 123));
        found.evidence = vec!["it says so".to_owned()];
        let text = ["\n".repeat(122).as_str(), "resource {\n"].concat();
        let texts = Texts::from([("keys/main.tf".into(), text.into())]);
        assert!(shown_with(&[violated(found)], 1, &texts).starts_with(
            "\
high[example-check]: What is wrong.
   --> keys/main.tf:123:1 (module.a.aws_kms_key.app)
    |
123 | resource {
    | ^^^^^^^^
    |
    | it says so
    |
    = from: the module call at root.tf:1:1
"
        ));
    }

    #[test]
    fn the_root_is_named_where_there_are_several() {
        let evaluations = [violated(finding("envs/dev", "aws_kms_key.app"))];
        assert!(shown(&evaluations, 2).contains("  --> aws_kms_key.app in envs/dev\n"));
    }

    #[test]
    fn of_many_related_resources_the_first_are_shown() {
        let mut finding = finding("root", "aws_kms_key.app");
        finding.related =
            (0..RELATED + 3).map(|number| related(&format!("aws_sqs_queue.q{number}"))).collect();
        let text = shown(&[violated(finding)], 1);
        assert_eq!(text.matches("uses the key").count(), RELATED);
        assert!(text.contains("= see:  3 more"), "{text}");
    }

    #[test]
    fn of_many_instances_the_first_are_shown() {
        let at = |number| {
            let mut finding = finding("root", &format!("module.m[{number}].aws_kms_key.app"));
            finding.source = Some(source("keys/main.tf", 3));
            violated(finding)
        };
        let text = shown(&(0..RELATED + 3).map(at).collect::<Vec<_>>(), 1);
        assert_eq!(text.matches("= also: module.m[").count(), RELATED);
        assert!(text.contains("= also: 2 more"), "{text}");
    }

    #[test]
    fn what_is_undetermined_says_what_settles_it() {
        let text = shown(&[undetermined("aws_kms_key.app")], 1);
        assert!(text.contains("   = help: Plan with the source.\n"), "{text}");
        assert!(text.ends_with("No findings in 2 keys; 1 undetermined\n"), "{text}");
    }
}
