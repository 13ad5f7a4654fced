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

/// Which sub-room of a room names which other of it: what stands below `host/watch` is part of `host::watch`. Here the
/// files of one sub-room are one, so that a circle is seen that leads through its face.
pub(super) fn between_sub_rooms(sources: &[Source]) -> BTreeMap<Module, BTreeSet<Module>> {
    let sub_room = |module: &Module| (module.len() > 1).then(|| module[..2].to_vec());
    let mut between: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for (file, named) in arrows(sources) {
        let Some(from) = sub_room(&file) else { continue };
        let others = named.iter().filter_map(sub_room).filter(|to| *to != from && to[0] == from[0]);
        between.entry(from.clone()).or_default().extend(others);
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
