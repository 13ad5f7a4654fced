//! The sources of the crate, parsed: what a file names of the others, and which types it shows to all.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// Files that are compiled for tests alone, by the name of their module.
const TEST_FILES: [&str; 3] = ["tests", "test_surroundings", "on_terminal"];

/// A file of the sources.
pub(super) struct Source {
    /// Its path inside `src`.
    pub(super) file: PathBuf,
    /// Its module: `app::wizard::upload` is `["app", "wizard", "upload"]`; empty for `lib.rs`.
    pub(super) module: Vec<String>,
    pub(super) text: String,
    code: syn::File,
}

impl Source {
    /// A file with this text; `None` if it is not Rust.
    pub(super) fn parse(file: &Path, text: String) -> Option<Self> {
        let code = syn::parse_file(&text).ok()?;
        let mut module: Vec<String> =
            file.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        if module == ["lib"] {
            module.clear();
        }
        Some(Self { file: file.to_path_buf(), module, text, code })
    }

    /// The room it belongs to.
    pub(super) fn room(&self) -> &str {
        self.module.first().map_or("lib", String::as_str)
    }

    /// What it names of this crate, as paths from the root: in `use`, in its groups, by `super::`, and in the midst of
    /// code and macros. Tests are left out if `tests` is false.
    pub(super) fn names(&self, tests: bool) -> BTreeSet<Vec<String>> {
        let mut names = Names { module: self.module.clone(), found: BTreeSet::new(), tests };
        names.visit_file(&self.code);
        names.found
    }

    /// All types, traits and aliases outside tests, those that it keeps for itself too.
    pub(super) fn types(&self) -> Vec<String> {
        types(&self.code.items)
    }

    /// The constants outside tests of which nothing is said, neither at them nor at the first of their group: those
    /// that follow one another without anything between them.
    pub(super) fn unexplained_constants(&self) -> Vec<String> {
        unexplained(&self.code.items)
    }

    /// The functions outside tests that speak of a result whose error is a text.
    pub(super) fn errors_in_words(&self) -> Vec<String> {
        let mut results = Results::default();
        results.visit_file(&self.code);
        results.in_words
    }

    /// How often this method is called without anything, outside tests.
    pub(super) fn calls_of(&self, method: &str) -> usize {
        let mut calls = Calls { method, seen: 0 };
        calls.visit_file(&self.code);
        calls.seen
    }

    /// Whether the file belongs to the tests alone.
    pub(super) fn is_test(&self) -> bool {
        self.module.iter().any(|name| TEST_FILES.contains(&name.as_str()))
    }
}

/// The imports of a file that come too late: the standard library stands first, then other crates, then what is ours.
pub(super) fn late_imports(text: &str) -> Vec<String> {
    let items = syn::parse_file(text).unwrap().items;
    let ours: Vec<String> = ["crate", "super", "self"].iter().map(ToString::to_string).chain(modules(&items)).collect();
    let (mut last, mut late) = (0, Vec::new());
    for first in items.iter().filter_map(first_of_import) {
        let group = match first.as_str() {
            "std" | "core" | "alloc" => 0,
            name if !ours.iter().any(|our| our == name) => 1,
            _ => 2,
        };
        if group < last {
            late.push(first);
        }
        last = last.max(group);
    }
    late
}

/// The names of the modules that a file declares.
fn modules(items: &[syn::Item]) -> impl Iterator<Item = String> {
    items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) => Some(module.ident.to_string()),
        _ => None,
    })
}

/// The first word of an import that is not handed on.
fn first_of_import(item: &syn::Item) -> Option<String> {
    match item {
        syn::Item::Use(syn::ItemUse { vis: syn::Visibility::Inherited, tree: syn::UseTree::Path(path), .. }) => {
            Some(path.ident.to_string())
        }
        _ => None,
    }
}

/// All files below `src`.
pub(super) fn all() -> Vec<Source> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        Source::parse(path.strip_prefix(&folder).unwrap(), text).unwrap()
    };
    files(&folder).into_iter().map(read).collect()
}

/// Every file of Rust in the repository, with its text: also tests, benches, fuzz targets and the build.
pub(super) fn everywhere() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src", "tests", "benches", "fuzz/src", "fuzz/fuzz_targets"].map(|folder| root.join(folder));
    let found = folders.iter().filter(|folder| folder.is_dir()).flat_map(|folder| files(folder));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path.strip_prefix(root).unwrap().to_owned(), text)
    };
    found.chain([root.join("build.rs")]).map(read).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The types outside tests.
fn types(items: &[syn::Item]) -> Vec<String> {
    let mut found = Vec::new();
    for item in items {
        let (name, attributes) = match item {
            syn::Item::Struct(item) => (&item.ident, &item.attrs),
            syn::Item::Enum(item) => (&item.ident, &item.attrs),
            syn::Item::Trait(item) => (&item.ident, &item.attrs),
            syn::Item::Type(item) => (&item.ident, &item.attrs),
            syn::Item::Mod(item) => {
                let content = item.content.iter().filter(|_| !for_tests(&item.attrs));
                found.extend(content.flat_map(|(_, items)| types(items)));
                continue;
            }
            syn::Item::Macro(item) => {
                let text = item.mac.tokens.to_string();
                found.extend(enums_of_a_table(&text).map(str::to_owned));
                continue;
            }
            _ => continue,
        };
        if !for_tests(attributes) {
            found.push(name.to_string());
        }
    }
    found
}

