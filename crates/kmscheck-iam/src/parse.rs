//! From the text of a document to the document.
//!
//! Source: IAM user guide, "Grammar of the IAM JSON policy language".

use kmscheck_value::{Because, Knowledge, Origin, Text};

use self::json::{Json, Object};
use self::symbols::Symbols;
use crate::{
    Actions, Clause, Condition, Document, DocumentError, Effect, List, Operator, Principal,
    PrincipalCategory, Statement,
};

pub(crate) mod json;
pub(crate) mod symbols;

/// Who reads the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// AWS.
    Aws,
    /// `aws_iam_policy_document`, which reads its source and override documents: element names in any case, `Statement`
    /// always a list, every principal that is a string means everyone, and numbers in conditions are dropped.
    /// Source: provider, `internal/service/iam/policy_model.go`, and observed with provider 5.100.
    Provider,
    /// The same, without loss: what whoever wrote the document meant.
    Meant,
}

impl Dialect {
    fn is_of_provider(self) -> bool {
        matches!(self, Self::Provider | Self::Meant)
    }
}

const ELEMENTS: [&str; 10] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
    "Statement",
];

pub(crate) fn parse(text: &Text, dialect: Dialect) -> Result<Document, DocumentError> {
    let (json, symbols) = Symbols::encode(text)?;
    let json: Json<'_> = serde_json::from_str(&json)
        .map_err(|error| DocumentError::Json { line: error.line(), column: error.column() })?;
    let Json::Object(document) = json else { return Err(DocumentError::NotAnObject) };
    let reader = Reader { symbols: &symbols, dialect };
    reader.document(&document)
}

struct Reader<'s> {
    symbols: &'s Symbols,
    dialect: Dialect,
}

