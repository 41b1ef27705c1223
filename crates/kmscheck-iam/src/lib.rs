//! x
#[derive(Debug, Clone)] pub struct Document;
impl Document { pub fn parse(_t: &kmscheck_value::Text) -> Result<Self, String> { Ok(Self) } pub fn is_aws_default(&self) -> kmscheck_value::Truth { kmscheck_value::Truth::No } }
