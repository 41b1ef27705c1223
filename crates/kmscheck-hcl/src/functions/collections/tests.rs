use kmscheck_value::{Piece, Symbol, Text};

use crate::cty::{Fault, Kind, Type, Unknown, Value, set_of};
use crate::functions::calling::call;

fn is_error(result: &Result<Value, Fault>) -> bool {
    matches!(result, Err(Fault::Error(_)))
}

fn unknown(of: Type) -> Value {
    Unknown::of(Symbol::new("var.x", ""), of).into()
}

/// A string that ends in something known.
fn arn() -> Value {
    Text::concat([Piece::Symbol(Symbol::new("var.arn", "")), Piece::Literal("/*".into())]).into()
}

fn symbolic() -> Value {
    Text::symbol(Symbol::new("var.arn", "")).into()
}

fn tuple<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Value {
    Value::tuple(items.into_iter().map(Into::into))
}

fn list<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Value {
    Value::list(items.into_iter().map(Into::into))
}

fn is_unknown(value: &Result<Value, Fault>) -> bool {
    value.as_ref().is_ok_and(|value| matches!(value.kind, Kind::Unknown(_)))
}

#[test]
fn what_is_in_a_collection() {
    assert_eq!(call("contains", [tuple(["a"]), "a".into()]), Ok(true.into()));
    assert_eq!(call("contains", [tuple(["1"]), 1_i64.into()]), Ok(false.into()));
    assert_eq!(call("contains", [tuple([unknown(Type::Any), "a".into()]), "a".into()]), Ok(true.into()));
    assert!(is_unknown(&call("contains", [tuple([unknown(Type::Any)]), "a".into()])));
    assert_eq!(call("contains", [tuple([unknown(Type::Number)]), "a".into()]), Ok(false.into()));
    assert_eq!(call("index", [tuple(["a", "b"]), "b".into()]), Ok(1_i64.into()));
    assert!(is_error(&call("index", [tuple(["a"]), "z".into()])));
    assert_eq!(call("alltrue", [tuple([unknown(Type::Bool), false.into()])]), Ok(false.into()));
    assert!(is_unknown(&call("anytrue", [tuple([unknown(Type::Bool), false.into()])])));
}

#[test]
fn elements_wrap_around() {
    assert_eq!(call("element", [tuple(["a", "b", "c"]), 4_i64.into()]), Ok("b".into()));
    assert!(is_error(&call("element", [tuple(["a"]), (-1_i64).into()])));
    assert!(is_error(&call("element", [set_of(["a".into()]), 0_i64.into()])));
    assert_eq!(call("element", [tuple([symbolic(), "b".into()]), 0_i64.into()]), Ok(symbolic()));
}

#[test]
fn lengths_that_unknowns_leave_known() {
    assert_eq!(call("length", ["e\u{301}\r\n".into()]), Ok(2_i64.into()));
    assert_eq!(call("length", [tuple([unknown(Type::Any), "a".into()])]), Ok(2_i64.into()));
    assert!(is_unknown(&call("length", [set_of([unknown(Type::Any), "a".into()])])));
    assert_eq!(call("length", [set_of([arn(), "a".into()])]), Ok(2_i64.into()));
    assert!(is_unknown(&call("length", [symbolic()])));
    assert!(is_error(&call("length", [1_i64.into()])));
}

#[test]
fn the_first_that_there_is() {
    assert_eq!(call("coalesce", [Value::NULL, "".into(), "b".into()]), Ok("b".into()));
    assert_eq!(call("coalesce", [1_i64.into(), "b".into()]), Ok("1".into()));
    assert!(is_error(&call("coalesce", [Value::NULL, "".into()])));
    assert!(is_error(&call("coalesce", [1_i64.into(), true.into()])));
    assert_eq!(call("coalesce", [arn(), "b".into()]), Ok(arn()));
    let either = call("coalesce", [symbolic(), "b".into()]).unwrap();
    assert!(matches!(either.kind, Kind::Choice(options) if *options == [symbolic(), "b".into()]));
    assert!(is_unknown(&call("coalesce", [symbolic(), "".into()])));
    assert_eq!(call("coalescelist", [tuple::<&str>([]), tuple(["a"])]), Ok(tuple(["a"])));
}

#[test]
fn lists_of_lists() {
    assert_eq!(call("concat", [list(["a"]), list([1_i64])]), Ok(list(["a", "1"])));
    assert_eq!(call("concat", [tuple(["a"]), tuple([symbolic()])]), Ok(tuple(["a".into(), symbolic()])));
    assert!(is_error(&call("concat", [set_of(["a".into()])])));
    assert!(is_unknown(&call("concat", [tuple(["a"]), unknown(Type::Any)])));
    let nested = tuple([tuple(["a"]), tuple([tuple([symbolic()])]), Value::NULL]);
    assert_eq!(call("flatten", [nested]), Ok(tuple(["a".into(), symbolic(), Value::NULL])));
    assert!(is_unknown(&call("flatten", [tuple([tuple(["a"]), unknown(Type::Any)])])));
    let choice = Value::one_of([tuple(["a"]), tuple::<&str>([])]);
    let flat = call("flatten", [tuple([choice, tuple(["b"])])]).unwrap();
    assert_eq!(flat, Value::one_of([tuple(["a", "b"]), tuple(["b"])]));
}

