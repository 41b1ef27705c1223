//! The files in `testdata/conformance/expressions`.

/// One expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Case {
    /// The section that it stands in: a function, or a part of the language.
    pub(super) group: String,
    pub(super) expression: String,
}

/// The cases of one file.
pub(super) struct Area {
    pub(super) name: String,
    pub(super) cases: Vec<Case>,
}

/// What stands under one heading.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) name: String,
    /// Of a function: arguments that it takes.
    pub(super) arguments: Option<Vec<String>>,
    pub(super) expressions: Vec<String>,
}

/// Before the arguments of a function.
const ARGUMENTS: &str = "args:";

/// Around an expression of several lines.
const FENCE: &str = "```";

/// Reads sections: `# name`, then one expression a line.
///
/// # Errors
/// What is wrong with which line.
pub(super) fn read(text: &str) -> Result<Vec<Section>, String> {
    let mut sections: Vec<Section> = Vec::new();
    let mut fenced: Option<Vec<&str>> = None;
    for (number, line) in text.lines().enumerate() {
        if let Some(lines) = &mut fenced {
            if line != FENCE {
                lines.push(line);
                continue;
            }
        } else if let Some(name) = line.strip_prefix("# ") {
            sections.push(Section { name: name.to_owned(), ..Section::default() });
            continue;
        } else if line.is_empty() || line.starts_with("//") {
            continue;
        }
        let Some(section) = sections.last_mut() else {
            return Err(format!("line {}: there must be a heading before it", number + 1));
        };
        if line == FENCE {
            match fenced.take() {
                Some(lines) => section.expressions.push(lines.join("\n")),
                None => fenced = Some(Vec::new()),
            }
        } else if let Some(arguments) = line.strip_prefix(ARGUMENTS) {
            section.arguments = Some(split(arguments));
        } else {
            section.expressions.push(line.to_owned());
        }
    }
    if fenced.is_some() {
        return Err("the last fence is not closed".to_owned());
    }
    Ok(sections)
}

/// Arguments stand between bars.
fn split(arguments: &str) -> Vec<String> {
    let arguments = arguments.trim();
    if arguments.is_empty() {
        return Vec::new();
    }
    arguments.split(" | ").map(|argument| argument.trim().to_owned()).collect()
}
