use super::super::testing::{NONE, around, call_with, check, not_null, unknown, value};
use crate::cty::{Type, Value};

fn call(name: &str, args: impl IntoIterator<Item = Value>) -> String {
    call_with(name, args.into_iter().collect(), &NONE)
}

fn text(text: &str) -> Value {
    Value::from(text)
}

fn list(items: impl IntoIterator<Item = Value>) -> Value {
    Value::tuple(items)
}

#[test]
fn strings_are_as_terraform_makes_them() {
    let calls = [
        ("chomp", r#"["a\n\n\r\n\r"]"#, r#""a""#),
        ("endswith", r#"["abc", "bc"]"#, "true"),
        ("indent", r#"[2, "a\nb\n"]"#, r#""a\n  b\n  ""#),
        ("indent", r#"[-1, "a"]"#, "error"),
        ("indent", r#"[1.5, "a"]"#, "error"),
        ("indent", r#"[100000000, "a\nb"]"#, "limit"),
        ("join", r#"[",", ["a", 1], [true]]"#, r#""a,1,true""#),
        ("join", r#"["", ["e", "\u0301"]]"#, r#""é""#),
        ("join", r#"[","]"#, "error"),
        ("join", r#"[",", ["a", null]]"#, "error"),
        ("join", r#"[",", "a"]"#, "error"),
        ("lower", r#"["İΑΣÉ"]"#, r#""iασé""#),
        ("upper", r#"["ßŉéﬁᾳǆ"]"#, r#""ßŉÉﬁᾼǄ""#),
        ("title", r#"["foo-bar foo_bar o'neil ǆ"]"#, r#""Foo-Bar Foo_bar O'Neil ǅ""#),
        ("split", r#"[",", ""]"#, r#"[""]"#),
        ("split", r#"["", ""]"#, "[]"),
        ("split", r#"["", "e\u0301👨‍👩"]"#, "[\"é\",\"👨\",\"\u{200d}\",\"👩\"]"),
        ("strcontains", r#"["abc", ""]"#, "true"),
        ("strrev", r#"["ab\r\n🇩🇪"]"#, r#""🇩🇪\r\nba""#),
        ("substr", r#"["hello", 1, 3]"#, r#""ell""#),
        ("substr", r#"["hello", -2, -1]"#, r#""lo""#),
        ("substr", r#"["hello", -2, 0]"#, r#""lo""#),
        ("substr", r#"["hello", 2, 0]"#, r#""""#),
        ("substr", r#"["hello", -10, 2]"#, r#""he""#),
        ("substr", r#"["hello", 10, 2]"#, r#""""#),
        ("trim", r#"["?!hello?!", "!?"]"#, r#""hello""#),
        ("trimspace", r#"["\u0085\u2003a b\u000b"]"#, r#""a b""#),
        ("trimprefix", r#"["hello", "x"]"#, r#""hello""#),
        ("trimsuffix", r#"["hello", "lo"]"#, r#""hel""#),
        ("trim", r#"[null, ""]"#, "error"),
    ];
    check(&calls, &NONE);
}

#[test]
fn formats_are_as_terraform_has_them() {
    let calls = [
        ("format", r#"["%v %v %v", 1000000, 0.1, [1, "<", null]]"#, r#""1e+06 0.1 [1,\"\\u003c\",null]""#),
        (
            "format",
            r#"["%#v|%5s|%-5s|%05s|%-05s", "a", "b", "c", "d", "e"]"#,
            r#""\"a\"|    b|c    |0000d|e0000""#,
        ),
        ("format", r#"["%.2s|%.0s|%.2q", "abc", "abc", "abc"]"#, r#""ab|abc|\"ab\"""#),
        ("format", r#"["%d %+d %05d %-4d| %.3d", "12", 1, -42, 1, 5]"#, r#""12 +1 -0042 1   | 005""#),
        ("format", r#"["%x %X %#x %b %o %#o", 255, 255, -255, 5, 8, 8]"#, r#""ff FF -0xff 101 10 010""#),
        ("format", r#"["%.2f %.2f %.1f %.0f", 1.005, 2.675, 0.25, 2.5]"#, r#""1.00 2.67 0.2 2""#),
        (
            "format",
            r#"["%e %E %g %G", 12345.678, 0, 1234567.8, 1e-7]"#,
            r#""1.234568e+04 0.000000E+00 1.2345678e+06 1E-07""#,
        ),
        ("format", r#"["%t %10t", "1", false]"#, r#""true false""#),
        ("format", r#"["%[2]s %[1]s %d%%", "a", 5]"#, r#""5 a 5%""#),
        ("format", r#"["%[2]s %s", "a", "b"]"#, "error"),
        ("format", r#"["%s"]"#, "error"),
        ("format", r#"["x", 1]"#, "error"),
        ("format", r#"["%d", 1.5]"#, "error"),
        ("format", r#"["%s", [1]]"#, "error"),
        ("format", r#"["%z", 1]"#, "error"),
        ("format", r#"["%5%"]"#, "error"),
        ("format", r#"["%1000000000d", 1]"#, "limit"),
        ("formatlist", r#"["%s-%s", ["a", "b"], "c"]"#, r#"["a-c","b-c"]"#),
        ("formatlist", r#"["%v", [null]]"#, r#"["null"]"#),
        ("formatlist", r#"["%s", [null]]"#, "error"),
        ("formatlist", r#"["%s-%s", ["a", "b"], ["c"]]"#, "error"),
        ("formatlist", r#"["x"]"#, r#"["x"]"#),
    ];
    check(&calls, &NONE);
    // Null without a type: an error or not, by what it is later.
    assert_eq!(call("format", [text("%s"), Value::NULL]), "unknown");
    assert_eq!(call("format", [text("%v"), Value::NULL]), "unknown");
}

#[test]
fn regular_expressions_are_those_of_go() {
    let calls = [
        ("regex", r#"["a(b)(c)?", "xab"]"#, r#"["b",null]"#),
        ("regex", r#"["(?P<a>b)(?<c>z)?", "xab"]"#, r#"{"a":"b","c":null}"#),
        ("regex", r#"["(?P<a>b)(c)", "bc"]"#, "error"),
        ("regex", r#"["\\d+", "٣4"]"#, r#""4""#),
        ("regex", r#"["(?i)\\w", "ſ"]"#, r#""ſ""#),
        ("regex", r#"["[[a&&b]+", "[a&&b"]"#, r#""[a\u0026\u0026b""#),
        ("regex", r#"["a{,5}\\Q.*\\E\\101", "a{,5}.*A"]"#, r#""a{,5}.*A""#),
        ("regex", r#"["\\<a", "<a"]"#, r#""\u003ca""#),
        ("regex", r#"["b$", "b\n"]"#, "error"),
        ("regex", r#"["a**", "a"]"#, "error"),
        ("regex", r#"["(a{10}){101}", "a"]"#, "error"),
        ("regex", r#"["(?x)a", "a"]"#, "error"),
        ("regex", r#"["\\p{Greek}+", "αa"]"#, r#""α""#),
        ("regex", r#"["\\Ba", "ba"]"#, "limit"),
        ("regexall", r#"["a*", "baac"]"#, r#"["","aa",""]"#),
        ("regexall", r#"["(z)", "a"]"#, "[]"),
        ("replace", r#"["a.b.c", ".", "-"]"#, r#""a-b-c""#),
        ("replace", r#"["abc", "", "-"]"#, r#""-a-b-c-""#),
        ("replace", r#"["hello", "/(?P<x>l+)(o)/", "$2${x}-$xy$$$"]"#, r#""heoll-$$""#),
        ("replace", r#"["hello", "l", "$0"]"#, r#""he$0$0o""#),
        ("replace", r#"["a/b", "/", "x"]"#, r#""axb""#),
        ("replace", r#"["a", "/(/", "x"]"#, "error"),
    ];
    check(&calls, &NONE);
}

#[test]
fn symbols_stay_where_strings_are_joined() {
    let id = || unknown("id", Type::String);
    assert_eq!(call("join", [text(":"), list([text("a"), id(), text("b")])]), r#""a:${x.id}:b""#);
    assert_eq!(call("join", [id(), list([text("a"), text("b")])]), r#""a${x.id}b""#);
    assert_eq!(call("join", [text(":"), list([text("a"), Value::NULL, id()])]), "error");
    assert_eq!(call("join", [text(":"), unknown("ids", Type::list(Type::String))]), "unknown");
    assert_eq!(call("format", [text("a:%s:%d"), id(), unknown("n", Type::Number)]), r#""a:${x.id}:${x.n}""#);
    assert_eq!(call("format", [text("%v"), not_null("id", Type::String)]), r#""${x.id}""#);
    assert_eq!(call("format", [text("%q"), id()]), r#""\"${x.id}\"""#);
    let args = [text("%s/%s"), list([text("a"), id()]), text("b")];
    assert_eq!(call("formatlist", args), r#"["a/b","${x.id}/b"]"#);
    assert_eq!(call("replace", [text("a-KEY-b"), text("KEY"), id()]), r#""a-${x.id}-b""#);
    assert_eq!(call("trimprefix", [around("arn:", "id", "/"), text("arn:")]), r#""${x.id}/""#);
    assert_eq!(call("trimsuffix", [around("arn:", "id", "/"), text("x/")]), "unknown");
    assert_eq!(call("trimsuffix", [around("arn:", "id", "/"), text("x")]), r#""arn:${x.id}/""#);
    assert_eq!(call("trimspace", [around(" a ", "id", ". ")]), r#""a ${x.id}.""#);
    assert_eq!(call("chomp", [around("a", "id", "\n")]), "unknown");
    assert_eq!(call("startswith", [around("arn:aws", "id", ""), text("arn:")]), "true");
    assert_eq!(call("startswith", [around("arn:", "id", ""), text("b")]), "false");
    assert_eq!(call("endswith", [around("arn:", "id", "/x"), text("/x")]), "true");
    assert_eq!(call("strcontains", [around("arn:", "id", ""), text("rn")]), "true");
}

#[test]
fn what_a_symbol_could_hold_is_not_known() {
    let arn = || around("arn:", "id", ":root");
    assert_eq!(call("split", [text(":"), arn()]), "unknown");
    assert_eq!(call("replace", [arn(), text(":"), text("/")]), "unknown");
    assert_eq!(call("replace", [text("a"), text("/a/"), unknown("id", Type::String)]), "unknown");
    assert_eq!(call("strcontains", [arn(), text("x")]), "unknown");
    assert_eq!(call("endswith", [around("arn:", "id", ""), text("x")]), "unknown");
    // It may be null, which is written differently; a flag may have been written as `1`.
    assert_eq!(call("format", [text("%v"), unknown("id", Type::String)]), "unknown");
    assert_eq!(call("format", [text("%t"), unknown("id", Type::String)]), "unknown");
    assert_eq!(call("format", [text("%5s"), unknown("id", Type::String)]), "unknown");
    assert_eq!(call("format", [unknown("id", Type::String), text("a")]), "unknown");
    assert_eq!(call("formatlist", [text("%s"), unknown("id", Type::Any)]), "unknown");
    assert_eq!(call("upper", [arn()]), "unknown");
}

#[test]
fn what_is_sensitive_in_arguments_makes_results_sensitive() {
    let secret = list([text("a"), text("b").marked(true)]);
    let joined = super::super::find("join").unwrap().call(vec![text(","), secret], &NONE).unwrap();
    assert!(joined.sensitive);
    assert_eq!(joined.as_str(), value(r#""a,b""#).as_str());
}
