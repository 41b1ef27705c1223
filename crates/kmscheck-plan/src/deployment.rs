//! The account and Region that each resource goes to.

use kmscheck_model::{Account, Deployment, Region};
use kmscheck_value::Because;

/// What says where resources go.
pub(crate) struct Deployments;

impl Deployments {
    /// The deployment of a resource that is still to be told.
    pub(crate) fn pending() -> Deployment {
        Deployment {
            provider: "aws".into(),
            region: Region::Unknown(Because::new("its provider configuration is not known")),
            account: Account::Credentials("the environment's credentials".into()),
        }
    }
}
