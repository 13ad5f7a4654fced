//! What the file system says, as the store's.

use std::io::{self, ErrorKind};

use super::StoreError;

impl StoreError {
    /// The same outside the data folder, of a file that the person has named.
    pub(in crate::store) fn outside(operation: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| match Self::file(operation)(error) {
            Self::Denied { operation } => Self::DeniedOutside { operation },
            Self::File { kind: ErrorKind::NotFound, .. } => Self::FolderMissing,
            other => other,
        }
    }

    /// An error of the file system while doing `operation`.
    pub(in crate::store) fn file(operation: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| {
            let kind = error.kind();
            if matches!(kind, ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
                Self::Full
            } else if kind == ErrorKind::ReadOnlyFilesystem {
                Self::ReadOnlySystem
            } else if kind == ErrorKind::PermissionDenied {
                Self::Denied { operation }
            } else {
                Self::File { operation, kind }
            }
        }
    }
}
