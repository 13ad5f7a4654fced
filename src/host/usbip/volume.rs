//! The drive of a simulated meter as a FAT16 file system, in memory and never written to by the host (Microsoft, FAT:
//! General Overview of On-Disk Format, 1.03). The whole drive is the file system: there is no table of partitions.

use crate::meters::simulator::DriveFile;

mod entry;
mod tree;

use entry::Names;
use tree::{VolumeFolder, VolumeNode};

/// Bytes of a block, which is a sector.
pub const BLOCK: usize = 512;

/// Blocks of the drive: 16 MiB, which any report fits in. They make 8165 clusters, and so FAT16:
/// that has 4085 to 65524.
pub const BLOCKS: u32 = 32_768;

/// A cluster of 2 KiB, so that the clusters are as many as above.
const BLOCKS_PER_CLUSTER: u8 = 4;
const CLUSTER: usize = BLOCK * BLOCKS_PER_CLUSTER as usize;

/// Blocks of each of the two tables; an entry is two bytes.
const TABLE_BLOCKS: usize = 32;

/// Entries of the root folder, of 32 bytes.
const ROOT_ENTRIES: usize = 512;

/// The clusters that there are.
const CLUSTERS: usize =
    (BLOCKS as usize - 1 - 2 * TABLE_BLOCKS - ROOT_ENTRIES * entry::LENGTH / BLOCK) * BLOCK / CLUSTER;

/// The last cluster of a file.
const END: u16 = 0xffff;

/// A file system. What lies behind its last file is zero.
pub struct Volume {
    used: Vec<u8>,
}

/// What does not fit into the drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VolumeError {
    /// More files in the root folder, or more bytes, than there is room for.
    #[error("the files are too many or too large for the drive")]
    TooMuch,
    /// More bytes than there are clusters for.
    #[error("the files are too large for the drive")]
    TooLarge,
    /// A cluster whose number is beyond 16 bits.
    #[error("the drive has too many clusters")]
    TooManyClusters,
    /// A file whose size is beyond 32 bits.
    #[error("a file is too large")]
    FileTooLarge,
    /// No short name is left for a long one.
    #[error("a folder has too many names that are alike")]
    NamesAlike,
}

/// A file system in the making: the table of clusters and what they hold, from cluster 2.
struct Clusters {
    table: Vec<u16>,
    data: Vec<u8>,
}

impl Volume {
    /// A file system of this name (at most 11 capital letters) with these files.
    ///
    /// # Errors
    /// [`VolumeError`], what does not fit.
    pub fn new(label: &str, files: Vec<DriveFile>) -> Result<Self, VolumeError> {
        // The table begins with two entries that are no clusters: the kind of medium once more, and
        // an end.
        let mut clusters = Clusters { table: vec![0xfff8, END], data: Vec::new() };
        let mut root = entry::label(label);
        root.extend(clusters.entries(VolumeFolder::of(files), 0)?);
        if root.len() > ROOT_ENTRIES * entry::LENGTH || clusters.table.len() - 2 > CLUSTERS {
            return Err(VolumeError::TooMuch);
        }
        root.resize(ROOT_ENTRIES * entry::LENGTH, 0);
        let mut table: Vec<u8> = clusters.table.iter().flat_map(|next| next.to_le_bytes()).collect();
        table.resize(TABLE_BLOCKS * BLOCK, 0);
        Ok(Self { used: [boot_block(label), table.clone(), table, root, clusters.data].concat() })
    }

    /// So many blocks from this one on; `None` if the drive ends before.
    #[must_use]
    pub fn blocks(&self, first: u32, count: u16) -> Option<Vec<u8>> {
        first.checked_add(count.into()).filter(|end| *end <= BLOCKS)?;
        let start = usize::try_from(first).ok()? * BLOCK;
        let length = usize::from(count) * BLOCK;
        let mut bytes: Vec<u8> = self.used.iter().skip(start).take(length).copied().collect();
        bytes.resize(length, 0);
        Some(bytes)
    }
}

impl Clusters {
    /// Puts bytes into clusters of their own: the number of the first, 0 for nothing.
    fn store(&mut self, bytes: &[u8]) -> Result<u16, VolumeError> {
        let count = bytes.len().div_ceil(CLUSTER);
        if self.table.len() + count > CLUSTERS + 2 {
            return Err(VolumeError::TooLarge);
        }
        let first = self.table.len();
        for next in first + 1..first + count {
            self.table.push(u16::try_from(next).map_err(|_| VolumeError::TooManyClusters)?);
        }
        if count == 0 {
            return Ok(0);
        }
        self.table.push(END);
        self.data.extend(bytes);
        self.data.resize((self.table.len() - 2) * CLUSTER, 0);
        u16::try_from(first).map_err(|_| VolumeError::TooManyClusters)
    }

    /// The entries of a folder, whose own first cluster is `own`, after storing what is in it.
    fn entries(&mut self, folder: VolumeFolder, own: u16) -> Result<Vec<u8>, VolumeError> {
        let mut names = Names::default();
        let mut entries = Vec::new();
        for (name, node) in folder.nodes {
            match node {
                VolumeNode::File(bytes) => {
                    let size = u32::try_from(bytes.len()).map_err(|_| VolumeError::FileTooLarge)?;
                    let cluster = self.store(&bytes)?;
                    entries.extend(names.entry(&name, false, cluster, size)?);
                }
                VolumeNode::Folder(below) => {
                    let cluster = self.folder(below, own)?;
                    entries.extend(names.entry(&name, true, cluster, 0)?);
                }
            }
        }
        Ok(entries)
    }

    /// Stores a folder: its place first, because the folders in it name it.
    fn folder(&mut self, folder: VolumeFolder, parent: u16) -> Result<u16, VolumeError> {
        // Whole clusters, because a folder has no length of its own in FAT: it ends at the first
        // entry of zeros, or with its last cluster.
        let length = (2 * entry::LENGTH + folder.length()).next_multiple_of(CLUSTER);
        let start = self.data.len();
        let cluster = self.store(&vec![0; length])?;
        let mut entries = entry::dots(cluster, parent);
        entries.extend(self.entries(folder, cluster)?);
        let place = self.data.iter_mut().skip(start).take(length);
        place.zip(entries).for_each(|(to, from)| *to = from);
        Ok(cluster)
    }
}

/// The first block, with the parameters of the file system.
fn boot_block(label: &str) -> Vec<u8> {
    let mut block = vec![0xeb, 0x3c, 0x90];
    block.extend(b"MSDOS5.0");
    let number = |number: usize| u16::try_from(number).unwrap_or(0).to_le_bytes();
    block.extend(number(BLOCK));
    // One reserved block, two tables.
    block.extend([BLOCKS_PER_CLUSTER, 1, 0, 2]);
    block.extend(number(ROOT_ENTRIES));
    block.extend(number(BLOCKS as usize));
    // A fixed disk. The first entry of the table must say the same.
    block.push(0xf8);
    block.extend(number(TABLE_BLOCKS));
    // Blocks of a track, heads; no hidden blocks; the blocks are counted above.
    block.extend([63, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    // A fixed disk; the three fields that follow are there; the number of the volume.
    block.extend([0x80, 0, 0x29, 0x00, 0x00, 0x00, 0x42]);
    block.extend(entry::padded::<11>(label));
    block.extend(b"FAT16   ");
    block.resize(BLOCK - 2, 0);
    block.extend([0x55, 0xaa]);
    block
}

#[cfg(test)]
mod tests;
