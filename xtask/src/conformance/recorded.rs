//! The files in `testdata/conformance/answers`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::at;
use super::expressions::Case;

/// The answers to each case of an area, as JSON. There is more than one where Terraform does not always say the same.
#[derive(Default)]
pub(super) struct Recorded {
    answers: BTreeMap<(String, String), BTreeSet<String>>,
}

/// A line of a file.
#[derive(Deserialize, Serialize)]
struct Line {
    group: String,
    expression: String,
    answer: Box<RawValue>,
}

/// The answer where there are several.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Either {
    either: Vec<Box<RawValue>>,
}

impl Recorded {
    /// Reads a file.
    pub(super) fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file).map_err(|error| at(file, &error))?;
        let mut answers = BTreeMap::new();
        for line in text.lines() {
            let Line { group, expression, answer } =
                serde_json::from_str(line).map_err(|error| at(file, &error))?;
            let several = serde_json::from_str(answer.get()).ok();
            let several = several.map_or_else(|| vec![answer], |Either { either }| either);
            let several = several.into_iter().map(|answer| answer.get().to_owned()).collect();
            answers.insert((group, expression), several);
        }
        Ok(Self { answers })
    }

    /// Whether the answers to a case are among those of another recording.
    pub(super) fn agrees(&self, case: &Case, other: &Self) -> bool {
        self.of(case).zip(other.of(case)).is_some_and(|(these, those)| these.is_subset(those))
    }

    /// The answers to a case, for a person.
    pub(super) fn told(&self, case: &Case) -> String {
        self.of(case)
            .map_or_else(|| "nothing".to_owned(), |answers| Vec::from_iter(answers.clone()).join(" or "))
    }

    /// Takes one more answer.
    pub(super) fn add(&mut self, case: &Case, answer: String) {
        self.answers.entry((case.group.clone(), case.expression.clone())).or_default().insert(answer);
    }

    /// Where Terraform was seen to say different things, keeps what it said if it still says one of them.
    pub(super) fn keep_several(&mut self, before: &Self) {
        for (case, answers) in &mut self.answers {
            if let Some(before) = before.answers.get(case).filter(|before| answers.is_subset(before)) {
                answers.extend(before.iter().cloned());
            }
        }
    }

    /// How many cases have several answers.
    pub(super) fn several(&self) -> usize {
        self.answers.values().filter(|answers| answers.len() > 1).count()
    }

    /// A line for each case, in their order.
    pub(super) fn text(&self, cases: &[Case]) -> Result<String, String> {
        let mut text = String::new();
        for case in cases {
            text += &self.line(case).map_err(|error| format!("{}: {error}", case.expression))?;
            text.push('\n');
        }
        Ok(text)
    }

    fn line(&self, case: &Case) -> Result<String, String> {
        let answers = self.of(case).ok_or("no answer")?;
        let raw = |answer: &String| RawValue::from_string(answer.clone());
        let mut either =
            answers.iter().map(raw).collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
        let answer = match either.len() {
            1 => either.pop().ok_or("no answer")?,
            _ => serde_json::value::to_raw_value(&Either { either }).map_err(|error| error.to_string())?,
        };
        let line = Line { group: case.group.clone(), expression: case.expression.clone(), answer };
        serde_json::to_string(&line).map_err(|error| error.to_string())
    }

    fn of(&self, case: &Case) -> Option<&BTreeSet<String>> {
        self.answers.get(&(case.group.clone(), case.expression.clone()))
    }
}

/// Where the answers of an area are.
pub(super) fn file(data: &Path, area: &str) -> PathBuf {
    data.join("answers").join(format!("{area}.jsonl"))
}
