//! Source is written by whoever opened the merge request: whatever it is, kmscheck comes to an end, in bounded memory, and
//! says what it could not read.
#![cfg(unix)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::common::{Ran, bounded, temporary};

/// A key with one finding, on lines 1 to 3.
const KEY: &str = "resource \"aws_kms_key\" \"app\" {\n  enable_key_rotation = false\n}\n";

/// A repository with these files.
fn repository(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile_source").join(name);
    drop(fs::remove_dir_all(&root));
    temporary(&format!("hostile_source/{name}/.git/HEAD"), "");
    for (file, text) in files {
        temporary(&format!("hostile_source/{name}/{file}"), text);
    }
    root
}

fn scan(directory: &Path, arguments: &[&str]) -> Ran {
    let directory = directory.to_str().unwrap();
    let arguments = [&[directory, "--format", "concise", "--show-undetermined"], arguments].concat();
    // 4 GB, and a minute: what is asked for here is far beyond both.
    bounded(&arguments, 4 << 20, Duration::from_secs(60))
}

/// The key is found, whatever else is there; the exit code and what is said.
fn survives(name: &str, files: &[(&str, &str)]) -> Ran {
    let files = [&[("key.tf", KEY)], files].concat();
    let ran = scan(&repository(name, &files), &[]);
    assert!(
        ran.stdout.contains("medium[rotation-disabled] key.tf:2:3: aws_kms_key.app"),
        "{name}: {} {}{}",
        ran.code,
        ran.stdout,
        ran.stderr
    );
    assert!(!ran.stderr.contains("bug in kmscheck"), "{name}: {}", ran.stderr);
    ran
}

/// The same, with something that is said about it and is no error.
fn notes(name: &str, files: &[(&str, &str)], said: &str) {
    let ran = survives(name, files);
    assert_eq!(ran.code, 1, "{name}: {}", ran.stderr);
    assert!(ran.stderr.contains(said), "{name}: {}", ran.stderr);
}

/// The same, with an error.
fn fails(name: &str, files: &[(&str, &str)], said: &str) {
    let ran = survives(name, files);
    assert_eq!(ran.code, 2, "{name}: {}", ran.stderr);
    assert!(ran.stderr.contains(said), "{name}: {}", ran.stderr);
}

/// A file with `count` local values, the first `first`, each of which is `next` with `@` for the one before it, and a key
/// that has the last one for its description.
fn chain(count: usize, first: &str, next: &str) -> String {
    let mut text = format!("locals {{\n  l0 = {first}\n");
    for number in 1..count {
        let next = next.replace('@', &format!("local.l{}", number - 1));
        writeln!(text, "  l{number} = {next}").unwrap();
    }
    write!(text, "}}\nresource \"aws_kms_key\" \"last\" {{\n  policy = local.l{}\n}}\n", count - 1).unwrap();
    text
}

#[test]
fn a_syntax_error_costs_its_file() {
    fails(
        "syntax",
        &[("bad.tf", "a = 1\nb = \n")],
        "error: bad.tf: line 2, column 5: this is not Terraform: ",
    );
    fails("utf16", &[("bad.tf", "\u{fffe}r\0e\0s\0")], "error: bad.tf: line 1, column ");
    fails("json", &[("bad.tf.json", "{\"resource\": ")], "error: bad.tf.json: line 1, column ");
}

#[test]
fn what_a_file_says_that_cannot_be_read_is_not_known() {
    let key = "resource \"aws_kms_key\" \"many\" {\n  multi_region = true\n  policy = var.x\n}\n";
    let ran = survives("unknown", &[("many.tf", key), ("bad.tf", "a = \n")]);
    let about = "undetermined[multi-region-key-without-replica] aws_kms_key.many: bad.tf can't be read";
    assert!(ran.stdout.contains(about), "{}", ran.stdout);
    let ran = survives("known", &[("many.tf", key)]);
    assert!(ran.stdout.contains("[multi-region-key-without-replica] many.tf:2:3"), "{}", ran.stdout);
}

