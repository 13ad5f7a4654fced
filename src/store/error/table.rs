//! The form of the table of errors.

/// Makes the errors from their one table: a row has the variant with its text, the code under which a person is told,
/// and what helps where that is not plain from the error itself: the command line says it.
macro_rules! store_errors {
    ($(
        $(#[$of_variant:meta])+
        $variant:ident
        $(($(#[$of_content:meta])+ $content:ty))?
        $({ $($(#[$of_field:meta])+ $field:ident: $kind:ty,)+ })?
        => $code:ident $(, $remedy:expr)?;
    )+) => {
        $crate::domain::coded_errors::coded_errors! {
            /// An error of the store. What the operations call the database's are those that any use of its files can
            /// give, whatever was asked: [`Self::Busy`], [`Self::Full`], [`Self::ReadOnly`], [`Self::Write`],
            /// [`Self::Replaced`], [`Self::Damaged`], [`Self::DataDamaged`] and [`Self::Database`].
            #[derive(Debug, thiserror::Error)]
            pub enum StoreError;
            $($(#[$of_variant])+
                $variant $(($(#[$of_content])+ $content))? $({ $($(#[$of_field])+ $field: $kind,)+ })? => $code;
            )+
        }

        impl StoreError {
            /// What helps, where it is not plain from the error itself.
            #[must_use]
            pub const fn remedy(&self) -> Option<&'static str> {
                match self { $(Self::$variant { .. } => $crate::store::error::table::remedy!($($remedy)?),)+ }
            }
        }
    };
}

/// The remedy of a row that may have none.
macro_rules! remedy {
    () => {
        None
    };
    ($remedy:expr) => {
        Some($remedy)
    };
}

pub(super) use remedy;
pub(super) use store_errors;