/// The public enums that a macro makes of a table, whose names stand in what the macro is given.
fn enums_of_a_table(tokens: &str) -> impl Iterator<Item = &str> {
    let words = || tokens.split_whitespace();
    let pairs = words().zip(words().skip(1)).zip(words().skip(2));
    pairs.filter(|(before, _)| *before == ("pub", "enum")).map(|(_, name)| name).filter(|name| *name != "$")
}

fn unexplained(items: &[syn::Item]) -> Vec<String> {
    let said = |attributes: &[syn::Attribute]| attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
    let (mut found, mut in_group) = (Vec::new(), false);
    for item in items {
        let mut note = |name: &syn::Ident, attributes, in_group: &mut bool| {
            *in_group |= said(attributes);
            if !*in_group && !for_tests(attributes) {
                found.push(name.to_string());
            }
        };
        match item {
            syn::Item::Const(item) if item.ident != "_" => note(&item.ident, &item.attrs, &mut in_group),
            syn::Item::Impl(item) => {
                in_group = false;
                // A trait says what its constants are.
                for inner in item.items.iter().filter(|_| item.trait_.is_none()) {
                    match inner {
                        syn::ImplItem::Const(inner) => note(&inner.ident, &inner.attrs, &mut in_group),
                        _ => in_group = false,
                    }
                }
                in_group = false;
            }
            syn::Item::Mod(item) => {
                in_group = false;
                let content = item.content.iter().filter(|_| !for_tests(&item.attrs));
                found.extend(content.flat_map(|(_, items)| unexplained(items)));
            }
            _ => in_group = false,
        }
    }
    found
}

/// Gathers the paths of a file.
struct Names {
    /// The module that is being read: the file's, or one inside it.
    module: Vec<String>,
    found: BTreeSet<Vec<String>>,
    tests: bool,
}

impl Names {
    /// Notes a path if it begins at the root or at a module above.
    fn note(&mut self, path: &[String]) {
        let above = path.iter().take_while(|part| *part == "super").count();
        let named = match path.first().map(String::as_str) {
            Some("crate" | "glucodock") => path[1..].to_vec(),
            Some("super") => [&self.module[..self.module.len() - above], &path[above..]].concat(),
            Some("self") if path.get(1).is_some_and(|part| part == "super") => return self.note(&path[1..]),
            _ => return,
        };
        self.found.insert(named);
    }

    fn tree(&mut self, begun: &[String], tree: &syn::UseTree) {
        let with = |name: &syn::Ident| [begun, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.note(&with(&name.ident)),
            syn::UseTree::Rename(name) => self.note(&with(&name.ident)),
            syn::UseTree::Glob(_) => self.note(begun),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(begun, item)),
        }
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if self.tests || !for_tests(&item.attrs) {
            self.tree(&[], &item.tree);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.content.is_some() && (self.tests || !for_tests(&item.attrs)) {
            self.module.push(item.ident.to_string());
            visit::visit_item_mod(self, item);
            self.module.pop();
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if self.tests || !for_tests(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.note(&parts);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        // What is in a macro is not parsed: words with `::` between them are taken for paths.
        let words = called.tokens.to_string().replace(" :: ", "::");
        for word in words.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
            let parts: Vec<String> = word.split("::").map(str::to_owned).collect();
            self.note(&parts);
        }
        visit::visit_macro(self, called);
    }
}

/// Gathers the results whose error is a text.
#[derive(Default)]
struct Results {
    in_words: Vec<String>,
    /// The function that is being read.
    function: String,
}

impl Results {
    fn within(&mut self, function: &syn::Signature, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.function, function.ident.to_string());
        visit(self);
        self.function = outer;
    }
}

impl<'ast> Visit<'ast> for Results {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !for_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !for_tests(&item.attrs) {
            self.within(&item.sig, |results| visit::visit_item_fn(results, item));
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !for_tests(&item.attrs) {
            self.within(&item.sig, |results| visit::visit_impl_item_fn(results, item));
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.within(&item.sig, |results| visit::visit_trait_item_fn(results, item));
    }

    fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
        if let ("Result", syn::PathArguments::AngleBracketed(given)) = (&*segment.ident.to_string(), &segment.arguments)
            && given.args.iter().nth(1).is_some_and(is_text)
        {
            self.in_words.push(self.function.clone());
        }
        visit::visit_path_segment(self, segment);
    }
}

/// Counts the calls of a method.
struct Calls<'m> {
    method: &'m str,
    seen: usize,
}

impl<'ast> Visit<'ast> for Calls<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !for_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !for_tests(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.seen += usize::from(call.method == self.method && call.args.is_empty());
        visit::visit_expr_method_call(self, call);
    }

    /// Handed on as `Station::store`.
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        let segments = &path.path.segments;
        self.seen += usize::from(segments.len() > 1 && segments.last().is_some_and(|last| last.ident == self.method));
        visit::visit_expr_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        // What is in a macro is not parsed.
        let words = called.tokens.to_string().replace(' ', "");
        self.seen += words.matches(&format!(".{}()", self.method)).count();
        visit::visit_macro(self, called);
    }
}

/// Whether an argument of a type is `String` or `&str`.
fn is_text(given: &syn::GenericArgument) -> bool {
    let named = |of: &syn::Type, name: &str| match of {
        syn::Type::Path(of) => of.path.segments.last().is_some_and(|last| last.ident == name),
        _ => false,
    };
    match given {
        syn::GenericArgument::Type(syn::Type::Reference(of)) => named(&of.elem, "str"),
        syn::GenericArgument::Type(of) => named(of, "String"),
        _ => false,
    }
}

fn for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg")
                && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.to_string() == "test"))
    })
}