#[test]
fn any_encoding_of_text_is_read_or_refused() {
    let with_bom = format!("\u{feff}{KEY}");
    for (name, text) in [("bom", with_bom), ("crlf", KEY.replace('\n', "\r\n"))] {
        let ran = scan(&repository(name, &[("main.tf", &text)]), &[]);
        assert!(
            ran.stdout.contains("[rotation-disabled] main.tf:2:3"),
            "{name}: {}{}",
            ran.stdout,
            ran.stderr
        );
        assert_eq!(ran.code, 1);
    }
    let root = repository("latin-1", &[]);
    fs::write(root.join("main.tf"), [b"# caf\xe9\n", KEY.as_bytes()].concat()).unwrap();
    assert!(scan(&root, &[]).stdout.contains("[rotation-disabled] main.tf:3:3"));
    fs::write(root.join("main.tf"), b"\xff\xfer\0e\0s\0").unwrap();
    let ran = scan(&root, &[]);
    assert!(
        ran.stderr.contains("main.tf: line 1, column 1: this is not Terraform: this is not UTF-8"),
        "{}",
        ran.stderr
    );
}

#[test]
fn nesting_is_no_overflow() {
    let nested = |open: &str, close: &str, count: usize| {
        format!("locals {{\n  a = {}1{}\n}}\n", open.repeat(count), close.repeat(count))
    };
    for (name, open, close) in [
        ("brackets", "[", "]"),
        ("parentheses", "(", ")"),
        ("objects", "{a=", "}"),
        ("interpolations", "\"${", "}\""),
        ("calls", "f(", ")"),
        ("negations", "!", ""),
        ("conditions", "true ? 1 : ", ""),
        ("sums", "1 + ", ""),
        ("for", "[for x in y : ", "]"),
    ] {
        fails(name, &[("deep.tf", &nested(open, close, 100_000))], "deep.tf: line ");
    }
    fails(
        "blocks",
        &[("deep.tf", &format!("{}{}", "a {\n".repeat(100_000), "}\n".repeat(100_000)))],
        "deep.tf: line ",
    );
    let json = format!("{{\"locals\": {{\"a\": {}1{}}}}}", "[".repeat(100_000), "]".repeat(100_000));
    fails("json", &[("deep.tf.json", &json)], "deep.tf.json: line ");
    let splats = format!("resource \"aws_kms_key\" \"b\" {{\n  policy = a{}\n}}\n", "[*]".repeat(100_000));
    notes("splats", &[("deep.tf", &splats)], "deep.tf, line 2: there are too many splats");
    let attributes = format!("resource \"aws_kms_key\" \"b\" {{\n  policy = a{}\n}}\n", ".b".repeat(100_000));
    notes("attributes", &[("deep.tf", &attributes)], "deep.tf, line 2: there is no a.b");
}

#[test]
fn chains_of_references_are_no_overflow() {
    let deep = "refer to each other too deeply";
    notes("chain", &[("main.tf", &chain(10_000, "\"x\"", "\"${@}\""))], deep);
    let cases: [(&str, String); 6] = [
        ("if", format!("\"{}${{@}}{}\"", "%{if true}".repeat(29), "%{endif}".repeat(29))),
        ("loop", format!("\"{}${{@}}{}\"", "%{for x in [1]}".repeat(29), "%{endfor}".repeat(29))),
        ("else", format!("\"{}${{@}}{}\"", "%{if false}%{else}".repeat(20), "%{endif}".repeat(20))),
        ("condition", "\"${true ? (@ == \"\" ? \"a\" : upper(format(\"%s\", @))) : \"b\"}\"".to_owned()),
        ("try", "try(jsondecode(jsonencode({for k, v in {a = @} : k => v})).a, 1)".to_owned()),
        ("template", "templatefile(\"t.tpl\", { x = @ })".to_owned()),
    ];
    let template = format!("{}${{x}}{}", "%{if true}".repeat(29), "%{endif}".repeat(29));
    for (name, next) in cases {
        let text = chain(500, "\"x\"", &next);
        notes(&format!("chain-{name}"), &[("main.tf", &text), ("t.tpl", &template)], deep);
    }
}