#[test]
fn what_may_be_empty_is_kept_or_not() {
    assert_eq!(call("compact", [tuple(["a".into(), "".into(), Value::NULL])]), Ok(list(["a"])));
    assert_eq!(call("compact", [tuple([arn(), "".into()])]), Ok(list([arn()])));
    let either = call("compact", [tuple([symbolic(), "a".into()])]).unwrap();
    assert_eq!(either, Value::one_of([list([symbolic(), "a".into()]), list(["a"])]));
    assert!(is_unknown(&call("distinct", [tuple([symbolic(), "a".into()])])));
    assert_eq!(call("distinct", [tuple([arn(), arn()])]), Ok(list([arn()])));
}

#[test]
fn maps_keep_what_is_not_known() {
    let map = || Value::object([("a", symbolic()), ("b", "y".into())]);
    assert_eq!(call("keys", [map()]), Ok(tuple(["a", "b"])));
    assert_eq!(call("values", [map()]), Ok(tuple([symbolic(), "y".into()])));
    assert_eq!(call("lookup", [map(), "a".into()]), Ok(symbolic()));
    assert_eq!(call("lookup", [map(), "c".into(), 1_i64.into()]), Ok(1_i64.into()));
    assert!(is_error(&call("lookup", [map(), "c".into()])));
    assert!(is_unknown(&call("lookup", [map(), symbolic()])));
    let any = call("lookup", [map(), symbolic(), "z".into()]).unwrap();
    assert_eq!(any, Value::one_of([symbolic(), "y".into(), "z".into()]));
    let merged = call("merge", [map(), Value::NULL, Value::object([("b", true.into())])]);
    assert_eq!(merged, Ok(Value::object([("a", symbolic()), ("b", true.into())])));
    assert!(is_unknown(&call("merge", [map(), unknown(Type::Any)])));
    let zipped = call("zipmap", [tuple(["k"]), tuple([symbolic()])]);
    assert_eq!(zipped, Ok(Value::object([("k", symbolic())])));
    assert!(is_unknown(&call("zipmap", [tuple([symbolic()]), tuple(["v"])])));
}

#[test]
fn sets_of_unknowns() {
    let union = call("setunion", [tuple(["b"]), tuple([symbolic()])]);
    assert_eq!(union, Ok(set_of([symbolic(), "b".into()])));
    assert!(is_unknown(&call("setintersection", [tuple(["b"]), tuple([symbolic()])])));
    assert_eq!(call("setsubtract", [tuple(["b"]), tuple([arn()])]), Ok(set_of(["b".into()])));
    let product = call("setproduct", [tuple([symbolic()]), tuple([1_i64])]);
    assert_eq!(product, Ok(list([tuple([symbolic(), 1_i64.into()])])));
    let many = || tuple(0..1_000_i64);
    assert!(matches!(call("setproduct", [many(), many()]), Err(Fault::Limit(_))));
}

#[test]
fn secrets_stay_secret() {
    let secret = || Value::from("a").marked(true);
    assert!(call("contains", [tuple([secret()]), "a".into()]).unwrap().sensitive);
    assert!(!call("length", [tuple([secret()])]).unwrap().sensitive);
    assert!(!call("element", [tuple([secret(), "b".into()]), 1_i64.into()]).unwrap().sensitive);
    assert!(!call("lookup", [Value::object([("a", "x".into())]), "a".into(), secret()]).unwrap().sensitive);
    assert!(call("lookup", [Value::object([("a", "x".into())]), "b".into(), secret()]).unwrap().sensitive);
    assert!(call("zipmap", [tuple([secret()]), tuple(["x"])]).unwrap().sensitive);
}

#[test]
fn ranges_and_sums() {
    assert_eq!(call("range", [3_i64.into()]), Ok(list([0_i64, 1, 2])));
    assert_eq!(call("range", [4_i64.into(), 1_i64.into()]), Ok(list([4_i64, 3, 2])));
    assert!(is_error(&call("range", [1_025_i64.into()])));
    assert!(is_error(&call("range", [1_i64.into(), 4_i64.into(), (-1_i64).into()])));
    assert_eq!(call("sum", [tuple(["1", "2"])]), Ok(3_i64.into()));
    assert!(is_error(&call("sum", [tuple::<i64>([])])));
}
