use super::super::testing::{Listed, check};

#[test]
fn hashes_and_what_is_not_known() {
    let files = Listed(&[("bin", b"\xff")]);
    let calls = [
        ("md5", r#"["é"]"#, r#""66ddcd97cfdeabb2f6fb8a999b4bc76f""#),
        ("sha1", r#"[""]"#, r#""da39a3ee5e6b4b0d3255bfef95601890afd80709""#),
        ("base64sha256", r#"["a"]"#, r#""ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=""#),
        ("filemd5", r#"["bin"]"#, r#""00594fd4f42ba43fc1ca0427a0576295""#),
        ("filesha1", r#"["./bin"]"#, r#""85e53271e14006f0265921d02d4d736cdc580b0b""#),
        ("filesha256", r#"["none"]"#, "error"),
        ("filebase64sha256", r#"["bin"]"#, r#""qBAK5qoZQNC2Y7sxzUZhQuu9vVGHExuS2TgYmHgy64k=""#),
        ("uuidv5", r#"["dns", "www.terraform.io"]"#, r#""a5008fae-b28c-5ba5-96cd-82b4c53552d6""#),
        ("uuidv5", r#"["x500", "CN=Example,C=GB"]"#, r#""84e09961-4aa4-57f8-95b7-03edb1073253""#),
        (
            "uuidv5",
            r#"["URN:UUID:6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.terraform.io"]"#,
            r#""a5008fae-b28c-5ba5-96cd-82b4c53552d6""#,
        ),
        ("uuidv5", r#"["DNS", ""]"#, "error"),
        ("uuid", "[]", "unknown"),
        ("bcrypt", r#"["a", 4]"#, "unknown"),
        ("rsadecrypt", r#"["a", "b"]"#, "error"),
        ("rsadecrypt", r#"["a", "-----BEGIN RSA PRIVATE KEY-----"]"#, "unknown"),
    ];
    check(&calls, &files);
}