#[test]
fn chains_of_blocks_are_no_overflow() {
    let mut documents = String::new();
    let mut buckets = String::new();
    for number in 0..450 {
        let (document, rule) = match number {
            0 => ("\"{}\"".to_owned(), "\"x\"".to_owned()),
            _ => (
                format!("data.aws_iam_policy_document.d{}.json", number - 1),
                format!("aws_s3_bucket_server_side_encryption_configuration.r{}.rule", number - 1),
            ),
        };
        writeln!(
            documents,
            "data \"aws_iam_policy_document\" \"d{number}\" {{\n  source_policy_documents = [{document}]\n}}"
        )
        .unwrap();
        let (open, close) =
            ("dynamic \"a\" {\n for_each = [1]\n content {\n".repeat(14), "}\n}\n".repeat(14));
        writeln!(
            buckets,
            "resource \"aws_s3_bucket_server_side_encryption_configuration\" \"r{number}\" {{\n bucket = \"x\"\n rule {{\n{open} kms_master_key_id = {rule}\n{close}}}\n}}"
        )
        .unwrap();
    }
    documents
        .push_str("resource \"aws_kms_key\" \"b\" {\n  policy = data.aws_iam_policy_document.d449.json\n}\n");
    notes("documents", &[("main.tf", &documents)], "refer to each other too deeply");
    notes("dynamic", &[("main.tf", &buckets)], "too deeply");
    let mut deep = String::from("locals {\n  l0 = \"x\"\n");
    (1..400).for_each(|number| writeln!(deep, "  l{number} = [local.l{}]", number - 1).unwrap());
    deep.push_str("}\n");
    (0..400).for_each(|number| {
        writeln!(deep, "resource \"aws_kms_key\" \"r{number:03}\" {{\n  tags = local.l{number}\n}}").unwrap();
    });
    notes("deep-value", &[("main.tf", &deep)], "a value is nested too deeply");
}

#[test]
fn what_is_too_much_is_not_looked_at() {
    let key = |body: &str| format!("resource \"aws_kms_key\" \"b\" {{\n{body}\n}}\n");
    notes(
        "range",
        &[("main.tf", &key("for_each = toset([for i in range(10000000) : tostring(i)])"))],
        "main.tf, line 2: ",
    );
    notes(
        "count",
        &[("main.tf", &key("count = 1e9"))],
        "main.tf, line 2: more than 10000 instances are not looked at",
    );
    notes(
        "product",
        &[("main.tf", &key("policy = length(setproduct(range(1000), range(1000), range(1000)))"))],
        "very many elements",
    );
    notes(
        "width",
        &[("main.tf", &key("policy = format(\"%1000000000s\", \"x\")"))],
        "a width or precision of more than",
    );
    let modules = "module \"b\" {\n  source = \"./m\"\n  count  = 9000\n}\n";
    let inner = "module \"c\" {\n  source = \"./n\"\n  count  = 9000\n}\n";
    notes(
        "instances",
        &[("main.tf", modules), ("m/main.tf", inner), ("m/n/main.tf", "")],
        "there are more than 20000 instances of modules",
    );
}

#[test]
fn what_doubles_with_each_line_is_bounded() {
    for (name, first, next, said) in [
        ("join", "\"xxxxxxxx\"", "join(\"\", [@, @])", "a string"),
        ("template", "\"xxxxxxxx\"", "\"${@}${@}\"", "a string becomes too long"),
        ("replace", "\"xxxxxxxx\"", "replace(@, \"x\", \"xxxxxxxx\")", "a string"),
        ("format", "\"xxxxxxxx\"", "format(\"%s%s%s%s%s\", @, @, @, @, @)", "a string"),
        ("concat", "[\"x\"]", "concat(@, @)", "very many"),
        ("object", "{ a = 1 }", "{ a = @, b = @, c = @ }", "very many"),
    ] {
        notes(&format!("doubling-{name}"), &[("main.tf", &chain(40, first, next))], said);
    }
}

#[test]
fn a_cycle_is_an_error_that_shows_its_path() {
    let cycle = "locals {\n  a = local.b\n  b = local.c\n  c = local.a\n}\nresource \"aws_kms_key\" \"b\" {\n  policy = local.a\n}\n";
    fails(
        "cycle",
        &[("main.tf", cycle)],
        "main.tf: line 2, column 3: local.a refers to itself: local.a → local.b → local.c → local.a",
    );
    let template =
        "resource \"aws_kms_key\" \"b\" {\n  policy = templatefile(\"t.tpl\", { f = \"t.tpl\" })\n}\n";
    notes(
        "template",
        &[("main.tf", template), ("t.tpl", "${templatefile(f, { f = f })}")],
        "main.tf, line 2: ",
    );
}

