//! What is said, then how it is drawn.

pub mod scene;
pub mod words;
