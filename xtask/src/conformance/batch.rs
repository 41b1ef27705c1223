//! Some cases in one configuration: each is a local value, from which outputs and a resource tell what it is.

use std::collections::BTreeMap;

use serde_json::Value;

use super::answer::{Answer, Answered};
use super::complaints::Complaints;
use super::expressions::Case;
use super::plan::Plan;
use super::terraform::Terraform;
use super::types;

/// A call of one of these gives something else at each run.
const VARYING: &[&str] = &["plantimestamp("];

/// What Terraform says when it must write an infinite number as JSON.
const INFINITE: &str = "cannot serialize infinity as JSON";

/// Cases that Terraform gets in one configuration.
pub(super) struct Batch<'a> {
    terraform: &'a Terraform,
    cases: &'a [Case],
    /// Of the cases that have one.
    errors: BTreeMap<usize, Answer>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(terraform: &'a Terraform, cases: &'a [Case]) -> Self {
        Self { terraform, cases, errors: BTreeMap::new() }
    }

    /// What Terraform says to each case.
    pub(super) fn answers(mut self) -> Result<Vec<Answer>, String> {
        self.write(&self.numbers())?;
        while self.find_errors()? {}
        let mut values = self.values()?;
        for number in values.keys() {
            self.terraform.remove(&file(*number))?;
        }
        let answer = |(number, case): (usize, &Case)| {
            let answer = self
                .errors
                .remove(&number)
                .or_else(|| values.remove(&number))
                .ok_or("a case without an answer")?;
            let varies = VARYING.iter().any(|call| case.expression.contains(call));
            let known = matches!(&answer, Answer::Value(Answered { value: Some(_), .. }));
            Ok(if varies && known { Answer::Other { other: "time or randomness" } } else { answer })
        };
        self.cases.iter().enumerate().map(answer).collect()
    }

    /// Plans; takes the cases with errors out. Gives whether there were any: then there may be more behind them.
    fn find_errors(&mut self) -> Result<bool, String> {
        let Complaints { placed, elsewhere } = self.complaints()?;
        if placed.is_empty() {
            let Some(error) = elsewhere else { return Ok(false) };
            let number = self.search(&self.numbers())?;
            self.take_out(number, Answer::Error { error })?;
            return Ok(true);
        }
        for (number, (byte, error)) in placed {
            let expression = self.cases.get(number).map_or("", |case| &case.expression);
            // Terraform has such a number, but JSON does not.
            let infinite = byte >= local(number, expression).len() && error.detail.contains(INFINITE);
            let answer = if infinite { Answer::Other { other: "infinity" } } else { Answer::Error { error } };
            self.take_out(number, answer)?;
        }
        Ok(true)
    }

    /// Which case makes Terraform complain without telling a place.
    fn search(&self, numbers: &[usize]) -> Result<usize, String> {
        let (left, right) = numbers.split_at(numbers.len() / 2);
        if let ([], [number]) = (left, right) {
            return Ok(*number);
        }
        for number in right {
            self.terraform.remove(&file(*number))?;
        }
        let (there, rest) = match self.complaints()?.elsewhere {
            Some(_) => (self.search(left), right),
            None => {
                self.write(right)?;
                for number in left {
                    self.terraform.remove(&file(*number))?;
                }
                (self.search(right), left)
            }
        };
        self.write(rest)?;
        there
    }

    fn complaints(&self) -> Result<Complaints, String> {
        Complaints::read(&self.terraform.log(&["plan", "-json", "-out=tfplan"])?, number)
    }

    fn take_out(&mut self, number: usize, answer: Answer) -> Result<(), String> {
        self.errors.insert(number, answer);
        self.terraform.remove(&file(number))
    }

    /// The cases that have no error so far.
    fn numbers(&self) -> Vec<usize> {
        (0..self.cases.len()).filter(|number| !self.errors.contains_key(number)).collect()
    }

    /// Makes some cases part of the configuration.
    fn write(&self, numbers: &[usize]) -> Result<(), String> {
        for (number, case) in numbers.iter().filter_map(|number| Some((*number, self.cases.get(*number)?))) {
            self.terraform.write(&file(number), &configuration(number, &case.expression))?;
        }
        Ok(())
    }

    /// The values of the cases that have no error.
    fn values(&self) -> Result<BTreeMap<usize, Answer>, String> {
        let numbers = self.numbers();
        let mut plan = Plan::read(&self.terraform.stdout(&["show", "-json", "tfplan"], "")?)?;
        let types = self.types(&numbers)?;
        let value = |(number, kind)| Ok((number, Answer::Value(plan.take(&name(number), kind)?)));
        numbers.into_iter().zip(types).map(value).collect()
    }

    /// The types of some cases.
    fn types(&self, numbers: &[usize]) -> Result<Vec<Value>, String> {
        let names: Vec<_> = numbers.iter().map(|number| format!("local.{}", name(*number))).collect();
        let call = format!("type([{}])\n", names.join(","));
        let text = self.terraform.stdout(&["console", "-plan"], &call)?;
        match types::read(&text)? {
            Value::Array(parts) => match parts.into_iter().nth(1) {
                Some(Value::Array(types)) if types.len() == numbers.len() => Ok(types),
                _ => Err("terraform console gave another number of types".to_owned()),
            },
            other => Err(format!("terraform console gave {other}")),
        }
    }
}

/// An output has the value and what of it is unknown, the other the value with all digits of its numbers, and a resource
/// what is sensitive.
fn configuration(number: usize, expression: &str) -> String {
    let (name, local) = (name(number), local(number, expression));
    format!(
        "{local}output \"{name}\" {{\n  value     = local.{name}\n  sensitive = true\n}}\n\
         output \"{name}_exact\" {{\n  value     = nonsensitive(jsonencode(local.{name}))\n}}\n\
         resource \"terraform_data\" \"{name}\" {{\n  input = local.{name}\n}}\n"
    )
}

fn local(number: usize, expression: &str) -> String {
    format!("locals {{\n  {} = {expression}\n}}\n", name(number))
}

fn name(number: usize) -> String {
    format!("case_{number:04}")
}

fn file(number: usize) -> String {
    format!("{}.tf", name(number))
}

/// The number of the case that a file is about.
fn number(file: &str) -> Option<usize> {
    file.strip_prefix("case_")?.strip_suffix(".tf")?.parse().ok()
}
