//! Expressions, held against what the real Terraform makes of them: the recorded answers in `testdata/conformance`.
//!
//! The rules: what is known is what Terraform has; an error is one of Terraform's; where Terraform has an error there
//! is no value. To know less than Terraform is a shortcoming, and stands in `exceptions.txt` with its reason.

#![expect(clippy::disallowed_methods, reason = "tests read recorded answers")]

mod answers;
mod compare;
mod exceptions;
mod place;
mod robust;
mod signatures;

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::cty::Fault;
use crate::eval::{Evaluator, Outcome, Scope};
use crate::lang::Lowering;
use crate::parse::parse;

use answers::{Answer, Case};
use compare::{Agreement, compare};
use exceptions::Exceptions;
use place::Place;

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/conformance")
}

/// The value of an expression, as that of an argument in a file.
fn evaluate(expression: &str, place: &Place) -> Result<Outcome, String> {
    let text = format!("x = {expression}\n");
    let parsed = parse(text.as_bytes()).map_err(|error| error.message)?;
    let body =
        Lowering { text: &parsed.text, renamed: &parsed.renamed, from: 0, place: None }.body(&parsed.tree);
    let (Some(value), 1, 0) = (body.value("x"), body.arguments.len(), body.blocks.len()) else {
        return Err("this is more than one expression".to_owned());
    };
    Ok(Evaluator::default().eval(value, Scope::of(place)))
}

/// How the value of an expression compares with an answer of Terraform.
fn judge(outcome: &Result<Outcome, String>, answer: &Answer) -> Agreement {
    let silent = matches!(outcome, Ok(Ok(value)) if !value.is_wholly_known());
    match (answer, outcome) {
        (Answer::Either(answers), outcome) => {
            let judged = answers.iter().map(|answer| judge(outcome, answer));
            judged.min().unwrap_or(Agreement::Agrees)
        }
        (Answer::Error, Err(_) | Ok(Err(Fault::Error(_)))) => Agreement::Agrees,
        (Answer::Error, Ok(Ok(_))) if !silent => Agreement::Wrong("a value where Terraform has an error"),
        (Answer::Error, _) => Agreement::KnowsLess("no error"),
        (_, Err(_)) => Agreement::KnowsLess("can't be parsed"),
        (_, Ok(Err(Fault::Limit(_)))) => Agreement::KnowsLess("limit"),
        (Answer::Value { value, .. }, Ok(Err(_))) if !value.is_wholly_known() => {
            Agreement::KnowsMore("an error")
        }
        (_, Ok(Err(Fault::Error(_)))) => Agreement::Wrong("an error where Terraform has a value"),
        (Answer::Elusive, Ok(Ok(_))) if silent => Agreement::Agrees,
        (Answer::Elusive, Ok(Ok(_))) => Agreement::Wrong("a value that Terraform can't have"),
        (Answer::Value { value, of }, Ok(Ok(own))) => compare(own, value, of),
    }
}

/// What there is to say about all expressions.
#[derive(Default)]
struct Summary {
    agree: usize,
    less: usize,
    more: usize,
    wrong: usize,
    complaints: String,
}

impl Summary {
    fn add(&mut self, case: &Case, outcome: &Result<Outcome, String>, exceptions: &mut Exceptions) {
        let agreement = judge(outcome, &case.answer);
        match agreement {
            Agreement::Agrees => self.agree += 1,
            Agreement::KnowsMore(_) => self.more += 1,
            Agreement::LacksType | Agreement::KnowsLess(_) => self.less += 1,
            Agreement::Wrong(_) => self.wrong += 1,
        }
        if agreement != Agreement::Agrees && !exceptions.has(&agreement, &case.expression) {
            let Case { group, expression, recorded, .. } = case;
            let _ = writeln!(
                self.complaints,
                "{agreement:?} [{group}] {expression}\n    ours: {outcome:?}\n    Terraform: {recorded}"
            );
        }
    }
}

#[test]
fn expressions_have_the_values_that_terraform_gives_them() {
    let cases = answers::all();
    let place = Place::of(&cases);
    let mut exceptions = Exceptions::read();
    let mut summary = Summary::default();
    for case in &cases {
        match catch_unwind(AssertUnwindSafe(|| evaluate(&case.expression, &place))) {
            Ok(outcome) => summary.add(case, &outcome, &mut exceptions),
            Err(_) => {
                summary.wrong += 1;
                let _ = writeln!(summary.complaints, "it panics: [{}] {}", case.group, case.expression);
            }
        }
    }
    let Summary { agree, less, more, wrong, complaints } = summary;
    println!("{} expressions: {agree} agree, {less} know less, {more} know more, {wrong} wrong", cases.len());
    let stale = exceptions.unused();
    assert!(complaints.is_empty() && stale.is_empty(), "{complaints}\nno longer exceptions: {stale:#?}");
}
