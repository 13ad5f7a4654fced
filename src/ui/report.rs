//! An export in each of the forms that need nothing but words: pure, and the same for the same report.

mod object;
mod page;
mod pdf;
mod table;

pub use self::object::report_object;
pub use self::page::{report_lines, report_page};
pub use self::pdf::{ReportPdfError, draws_letter, letters_wanted, report_pdf, report_pdf_anyway};
pub use self::table::{REPORT_COLUMNS, report_table};
