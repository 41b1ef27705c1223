//! Panics: each is a bug in kmscheck, and is said to be one.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Where to report bugs.
const ISSUES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/issues");

/// A panic that was caught.
#[derive(Debug)]
pub(crate) struct Bug {
    place: Option<String>,
}

/// Keeps panics from writing to standard error by themselves: [`catch`] reports them.
pub(crate) fn install_hook() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string);
        PLACE.with_borrow_mut(|last| *last = place);
    }));
}

/// Runs `work`, and catches its panic.
pub(crate) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, Bug> {
    PLACE.with_borrow_mut(|last| *last = None);
    // The payload is left out: it may quote the plan, and a plan holds secrets.
    panic::catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| Bug { place: PLACE.with_borrow_mut(Option::take) })
}

impl Bug {
    /// What to tell the user: `what` is the part of kmscheck that failed.
    pub(crate) fn message(&self, what: &str) -> String {
        let place = self.place.as_deref().map(|place| format!(" at {place}")).unwrap_or_default();
        format!(
            "{what} failed{place}: this is a bug in kmscheck, not in your Terraform; please report it at {ISSUES}"
        )
    }
}
