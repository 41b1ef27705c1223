//! A plan laid over its source.

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;
use serde_json::{Value, json};

use crate::common::{Case, cases, kmscheck, plan, plan_with_a_finding, temporary};

/// The report on a recorded plan with its source.
fn report(case: &str) -> Value {
    let directory = format!("testdata/plans/{case}");
    let plan = format!("{directory}/plan.json");
    kmscheck(&["--format", "json", "--source", &directory, &plan]).json()
}

/// The report on a plan, made in a directory with these files.
fn laid_over(name: &str, plan: &Value, files: &[(&str, &str)]) -> (Value, String) {
    for (file, text) in files {
        temporary(&format!("source/{name}/{file}"), text);
    }
    let directory = temporary(&format!("source/{name}/.git/HEAD"), "");
    let directory = directory.parent().and_then(Path::parent).unwrap();
    let ran = kmscheck(&["--format", "json", "--source", directory.to_str().unwrap(), "-"])
        .stdin(plan.to_string())
        .run();
    (serde_json::from_str(&ran.stdout).unwrap(), ran.stderr)
}

fn lines(finding: &Value) -> String {
    let at =
        |end: &str| format!("{}:{}", finding["location"][end]["line"], finding["location"][end]["column"]);
    format!("{} {}-{}", finding["location"]["path"].as_str().unwrap(), at("start"), at("end"))
}

#[test]
fn a_finding_stands_on_the_part_that_is_at_fault() {
    let report = report("public-key-policy/bad");
    assert_eq!(lines(&report["findings"][0]), "testdata/plans/public-key-policy/bad/main.tf 17:7-17:32");
    let related = &report["findings"][0]["related"][0];
    assert_eq!(
        (&related["address"], &related["location"]["start"]["line"]),
        (&json!("aws_kms_key_policy.app"), &json!(10))
    );
}

#[test]
fn what_is_left_out_stands_on_the_block() {
    let report = report("rotation-disabled/bad");
    let path = "testdata/plans/rotation-disabled/bad/main.tf";
    assert!(lines(&report["findings"][0]).starts_with(&format!("{path} 5:1-")), "{report}");
}

#[test]
fn people_see_the_line_and_the_module_call() {
    let case = "testdata/plans/missing-prevent-destroy/in-a-module";
    let plan = format!("{case}/plan.json");
    let ran = kmscheck(&[&plan, "--source", case]).run();
    insta::assert_snapshot!("a_module_over_its_source", ran.stdout);
    let concise = kmscheck(&[&plan, "--source", case, "--format", "concise"]).run().stdout;
    assert!(concise.contains(&format!(" {case}/keys/main.tf:1:1: module.keys")), "{concise}");
}

/// What a plan does not tell and its source does.
const ONLY_SOURCE_TELLS: [&str; 2] = ["missing-prevent-destroy", "policy-set-twice"];

/// Two policies that the plan takes for those of different keys are of one key, so which of them stays is not known.
const SHOWN_TO_BE_ONE_KEY: (&str, &str) = ("policy-set-twice", "one-of-several-keys");

#[test]
fn the_source_settles_what_a_plan_leaves_open_and_changes_nothing_else() {
    let changes: Vec<_> = cases()
        .par_iter()
        .filter(|case| (&*case.check, &*case.name) != SHOWN_TO_BE_ONE_KEY)
        .map(changed)
        .collect();
    let settled: usize = changes.iter().flatten().sum();
    let wrong: Vec<_> = changes.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(settled > 50, "the source settles {settled} verdicts");
}

/// What the source changes that it must not, or how much it settles.
fn changed(case: &Case) -> Result<usize, String> {
    let plan = case.plan();
    let directory = case.directory.to_str().unwrap();
    let alone = Verdicts::of(&kmscheck(&["--format", "json", &plan]).json());
    let both = Verdicts::of(&kmscheck(&["--format", "json", &plan, "--source", directory]).json());
    let lost = alone.found.difference(&both.found).map(|line| format!("  - {line}"));
    let was_open = |line: &&String| alone.undetermined.iter().any(|open| line.starts_with(open.as_str()));
    let surplus =
        both.found.difference(&alone.found).filter(|line| !was_open(line)).map(|line| format!("  + {line}"));
    let opened = both.undetermined.difference(&alone.undetermined).map(|line| format!("  ? {line}"));
    let wrong: Vec<_> = lost.chain(surplus).chain(opened).collect();
    if wrong.is_empty() {
        return Ok(alone.undetermined.difference(&both.undetermined).count());
    }
    Err(format!("{}/{}\n{}", case.check, case.name, wrong.join("\n")))
}

/// The verdicts, without severities: that of a block is the gravest of its instances.
struct Verdicts {
    found: BTreeSet<String>,
    undetermined: BTreeSet<String>,
}

impl Verdicts {
    fn of(report: &Value) -> Self {
        let instances = |finding: &Value| -> Vec<String> {
            let check = finding["check"].as_str().unwrap().to_owned();
            let instances = finding["instances"].as_array().unwrap().iter();
            instances.map(|one| format!("{check} {} {}", one["address"], finding["subject"])).collect()
        };
        let undetermined = report["undetermined"].as_array().unwrap().iter();
        let undetermined = undetermined
            .map(|verdict| format!("{} {}", verdict["check"].as_str().unwrap(), verdict["address"]));
        let told = |line: &String| !ONLY_SOURCE_TELLS.iter().any(|check| line.starts_with(check));
        let found = report["findings"].as_array().unwrap().iter().flat_map(instances);
        Self { found: found.filter(told).collect(), undetermined: undetermined.filter(told).collect() }
    }
}

