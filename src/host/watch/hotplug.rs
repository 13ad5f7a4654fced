//! The kernel's announcements of USB devices, by way of libusb: the sign to look, and nothing else.
//!
//! What was plugged in is found out by looking, so that an announcement that is lost, doubled or early does no harm. A
//! thread of its own waits for announcements, on a libusb context of its own: on a shared one it would handle the
//! transfers of a meter that is being read.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use rusb::{Context, Device, HotplugBuilder, UsbContext as _};

/// The user namespace's numbers in those of the computer. All of them, unchanged, where there is but the first one.
const NUMBERS: &str = "/proc/self/uid_map";

/// Why there are no announcements.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnnouncements {
    /// libusb cannot be started: no USB, or a system that keeps programs from hearing the kernel.
    #[error("libusb cannot be started ({0})")]
    NoUsb(rusb::Error),
    /// The kernel announces devices to the first user namespace only; libusb hears nothing and says nothing.
    #[error("a container with users of its own is told nothing by the kernel")]
    Container,
    /// libusb refuses to register for them.
    #[error("libusb gives none ({0})")]
    Refused(rusb::Error),
    /// The system gives no thread.
    #[error("the system gives no thread ({0})")]
    NoThread(std::io::ErrorKind),
}

/// Waits for announcements until it is dropped.
#[derive(Debug)]
pub struct Hotplug {
    context: Context,
    is_ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Hotplug {
    /// Calls `tell` whenever something was plugged in or pulled out. It must not block.
    ///
    /// # Errors
    /// Why nothing would be announced.
    pub fn start(tell: impl FnMut() + Send + 'static) -> Result<Self, NoAnnouncements> {
        // Asked first, because libusb claims to have announcements everywhere, and where none arrives nothing fails.
        if !is_first_namespace(Path::new(NUMBERS)) {
            return Err(NoAnnouncements::Container);
        }
        let context = Context::new().map_err(NoAnnouncements::NoUsb)?;
        if !rusb::has_hotplug() {
            return Err(NoAnnouncements::Refused(rusb::Error::NotSupported));
        }
        let registration = HotplugBuilder::new()
            .register::<Context, &Context>(&context, Box::new(Bell(tell)))
            .map_err(NoAnnouncements::Refused)?;
        let is_ended = Arc::new(AtomicBool::new(false));
        let (waiting, end) = (context.clone(), Arc::clone(&is_ended));
        let wait = move || {
            while !end.load(Ordering::Acquire) {
                // Without a way to wait there is still the polling.
                if waiting.handle_events(None).is_err() {
                    break;
                }
            }
            // Given back by the thread that runs its callback, so that it cannot be running.
            drop(registration);
        };
        let thread = thread::Builder::new().name("usb-announce".to_owned()).spawn(wait);
        let thread = thread.map_err(|error| NoAnnouncements::NoThread(error.kind()))?;
        Ok(Self { context, is_ended, thread: Some(thread) })
    }
}

impl Drop for Hotplug {
    fn drop(&mut self) {
        self.is_ended.store(true, Ordering::Release);
        // Holds for a wait that has not begun yet as well.
        self.context.interrupt_handle_events();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has reported it already.
            let _ = thread.join();
        }
    }
}

struct Bell<F>(F);

impl<F: FnMut() + Send> rusb::Hotplug<Context> for Bell<F> {
    fn device_arrived(&mut self, _device: Device<Context>) {
        (self.0)();
    }

    fn device_left(&mut self, _device: Device<Context>) {
        (self.0)();
    }
}

/// Whether this process is in the first user namespace: `0 0 4294967295`, every number stands for itself
/// (`user_namespaces(7)`). A system that does not say has no namespaces.
fn is_first_namespace(numbers: &Path) -> bool {
    let Ok(map) = fs::read_to_string(numbers) else { return true };
    map.split_whitespace().eq(["0", "0", "4294967295"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_with_users_of_its_own_is_known_by_its_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let map = folder.path().join("uid_map");
        assert!(is_first_namespace(&map));
        for (text, is_first) in
            [("         0          0 4294967295\n", true), ("         0     100000      65536\n", false)]
        {
            fs::write(&map, text).unwrap();
            assert_eq!(is_first_namespace(&map), is_first);
        }
    }

    /// Runs on any machine: with USB there is a thread, and it ends; without it there is a reason.
    #[test]
    fn it_ends_when_it_is_dropped_or_says_why_it_did_not_begin() {
        match Hotplug::start(|| {}) {
            Ok(hotplug) => {
                let end = Arc::clone(&hotplug.is_ended);
                drop(hotplug);
                assert!(end.load(Ordering::Acquire));
                // The thread's own share is gone with it.
                assert_eq!(Arc::strong_count(&end), 1);
            }
            Err(reason) => assert!(!reason.to_string().is_empty()),
        }
    }
}
