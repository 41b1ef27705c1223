//! `kmscheck checks` and `kmscheck explain`.

use crate::common::{check_ids, kmscheck};

#[test]
fn all_checks_are_listed() {
    let table = kmscheck(&["checks"]).run();
    assert_eq!(table.code, 0);
    for id in check_ids() {
        assert!(table.stdout.contains(&id), "{id}");
    }
}

#[test]
fn every_check_explains_itself_under_all_its_names() {
    let checks = kmscheck(&["checks", "--format", "json"]).json();
    for check in checks.as_array().unwrap() {
        let id = check["id"].as_str().unwrap();
        let explained = kmscheck(&["explain", id]).run();
        assert!(explained.code == 0 && explained.stdout.starts_with(id), "{id}: {}", explained.stdout);
        for heading in ["What it reports", "Why it matters", "Example", "What it leaves alone", "References"]
        {
            assert!(explained.stdout.contains(&format!("\n{heading}\n")), "{id} lacks {heading:?}");
        }
        for alias in check["aliases"].as_array().unwrap() {
            assert!(kmscheck(&["explain", alias.as_str().unwrap()]).run().stdout.contains(id));
        }
    }
}

#[test]
fn explanations_fit_into_80_columns() {
    for id in check_ids() {
        let text = kmscheck(&["explain", &id]).run().stdout;
        let wide = text.lines().filter(|line| line.chars().count() > 80 && !line.contains("://"));
        let code = |line: &&str| !line.starts_with("  | ");
        assert_eq!(wide.filter(code).collect::<Vec<_>>(), [""; 0], "{id}");
    }
}

#[test]
fn a_misquoted_id_is_set_right() {
    let ran = kmscheck(&["explain", "CKV_AWS_219"]).run();
    assert_eq!(ran.code, 0);
    let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("CodePipeline artifact store") && text.contains("it looks at no KMS key"),
        "{text}"
    );
    assert!(text.contains("You may have meant rotation-disabled"), "{text}");
}

#[test]
fn help_names_the_exit_codes() {
    let ran = kmscheck(&["--help"]).run();
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.contains("3  no Terraform found"));
}