#[test]
fn plans_in_a_directory_have_their_sources_in_the_same_places() {
    temporary("source/many/plans/prod/tfplan.json", plan_with_a_finding().to_string());
    temporary("source/many/live/prod/main.tf", "\n\nresource \"aws_kms_key\" \"app\" {}\n");
    let root = temporary("source/many/.git/HEAD", "");
    let root = root.parent().and_then(Path::parent).unwrap();
    let (plans, live) = (root.join("plans"), root.join("live"));
    let report =
        kmscheck(&["--format", "json", plans.to_str().unwrap(), "--source", live.to_str().unwrap()]).json();
    assert_eq!(lines(&report["findings"][0]), "live/prod/main.tf 3:1-3:29");
}

#[test]
fn a_directory_that_is_not_there_is_an_error() {
    let ran =
        kmscheck(&["--source", "no/such/directory", "-"]).stdin(plan_with_a_finding().to_string()).run();
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("no/such/directory: cannot be read as the source of the plan"),
        "{}",
        ran.stderr
    );
    assert!(ran.stdout.contains("rotation-disabled"), "the plan is analysed all the same: {}", ran.stdout);
}

#[test]
fn the_source_of_something_else_is_noticed() {
    let other = [("main.tf", "resource \"aws_kms_key\" \"other\" {}\n")];
    let (report, stderr) = laid_over("other", &plan_with_a_finding(), &other);
    assert_eq!(report["notices"][0]["kind"], "other-source");
    assert_eq!(report["findings"][0]["location"], Value::Null);
    assert!(stderr.contains("give the directory that the plan was made in"), "{stderr}");
}

#[test]
fn a_file_with_a_syntax_error_is_lost_alone() {
    let files = [("bad.tf", "a = \n"), ("main.tf", "resource \"aws_kms_key\" \"app\" {}\n")];
    let (report, stderr) = laid_over("broken", &plan_with_a_finding(), &files);
    assert_eq!((&report["errors"][0]["path"], &report["errors"][0]["line"]), (&json!("bad.tf"), &json!(1)));
    assert_eq!(report["findings"][0]["location"]["path"], "main.tf");
    assert!(stderr.contains("bad.tf: line 1, column 5: this is not Terraform: "), "{stderr}");
}

#[test]
fn a_module_outside_of_the_repository_is_not_read() {
    temporary("source/outside/main.tf", "resource \"aws_kms_key\" \"app\" {}\n");
    let mut plan = plan_with_a_finding();
    plan["resource_changes"][0]["address"] = json!("module.m.aws_kms_key.app");
    plan["resource_changes"][0]["module_address"] = json!("module.m");
    let inside =
        [("main.tf", "module \"m\" {\n  source = \"../outside\"\n}\nresource \"aws_kms_key\" \"b\" {}\n")];
    let (report, stderr) = laid_over("inside", &plan, &inside);
    assert_eq!(report["findings"][0]["location"], Value::Null);
    assert_eq!(report["notices"][0]["kind"], "module-not-installed");
    assert!(stderr.contains("module.m is not there") && stderr.contains("terraform init"), "{stderr}");
}

#[test]
fn a_link_out_of_the_repository_is_not_followed() {
    let outside = temporary("source/elsewhere/main.tf", "resource \"aws_kms_key\" \"app\" {}\n");
    let inside = temporary("source/linked/other.tf", "resource \"aws_kms_key\" \"b\" {}\n");
    let link = inside.parent().unwrap().join("main.tf");
    drop(std::fs::remove_file(&link));
    std::os::unix::fs::symlink(outside, link).unwrap();
    let (report, _) = laid_over("linked", &plan_with_a_finding(), &[]);
    assert_eq!(report["findings"][0]["location"], Value::Null);
}

#[test]
fn an_override_in_json_says_where_its_arguments_stand() {
    let over = r#"{"resource": {"aws_kms_key": {"app": {"enable_key_rotation": false}}}}"#;
    let files = [("main.tf", "resource \"aws_kms_key\" \"app\" {}\n"), ("main_override.tf.json", over)];
    let (report, _) = laid_over("json", &plan_with_a_finding(), &files);
    let location = &report["findings"][0]["location"];
    assert_eq!(location["path"], "main_override.tf.json");
    assert_eq!(location["start"], json!({"line": 1, "column": 39}));
}

#[test]
fn a_line_with_something_sensitive_is_not_shown() {
    let mut plan = plan(&[("app", json!({"enable_key_rotation": false}))]);
    plan["resource_changes"][0]["change"]["after_sensitive"] = json!({"enable_key_rotation": true});
    let source = "resource \"aws_kms_key\" \"app\" {\n  enable_key_rotation = hunter2\n}\n";
    let file = temporary("source/secret/main.tf", source);
    temporary("source/secret/.git/HEAD", "");
    let directory = file.parent().unwrap().to_str().unwrap();
    let shown = |plan: &Value| kmscheck(&["--source", directory, "-"]).stdin(plan.to_string()).run().stdout;
    let hidden = shown(&plan);
    assert!(hidden.contains("main.tf:2:3") && !hidden.contains("hunter2"), "{hidden}");
    assert!(shown(&plan_with_a_finding()).contains("hunter2"));
}
