//! Files with paths, as folders in folders.

use std::collections::BTreeMap;

use super::entry;
use crate::meters::simulator::DriveFile;

/// What a name in a folder stands for.
pub(super) enum VolumeNode {
    /// A file with these bytes.
    File(Vec<u8>),
    /// A folder.
    Folder(VolumeFolder),
}

/// A folder.
#[derive(Default)]
pub(super) struct VolumeFolder {
    /// What is in it, by name.
    pub(super) nodes: BTreeMap<String, VolumeNode>,
}

impl VolumeFolder {
    /// The root of a drive with these files. Of two with one path, the later stays.
    pub(super) fn of(files: Vec<DriveFile>) -> Self {
        let mut root = Self::default();
        for DriveFile { path, bytes } in files {
            let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
            root.put(&parts, bytes);
        }
        root
    }

    fn put(&mut self, path: &[&str], bytes: Vec<u8>) {
        match path {
            [] => {}
            [name] => {
                self.nodes.insert((*name).to_owned(), VolumeNode::File(bytes));
            }
            [name, below @ ..] => {
                let node = self.nodes.entry((*name).to_owned()).or_insert_with(|| VolumeNode::Folder(Self::default()));
                if let VolumeNode::Folder(folder) = node {
                    folder.put(below, bytes);
                }
            }
        }
    }

    /// Bytes of its entries.
    pub(super) fn length(&self) -> usize {
        self.nodes.keys().map(|name| entry::length(name)).sum()
    }
}