#[test]
fn modules_that_call_each_other_end() {
    let call = |name: &str, source: &str| format!("{KEY}module \"{name}\" {{\n  source = \"{source}\"\n}}\n");
    let itself = "line 1, column 1: module.m: this module calls itself";
    fails("itself", &[("main.tf", "module \"m\" {\n  source = \"./.\"\n}\n")], itself);
    let ring = [("a/main.tf", call("b", "../b")), ("b/main.tf", call("a", "../a"))];
    let ring: Vec<_> = ring.iter().map(|(file, text)| (*file, text.as_str())).collect();
    let ran = scan(&repository("ring", &ring), &[]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("b/main.tf: line 4, column 1: module.b.module.a: this module calls itself"),
        "{}",
        ran.stderr
    );
    assert!(ran.stdout.contains("a/main.tf:2:3: aws_kms_key.app"), "{}", ran.stdout);
}

#[test]
fn nothing_outside_of_the_repository_is_read() {
    let secret = "sentinel-91c4";
    let outside = temporary("hostile_source/outside.txt", secret);
    let files = format!(
        "resource \"aws_kms_key\" \"b\" {{\n  policy = file(\"{}\")\n  multi_region = fileexists(\"../../x\")\n}}\nresource \"aws_kms_key\" \"d\" {{\n  policy = file(\"../outside.txt\")\n  is_enabled = join(\",\", fileset(\"..\", \"*\"))\n}}\n",
        outside.display()
    );
    let modules = "module \"m\" {\n  source = \"../syntax\"\n}\nmodule \"n\" {\n  source = \"/etc\"\n}\n";
    let root = repository("inside", &[("key.tf", KEY), ("main.tf", &files), ("modules.tf", modules)]);
    std::os::unix::fs::symlink(&outside, root.join("link.txt")).unwrap();
    temporary(
        "hostile_source/inside/link.tf",
        "resource \"aws_kms_key\" \"c\" {\n  policy = file(\"link.txt\")\n}\n",
    );
    let ran = scan(&root, &["-vv"]);
    for place in [
        "main.tf, line 2: ",
        "main.tf, line 6: \"../outside.txt\" lies outside",
        "link.tf, line 2: \"link.txt\" lies outside",
    ] {
        assert!(ran.stderr.contains(place), "{place}: {}", ran.stderr);
    }
    assert!(ran.stderr.contains("module.m, module.n are not here"), "{}", ran.stderr);
    let inspected = bounded(&["inspect", root.to_str().unwrap()], 4 << 20, Duration::from_secs(60));
    assert!(![ran.stdout, ran.stderr, inspected.stdout].concat().contains(secret));
}

#[test]
fn links_and_files_of_other_kinds_are_said_or_followed() {
    let root = repository(
        "links",
        &[("key.tf", KEY), ("dir.tf/README", ""), ("shared.txt", "resource \"aws_kms_key\" \"shared\" {}\n")],
    );
    let link = |target: &str, name: &str| std::os::unix::fs::symlink(target, root.join(name)).unwrap();
    link("..", "up");
    link("loop.txt", "loop.txt");
    link("shared.txt", "shared.tf");
    let ran = scan(&root, &[]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("aws_kms_key.shared"), "{}", ran.stdout);
    link("nowhere", "dangling.tf");
    link("loop.tf", "loop.tf");
    link("/etc/hostname", "out.tf");
    let ran = scan(&root, &[]);
    assert_eq!(ran.code, 2);
    for said in
        ["dangling.tf: cannot be read", "loop.tf: cannot be read", "out.tf: is a link out of the repository"]
    {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
}

#[test]
fn a_file_that_may_not_be_read_is_an_error() {
    use std::os::unix::fs::PermissionsExt;

    let root = repository("forbidden", &[("key.tf", KEY), ("closed.tf", KEY)]);
    let closed = root.join("closed.tf");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    // To the superuser nothing is closed.
    if fs::read(&closed).is_err() {
        let ran = scan(&root, &[]);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("closed.tf: cannot be read"), "{}", ran.stderr);
    }
}

#[test]
fn a_directory_without_terraform_has_nothing() {
    for (name, files) in [("nothing", [("README.md", "")]), ("directory", [("main.tf/README", "")])] {
        let ran = scan(&repository(name, &files), &[]);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        assert!(ran.stderr.contains("there is no Terraform in this directory"), "{}", ran.stderr);
    }
}

