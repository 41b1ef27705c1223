//! Values as a static analysis sees them: known, symbolic or unknown, each with where it came from.
//!
//! This crate knows no Terraform and no AWS. It has four ideas:
//!
//! * [`Value`]: a tree in which *null*, *unset* and *unknown* are three different things;
//! * [`Text`]: a string whose parts are literal or [`Symbol`]s, unknowns with an identity;
//! * [`Truth`] and [`Knowledge`]: answers that may be *undetermined*, with the reason;
//! * [`Origin`]: where a value was written.

mod knowledge;
mod map;
mod origin;
mod symbol;
mod text;
mod value;

pub use knowledge::{Because, Existence, Knowledge, Truth};
pub use map::Map;
pub use origin::{AttributePath, Origin, Place, Step};
pub use symbol::Symbol;
pub use text::{Piece, Text};
pub use value::{Kind, Number, Unknown, Value};
