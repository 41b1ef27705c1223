use super::super::testing::{Listed, check};

const FILES: Listed = Listed(&[
    (".h/f.txt", b""),
    ("a.txt", b"hi"),
    ("bin", b"\xff"),
    ("d/[x].txt", b""),
    ("d/b.txt", b""),
    ("d/e/c.txt", b""),
]);

#[test]
fn files() {
    let calls = [
        ("file", r#"["./a.txt"]"#, r#""hi""#),
        ("file", r#"["bin"]"#, "error"),
        ("file", r#"["none"]"#, "error"),
        ("file", r#"["~/a.txt"]"#, "limit"),
        ("file", r#"["/outside/a"]"#, "limit"),
        ("filebase64", r#"["bin"]"#, r#""/w==""#),
        ("fileexists", r#"["a.txt"]"#, "true"),
        ("fileexists", r#"["none"]"#, "false"),
        ("fileexists", r#"["d"]"#, "error"),
        ("fileexists", r#"["a.txt/x"]"#, "error"),
    ];
    check(&calls, &FILES);
}

#[test]
fn sets_of_files() {
    let calls = [
        ("fileset", r#"[".", "**/*.txt"]"#, r#"[".h/f.txt","a.txt","d/[x].txt","d/b.txt","d/e/c.txt"]"#),
        ("fileset", r#"["d", "**"]"#, r#"["[x].txt","b.txt","e/c.txt"]"#),
        ("fileset", r#"["d", "e/../*.txt"]"#, r#"["[x].txt","b.txt"]"#),
        ("fileset", r#"["d/e", "../*.txt"]"#, r#"["../[x].txt","../b.txt"]"#),
        ("fileset", r#"[".", "d/**.txt"]"#, r#"["d/[x].txt","d/b.txt"]"#),
        ("fileset", r#"[".", "{a,b}.txt"]"#, r#"["a.txt"]"#),
        ("fileset", r#"[".", "[!a-c].txt"]"#, r#"["a.txt"]"#),
        ("fileset", r#"[".", "[^a].txt"]"#, "[]"),
        ("fileset", r#"[".", "d/\\[x\\].txt"]"#, r#"["d/[x].txt"]"#),
        ("fileset", r#"["none", "*"]"#, "[]"),
        ("fileset", r#"[".", ""]"#, "[]"),
        ("fileset", r#"[".", "["]"#, "limit"),
        ("fileset", r#"["d*", "*"]"#, "limit"),
        ("fileset", r#"[".", "**/**/c.txt"]"#, "limit"),
    ];
    check(&calls, &FILES);
}

#[test]
fn paths() {
    let calls = [
        ("abspath", r#"["/a//../b/"]"#, r#""/b""#),
        ("abspath", r#"["a"]"#, "unknown"),
        ("basename", r#"["a/b/"]"#, r#""b""#),
        ("basename", r#"[""]"#, r#"".""#),
        ("basename", r#"["//"]"#, r#""/""#),
        ("dirname", r#"["a/../b//c"]"#, r#""b""#),
        ("dirname", r#"["/a"]"#, r#""/""#),
        ("dirname", r#"["a"]"#, r#"".""#),
        ("pathexpand", r#"["/a/../b"]"#, r#""/a/../b""#),
        ("pathexpand", r#"["~/a"]"#, "unknown"),
        ("pathexpand", r#"["~user/a"]"#, "error"),
    ];
    check(&calls, &FILES);
}