/// A key that rotates if a variable says so, which it does unless it is told otherwise.
const BY_VARIABLE: &str = "variable \"rotates\" {\n  type = bool\n  default = true\n}\nresource \"aws_kms_key\" \"app\" {\n  enable_key_rotation = var.rotates\n}\n";

#[test]
fn values_that_cannot_be_read_leave_their_variables_open() {
    let root = repository("variables", &[("main.tf", BY_VARIABLE)]);
    let finding = |ran: &Ran| ran.stdout.contains("medium[rotation-disabled]");
    let open = |ran: &Ran| ran.stdout.contains("undetermined[rotation-disabled]") && ran.code == 2;
    let ran = scan(&root, &[]);
    assert!(!finding(&ran) && !open(&ran), "{}", ran.stdout);
    assert!(finding(&scan(&root, &["--var", "rotates=false"])));
    let ran = scan(&root, &["--var-file", "no/such.tfvars"]);
    assert!(
        open(&ran) && ran.stderr.contains("no/such.tfvars: cannot be read"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    let ran = scan(&root, &["--var", "rotate=false"]);
    assert!(
        ran.code == 2 && ran.stderr.contains("no root module declares a variable \"rotate\""),
        "{}",
        ran.stderr
    );
    temporary("hostile_source/variables/terraform.tfvars", "rotates = \n");
    let ran = scan(&root, &[]);
    assert!(
        open(&ran) && ran.stderr.contains("terraform.tfvars: line 1, column 11: "),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    let ran = scan(&root, &["--var", "rotates=false"]);
    assert!(finding(&ran) && ran.code == 2, "what is typed holds over any file: {}", ran.stdout);
}

#[test]
fn many_variables_without_values_are_said_in_one_line() {
    let mut text: String = (0..5_000).map(|number| format!("variable \"v{number}\" {{}}\n")).collect();
    let all: Vec<_> = (0..5_000).map(|number| format!("var.v{number}")).collect();
    writeln!(text, "resource \"aws_kms_key\" \"b\" {{\n  policy = join(\"\", [{}])\n}}", all.join(", "))
        .unwrap();
    let ran = survives("many-variables", &[("main.tf", &text)]);
    assert!(ran.stderr.contains("and 4980 more: pass --var or --var-file"), "{}", ran.stderr);
    assert!(ran.stderr.len() < 2_000);
}

#[test]
fn large_files_are_read() {
    let comments = "# nothing to see here, and a lot of it\n".repeat(270_000);
    assert!(comments.len() > 10_000_000);
    survives("large", &[("large.tf", &comments)]);
}

#[test]
fn chains_of_modules_and_providers_are_no_overflow() {
    let (mut modules, mut providers) = (String::new(), String::new());
    for number in 1..500 {
        let next = number + 1;
        writeln!(
            modules,
            "module \"m{number:03}\" {{\n  source = \"./m\"\n  for_each = toset([module.m{next:03}[\"a\"].y])\n  x = module.m{next:03}[\"a\"].y\n}}"
        )
        .unwrap();
        writeln!(
            providers,
            "provider \"aws\" {{\n  alias = \"p{number:03}\"\n  region = data.aws_region.r{next:03}.name\n}}\ndata \"aws_region\" \"r{number:03}\" {{\n  provider = aws.p{number:03}\n}}"
        )
        .unwrap();
    }
    modules.push_str("module \"m500\" {\n  source = \"./m\"\n  for_each = toset([\"a\"])\n  x = \"a\"\n}\n");
    providers.push_str("provider \"aws\" {\n  alias = \"p500\"\n  region = \"eu-west-1\"\n}\ndata \"aws_region\" \"r500\" {\n  provider = aws.p500\n}\n");
    providers.push_str("resource \"aws_kms_key\" \"b\" {\n  provider = aws.p001\n}\n");
    let inner = "variable \"x\" {}\nresource \"aws_kms_key\" \"k\" {\n  for_each    = toset([var.x])\n  policy = each.key\n}\noutput \"y\" {\n  value = one([for key in aws_kms_key.k : key.policy])\n}\n";
    let deep = "refer to each other too deeply";
    notes("chain-of-modules", &[("main.tf", &modules), ("m/main.tf", inner)], deep);
    notes("chain-of-providers", &[("main.tf", &providers)], deep);
}
