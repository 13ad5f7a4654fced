//! Files that need each other in a circle.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::sources::Source;

type Module = Vec<String>;

/// Which file names which other. A file and the files of its own sub-room are left out: the face of a room
/// (`app/wizard.rs`) knows what it is made of, and what it is made of may use what the face declares for all.
pub(super) fn arrows(sources: &[Source]) -> BTreeMap<Module, BTreeSet<Module>> {
    let modules: BTreeSet<&Module> = sources.iter().map(|source| &source.module).collect();
    let of_file =
        |path: &[String]| (0..=path.len()).rev().map(|n| path[..n].to_vec()).find(|part| modules.contains(part));
    sources
        .iter()
        .map(|source| {
            let named = source.names(false).iter().filter_map(|path| of_file(path)).collect::<BTreeSet<_>>();
            let is_other = |other: &Module| !other.starts_with(&source.module) && !source.module.starts_with(other);
            (source.module.clone(), named.into_iter().filter(is_other).collect())
        })
        .collect()
}

/// Which part names which other one beside it, where parts are told apart by so many names: by two, what stands below
/// `host/watch` is part of `host::watch`. The files of one part are one here, so that a circle is seen that leads
/// through its face.
pub(super) fn between_parts(sources: &[Source], names: usize) -> BTreeMap<Module, BTreeSet<Module>> {
    let part = |module: &Module| module.get(..names).map(<[String]>::to_vec);
    let mut between: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for (file, named) in arrows(sources) {
        let Some(from) = part(&file) else { continue };
        let beside = |to: &Module| *to != from && to[..names - 1] == from[..names - 1];
        let others: Vec<Module> = named.iter().filter_map(part).filter(beside).collect();
        between.entry(from).or_default().extend(others);
    }
    between
}

/// The shortest way from a file back to itself, if there is one.
pub(super) fn circle(arrows: &BTreeMap<Module, BTreeSet<Module>>, from: &Module) -> Option<Vec<Module>> {
    let mut ways = VecDeque::from([vec![from.clone()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in arrows.get(way.last()?).into_iter().flatten() {
            let longer = [way.as_slice(), std::slice::from_ref(next)].concat();
            if next == from {
                return Some(longer);
            }
            if seen.insert(next.clone()) {
                ways.push_back(longer);
            }
        }
    }
    None
}
