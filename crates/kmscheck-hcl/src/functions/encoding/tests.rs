use super::super::testing::{NONE, around, call_with, check, not_null, unknown};
use crate::cty::{Type, Value};

fn call(name: &str, arg: Value) -> String {
    call_with(name, vec![arg], &NONE)
}

#[test]
fn base64_and_character_sets() {
    let calls = [
        ("base64encode", r#"["é"]"#, r#""w6k=""#),
        ("base64decode", r#"["w6\r\nl="]"#, r#""é""#),
        ("base64decode", r#"["w6k"]"#, "error"),
        ("base64decode", r#"["/w=="]"#, "error"),
        ("base64gzip", r#"["a"]"#, "unknown"),
        ("urlencode", r#"["a b&é~*-_."]"#, r#""a+b%26%C3%A9~%2A-_.""#),
        ("textencodebase64", r#"["aé😀", "utf-16le"]"#, r#""YQDpAD3YAN4=""#),
        ("textencodebase64", r#"["aé", "UTF-16"]"#, r#""/v8AYQDp""#),
        ("textencodebase64", r#"["a€", "ISO-8859-1"]"#, "error"),
        ("textencodebase64", r#"["a€", "windows-1252"]"#, r#""YYA=""#),
        ("textencodebase64", r#"["a", "Shift_JIS"]"#, "limit"),
        ("textdecodebase64", r#"["//5hAA==", "UTF-16"]"#, r#""a""#),
        ("textdecodebase64", r#"["YQDpAGE=", "UTF-16LE"]"#, "error"),
        ("textdecodebase64", r#"["gQ==", "windows-1252"]"#, "error"),
    ];
    check(&calls, &NONE);
}

#[test]
fn csv() {
    let calls = [
        ("csvdecode", r#"["a,b\r\n1,\"x\n\"\"y\"\n\n3,\n"]"#, r#"[{"a":"1","b":"x\n\"y"},{"a":"3","b":""}]"#),
        ("csvdecode", r#"["a,b"]"#, "[]"),
        ("csvdecode", r#"["\n\n"]"#, "error"),
        ("csvdecode", r#"["a,b\n1\n"]"#, "error"),
        ("csvdecode", r#"["a,a\n1,2\n"]"#, "error"),
        ("csvdecode", r#"["a\n1\"x\n"]"#, "error"),
        ("csvdecode", r#"["a\n\"x\n"]"#, "error"),
        ("csvdecode", r#"["a\n\"x\" \n"]"#, "error"),
    ];
    check(&calls, &NONE);
}

#[test]
fn json_is_written_as_go_does() {
    let calls = [
        (
            "jsonencode",
            r#"["a<b>&\u2028\u0001\b\f\n\"\\\u007f"]"#,
            "\"\\\"a\\\\u003cb\\\\u003e\\\\u0026\\\\u2028\\\\u0001\\\\b\\\\f\\\\n\\\\\\\"\\\\\\\\\u{7f}\\\"\"",
        ),
        (
            "jsonencode",
            r#"[{"b": 1e3, "a": [null, true, 0.000001]}]"#,
            r#""{\"a\":[null,true,0.000001],\"b\":1000}""#,
        ),
        ("jsonencode", "[null]", r#""null""#),
        ("jsonencode", "[123456789012345678901234567890.5]", r#""123456789012345678901234567890.5""#),
    ];
    check(&calls, &NONE);
}

#[test]
fn json_is_read_as_terraform_does() {
    for (json, expected) in [
        (r#" {"a": [1, 1e3, 1.50, null], "b": {}} "#, r#"{"a":[1,1000,1.5,null],"b":{}}"#),
        (r#""\ud83d\ude00\ud83dx\u00e9\/""#, r#""😀�xé/""#),
        (r#"{"a": 1, "a": 2}"#, r#"{"a":2}"#),
        (r#"{"a": 1, "a": null}"#, "limit"),
        ("[1] ]", "[1]"),
        (r#"{"e\u0301": 1}"#, "error"),
        ("-0", "-0"),
        ("", "error"),
        ("01", "error"),
        ("1.", "error"),
        ("[1,]", "error"),
        ("\"a\tb\"", "error"),
        ("{a: 1}", "error"),
        ("nul", "error"),
    ] {
        assert_eq!(call("jsondecode", Value::from(json)), expected, "{json}");
    }
    assert_eq!(call("jsondecode", Value::from("[".repeat(10_000))), "limit");
}

#[test]
fn symbols_stay_within_the_strings_of_json() {
    let policy = Value::object([("AWS", not_null("arn", Type::String)), ("n", not_null("n", Type::Number))]);
    let encoded = super::super::find("jsonencode").unwrap().call(vec![policy], &NONE).unwrap();
    let text = super::super::text::text(&encoded).unwrap();
    assert_eq!(text.to_string(), r#"{"AWS":"${x.arn}","n":${x.n}}"#);
    // It could be null, or anything: its JSON is another symbol.
    assert_eq!(call("jsonencode", unknown("arn", Type::String)), "\"${jsonencode(x.arn)}\"");
    assert_eq!(call("jsonencode", not_null("arn", Type::Any)), "\"${jsonencode(x.arn)}\"");
    assert_eq!(
        call("jsondecode", around(r#"{"a":"arn:"#, "id", r#":root","b":1}"#)),
        r#"{"a":"arn:${x.id}:root","b":1}"#
    );
    assert_eq!(call("jsondecode", around(r#"{"a":"#, "id", "}")), "unknown");
    assert_eq!(call("jsondecode", around(r#"{""#, "id", r#"":1}"#)), "unknown");
}

#[test]
fn yaml_is_written_as_terraform_does() {
    let encode = |json: &str| {
        let value = super::super::testing::value(json);
        let yaml = super::super::find("yamlencode").unwrap().call(vec![value], &NONE).unwrap();
        yaml.as_str().unwrap().to_owned()
    };
    let nested = r#"{"a": [1, [2, 3], {"x": null, "y": []}], "b": {"c": {"d": "e"}, "f": {}}}"#;
    let written = "\"a\":\n- 1\n- - 2\n  - 3\n- \"x\": null\n  \"y\": []\n\"b\":\n  \"c\":\n    \"d\": \"e\"\n  \"f\": {}\n";
    assert_eq!(encode(nested), written);
    assert_eq!(encode("1000000"), "1000000\n...\n");
    assert_eq!(encode("[]"), "[]\n");
    assert_eq!(encode(r#"{"a": "x\ny"}"#), "\"a\": |-\n  x\n  y\n");
    assert_eq!(encode(r#"{"a": "x\n\n", "b": 1}"#), "\"a\": |+\n  x\n\n\"b\": 1\n");
    assert_eq!(encode(r#"[" x\ny\n"]"#), "- |2\n   x\n  y\n");
    assert_eq!(encode(r#""a \nb""#), "\"a \\nb\"\n");
    assert_eq!(encode(r#""a\tb\u0001\ufeff😀\u2028""#), "\"a\\tb\\x01\\uFEFF\\U0001F600\\L\"\n");
    assert_eq!(encode(r#"{"a\nb": [1]}"#), "? |-\n  a\n  b\n: - 1\n");
    let long =
        "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore";
    let folded = "\"k\": \"lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor\n  incididunt ut labore\"\n";
    assert_eq!(encode(&format!(r#"{{"k": "{long}"}}"#)), folded);
    let key = "k".repeat(129);
    assert_eq!(encode(&format!(r#"{{"{key}": 1}}"#)), format!("? \"{key}\"\n: 1\n"));
}

#[test]
fn yaml_is_read_as_terraform_does() {
    for (yaml, expected) in [
        ("a: 1\nb:\n- x\n- {c: ~}\n", r#"{"a":1,"b":["x",{"c":null}]}"#),
        ("y: yes\nn: 'no'", r#"{"false":"no","true":true}"#),
        ("[0x1F, 0o17, 017, 1_000, +1, .5, 1., 1e3, 12:30]", r#"[31,15,17,"1_000",1,0.5,1,1000,"12:30"]"#),
        ("Version: 2012-10-17", r#"{"Version":"2012-10-17T00:00:00Z"}"#),
        ("Version: '2012-10-17'", r#"{"Version":"2012-10-17"}"#),
        ("a: arn:aws:kms:*:1:key/*", r#"{"a":"arn:aws:kms:*:1:key/*"}"#),
        ("a: &a {b: 1}\nc:\n  b: 2\n  <<: *a\n  d: *a\n", r#"{"a":{"b":1},"c":{"b":1,"d":{"b":1}}}"#),
        ("a: |\n  x\n  y\n", r#"{"a":"x\ny\n"}"#),
        ("a: |\n", r#"{"a":null}"#),
        ("!!str 1", r#""1""#),
        ("---", "null"),
        ("", "error"),
        ("a: 1\n---\nb: 2", "error"),
        ("!Ref a", "error"),
        ("~: 1", "error"),
        ("{a: 1}: 2", "error"),
        ("<<: 1", "error"),
        // What the parser may read otherwise.
        ("a:\t1", "limit"),
        ("--- |\nx\n", "limit"),
        ("? a", "limit"),
        ("[a", "limit"),
    ] {
        assert_eq!(call("yamldecode", Value::from(yaml)), expected, "{yaml}");
    }
}