impl Reader<'_> {
    fn document(&self, document: &Object<'_>) -> Result<Document, DocumentError> {
        let optional = |element| self.text(self.element(document, element), None, element);
        let mut read = Document { version: optional("Version")?, id: optional("Id")?, ..Document::default() };
        match self.element(document, "Statement") {
            Some(Json::Array(statements)) => {
                read.statements.reserve_exact(statements.len());
                for (index, statement) in statements.iter().enumerate() {
                    read.statements.push(self.statement(index, statement)?);
                }
            }
            Some(single @ Json::Object(_)) if self.dialect == Dialect::Aws => {
                read.statements.push(self.statement(0, single)?);
            }
            Some(Json::String(string)) if self.symbols.is_unknown(string) => {
                read.more = Some(self.unknown(string));
            }
            None if self.dialect.is_of_provider() => {}
            _ => return Err(DocumentError::NoStatement),
        }
        Ok(read)
    }

    fn statement(&self, index: usize, json: &Json<'_>) -> Result<Statement, DocumentError> {
        let malformed = |element| DocumentError::Malformed { statement: Some(index), element };
        let Json::Object(statement) = json else { return Err(malformed("Statement")) };
        let at = Some(index);
        let texts = |element: &'static str| {
            self.element(statement, element).map(|json| self.texts(json, at, element))
        };
        let principals = |element: &'static str| {
            self.element(statement, element).map(|json| self.principals(json, at, element))
        };
        let sid = self.text(self.element(statement, "Sid"), at, "Sid")?;
        Ok(Statement {
            index,
            sid: sid.filter(|sid| sid.as_str() != Some("")),
            effect: self.effect(statement, index)?,
            principals: clause(principals("Principal"), principals("NotPrincipal"))?,
            actions: Actions::new(clause(texts("Action"), texts("NotAction"))?),
            resources: clause(texts("Resource"), texts("NotResource"))?,
            conditions: match self.element(statement, "Condition") {
                None => List::default(),
                Some(json) => self.conditions(json, index)?,
            },
            origin: Origin::default(),
        })
    }

    /// The element of this name. AWS documents the names in one spelling; whether it takes others it does not say.
    fn element<'j, 't>(&self, object: &'j Object<'t>, name: &str) -> Option<&'j Json<'t>> {
        let found = match self.dialect {
            Dialect::Aws => object.get(name),
            Dialect::Provider | Dialect::Meant => {
                object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, json)| json)
            }
        };
        found.filter(|json| !matches!(json, Json::Null) && !self.is_left_out(name, json))
    }

    /// Principals of no type, which the provider does not write.
    fn is_left_out(&self, name: &str, json: &Json<'_>) -> bool {
        self.dialect.is_of_provider()
            && name.ends_with("Principal")
            && matches!(json, Json::Object(types) if types.len() == 0)
    }

    /// Not known either for a statement in which an element is spelled otherwise, or stands in both forms.
    fn effect(&self, statement: &Object<'_>, index: usize) -> Result<Knowledge<Effect>, DocumentError> {
        let effect = self.text(self.element(statement, "Effect"), Some(index), "Effect")?;
        let has = |element| self.element(statement, element).is_some();
        let doubled = [("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")];
        if let Some((element, _)) = doubled.into_iter().find(|(one, other)| has(one) && has(other)) {
            return Ok(Knowledge::undetermined(format!("statement {index} has `{element}` in both forms")));
        }
        if let Some(name) = statement.iter().map(|(name, _)| name).find(|name| self.is_misspelled(name)) {
            return Ok(Knowledge::undetermined(format!("statement {index} spells an element `{name}`")));
        }
        Ok(match effect.as_ref().map(|effect| (effect, effect.as_str())) {
            Some((_, Some("Allow"))) => Knowledge::Known(Effect::Allow),
            Some((_, Some("Deny"))) => Knowledge::Known(Effect::Deny),
            None => Knowledge::undetermined(format!("statement {index} has no `Effect`")),
            Some((effect, _)) => {
                Knowledge::undetermined(format!("`Effect` of statement {index} is `{effect}`"))
            }
        })
    }

    fn is_misspelled(&self, name: &str) -> bool {
        self.dialect == Dialect::Aws
            && ELEMENTS.iter().any(|element| element.eq_ignore_ascii_case(name) && *element != name)
    }

    fn principals(
        &self,
        json: &Json<'_>,
        at: Option<usize>,
        element: &'static str,
    ) -> Result<List<Principal>, DocumentError> {
        let principal =
            |category: &PrincipalCategory, text| Principal::new(category.clone(), text, Origin::default());
        match json {
            Json::String(string) if self.symbols.is_unknown(string) => {
                Ok(List::unknown(self.unknown(string)))
            }
            Json::String(_) if self.dialect.is_of_provider() => {
                Ok(List::closed(vec![principal(&PrincipalCategory::Bare, "*".into())]))
            }
            Json::String(string) => {
                Ok(List::closed(vec![principal(&PrincipalCategory::Bare, self.symbols.decode(string))]))
            }
            Json::Object(categories) => {
                let mut all = List::default();
                for (name, json) in categories.iter() {
                    let category = category(self.symbols.decode(name));
                    let texts = self.texts(json, at, element)?;
                    all.items.reserve_exact(texts.items.len());
                    all.items.extend(texts.items.into_iter().map(|text| principal(&category, text)));
                    all.more = all.more.or(texts.more);
                }
                Ok(all)
            }
            _ => Err(DocumentError::Malformed { statement: at, element }),
        }
    }

    fn conditions(&self, json: &Json<'_>, index: usize) -> Result<List<Condition>, DocumentError> {
        let malformed = DocumentError::Malformed { statement: Some(index), element: "Condition" };
        let operators = match json {
            Json::Object(operators) => operators,
            Json::String(string) if self.symbols.is_unknown(string) => {
                return Ok(List::unknown(self.unknown(string)));
            }
            _ => return Err(malformed),
        };
        let mut conditions = List::default();
        for (operator, keys) in operators.iter() {
            let operator = Operator::parse(self.symbols.decode(operator));
            let keys = match keys {
                Json::Object(keys) => keys,
                Json::Null if self.dialect.is_of_provider() => continue,
                _ => return Err(malformed),
            };
            conditions.items.reserve_exact(keys.len());
            for (key, values) in keys.iter() {
                let Some(values) = self.values(values, index)? else { continue };
                conditions.items.push(Condition {
                    operator: operator.clone(),
                    key: self.symbols.decode(key),
                    values,
                    origin: Origin::default(),
                });
            }
        }
        Ok(conditions)
    }

    /// The values for a key; `None` for what the provider loses. Of anything but strings in a list it crashes.
    fn values(&self, json: &Json<'_>, index: usize) -> Result<Option<List<Text>>, DocumentError> {
        match (json, self.dialect) {
            (Json::Number(_), Dialect::Provider) => Ok(None),
            (Json::Null | Json::Object(_), Dialect::Provider | Dialect::Meant) => Ok(None),
            (Json::Array(items), Dialect::Provider | Dialect::Meant)
                if !items.iter().all(Json::is_string) =>
            {
                Err(DocumentError::Malformed { statement: Some(index), element: "Condition" })
            }
            _ => self.texts(json, Some(index), "Condition").map(Some),
        }
    }

    fn text(
        &self,
        json: Option<&Json<'_>>,
        at: Option<usize>,
        element: &'static str,
    ) -> Result<Option<Text>, DocumentError> {
        json.map(|json| self.scalar(json).ok_or(DocumentError::Malformed { statement: at, element }))
            .transpose()
    }

    /// One string, or a list of them.
    fn texts(
        &self,
        json: &Json<'_>,
        at: Option<usize>,
        element: &'static str,
    ) -> Result<List<Text>, DocumentError> {
        let all = match json {
            Json::Array(items) => items,
            single => std::slice::from_ref(single),
        };
        let mut list = List::closed(Vec::with_capacity(all.len()));
        for json in all {
            match json {
                Json::String(string) if self.symbols.is_unknown(string) => {
                    list.more = list.more.or_else(|| Some(self.unknown(string)));
                }
                json => list
                    .items
                    .push(self.scalar(json).ok_or(DocumentError::Malformed { statement: at, element })?),
            }
        }
        Ok(list)
    }

    /// A string; numbers and booleans as AWS takes them, spelled out.
    fn scalar(&self, json: &Json<'_>) -> Option<Text> {
        match json {
            Json::String(string) => Some(self.symbols.decode(string)),
            Json::Bool(value) => Some(value.to_string().as_str().into()),
            Json::Number(number) => Some(number.to_string().as_str().into()),
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        }
    }

    fn unknown(&self, string: &str) -> Because {
        Because::new(format!("`{}` is not known before apply", self.symbols.decode(string)))
    }
}

/// The element in the one form or the other. One that stands in both is refused where the effect is read.
fn clause<T>(
    only: Option<Result<List<T>, DocumentError>>,
    not: Option<Result<List<T>, DocumentError>>,
) -> Result<Clause<T>, DocumentError> {
    Ok(match (only.transpose()?, not.transpose()?) {
        (Some(list), _) => Clause::Only(list),
        (None, Some(list)) => Clause::Not(list),
        (None, None) => Clause::Absent,
    })
}

pub(crate) fn category(name: Text) -> PrincipalCategory {
    match name.as_str() {
        Some("AWS") => PrincipalCategory::Aws,
        Some("Service") => PrincipalCategory::Service,
        Some("Federated") => PrincipalCategory::Federated,
        Some("CanonicalUser") => PrincipalCategory::CanonicalUser,
        _ => PrincipalCategory::Other(name),
    }
}

#[cfg(test)]
mod tests;
