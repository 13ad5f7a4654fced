//! An error says in one table which variants it has and under which code a person is told each. What helps stands in
//! the table of the codes, under the same code ([`ProblemCode`](super::problem::ProblemCode)).

/// Makes an enum of errors from its table, so that no variant can be without its code. A row has the variant with its
/// text and what it holds, and then `=> Code`, or `=> of(FIELD)` where the error in that field has a code of its own.
macro_rules! coded_errors {
    (
        $(#[$of_enum:meta])+
        pub enum $name:ident;
        $(
            $(#[$of_variant:meta])+
            $variant:ident
            $(($(#[$of_content:meta])* $content:ty))?
            $({ $($(#[$of_field:meta])+ $field:ident: $kind:ty,)+ })?
            => $code:ident $(($below:tt))?;
        )+
    ) => {
        $(#[$of_enum])+
        pub enum $name {
            $(
                $(#[$of_variant])+
                $variant $(($(#[$of_content])* $content))? $({ $($(#[$of_field])+ $field: $kind,)+ })?,
            )+
        }

        impl $name {
            /// The code under which a person finds the words.
            #[must_use]
            pub const fn code(&self) -> $crate::domain::problem::ProblemCode {
                match self {
                    $(Self::$variant { $($below: below,)? .. } => {
                        $crate::domain::coded_errors::code!($code $($below below)?)
                    })+
                }
            }
        }
    };
}

/// The code of a row: its own, or that of the error below.
macro_rules! code {
    ($code:ident) => {
        $crate::domain::problem::ProblemCode::$code
    };
    (of $field:tt $below:ident) => {
        $below.code()
    };
}

pub(crate) use {code, coded_errors};
