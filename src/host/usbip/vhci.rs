//! Plugs a simulated device into this computer: the kernel's `vhci_hcd` takes one end of a pair of sockets for a cable.
//!
//! Needs root and the module. Nothing goes over a network, and no other program is needed.

use std::io;
use std::net::Shutdown;
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use super::engine::Engine;
use super::function::Function;
use super::serve::{UsbipEnd, serve};

/// The controller.
const CONTROLLER: &str = "/sys/devices/platform/vhci_hcd.0";

/// Speed of the device: full.
const FULL_SPEED: u32 = 2;

/// State of a port to which nothing is attached.
const FREE: u32 = 4;

/// A simulated device on its cable. Dropping it pulls the cable.
pub struct Port {
    number: u32,
    ours: UnixStream,
    engine: Arc<Mutex<Engine>>,
    thread: Option<JoinHandle<io::Result<UsbipEnd>>>,
}

impl Port {
    /// Plugs the device into a free port.
    ///
    /// # Errors
    /// If there is no `vhci_hcd`, no free port, or no permission.
    pub fn plug(function: Box<dyn Function>, stop: Arc<AtomicBool>) -> io::Result<Self> {
        // Two plugs at once must not choose the same port.
        static PLUGGING: Mutex<()> = Mutex::new(());
        let _one = PLUGGING.lock().unwrap_or_else(PoisonError::into_inner);
        let status = std::fs::read_to_string(Path::new(CONTROLLER).join("status"))?;
        let number = free_port(&status).ok_or_else(|| io::Error::other("every port of vhci_hcd is taken"))?;
        let (ours, theirs) = UnixStream::pair()?;
        let engine = Arc::new(Mutex::new(Engine::new(function)));
        let mut served = ours.try_clone()?;
        let shared = Arc::clone(&engine);
        let thread = thread::Builder::new().name(format!("usb-port-{number}")).spawn(move || {
            let ended = serve(&mut served, &shared, &stop);
            // A failure means that the connection is closed already.
            let _ = served.shutdown(Shutdown::Both);
            ended
        })?;
        // Before the kernel is asked: should that fail, dropping it ends the thread.
        let port = Self { number, ours, engine, thread: Some(thread) };
        // Bus in the upper half, number in the lower one (`usbip_protocol.rst`); each port has its
        // own.
        let device = 0x0001_0002 + number;
        let attach = format!("{number} {} {device} {FULL_SPEED}", theirs.as_raw_fd());
        // The kernel takes a reference to the socket of its own, so ours to it ends with this
        // function.
        std::fs::write(Path::new(CONTROLLER).join("attach"), attach)?;
        Ok(port)
    }

    /// Pulls the cable and waits until the device is served no more. The kernel notices a moment later.
    ///
    /// # Errors
    /// What ended the device before.
    pub fn unplug(mut self) -> io::Result<UsbipEnd> {
        self.pull()
    }

    /// Waits until the device ends by itself: by a fault, by the flag, or because it was detached.
    ///
    /// # Errors
    /// If the connection failed.
    pub fn wait(mut self) -> io::Result<UsbipEnd> {
        self.join()
    }

    /// Ends the oldest transfer that waits at an endpoint with a status of the kernel. Whether one was waiting.
    ///
    /// # Errors
    /// If the connection failed.
    pub fn fail(&mut self, endpoint: u8, status: i32) -> io::Result<bool> {
        use std::io::Write as _;
        let mut engine = lock(&self.engine);
        let was_waiting = engine.fail(endpoint, status);
        self.ours.write_all(&engine.take_replies())?;
        Ok(was_waiting)
    }

    /// The device's folder in sysfs, as long as the kernel knows it.
    ///
    /// # Errors
    /// If the controller is gone.
    pub fn folder(&self) -> io::Result<PathBuf> {
        // Of the controller's two buses, the one with the smaller number is that for full speed.
        let buses = Path::new(CONTROLLER).read_dir()?.flatten().filter_map(|entry| {
            let name = entry.file_name();
            name.to_str()?.strip_prefix("usb")?.parse::<u32>().ok()
        });
        let bus = buses.min().ok_or_else(|| io::Error::other("vhci_hcd has no bus"))?;
        // Ports count from 0 in the controller's list and from 1 in sysfs.
        Ok(PathBuf::from(format!("/sys/bus/usb/devices/{bus}-{}", self.number + 1)))
    }

    fn pull(&mut self) -> io::Result<UsbipEnd> {
        // The kernel may have closed its end before.
        let _ = self.ours.shutdown(Shutdown::Both);
        self.join()
    }

    fn join(&mut self) -> io::Result<UsbipEnd> {
        let Some(thread) = self.thread.take() else { return Ok(UsbipEnd::Detached) };
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the simulated device failed")))
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        // Nobody is left to tell.
        let _ = self.pull();
    }
}

fn lock(engine: &Mutex<Engine>) -> MutexGuard<'_, Engine> {
    engine.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The first free port for full speed: lines of hub, port and state, below a heading.
fn free_port(status: &str) -> Option<u32> {
    status.lines().skip(1).find_map(|line| {
        let mut words = line.split_whitespace();
        let (hub, port, state) = (words.next()?, words.next()?.parse().ok()?, words.next()?.parse::<u32>().ok()?);
        // A device of full speed is at the hub for high speed; the other hub is for SuperSpeed.
        (hub == "hs" && state == FREE).then_some(port)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_free_port_for_full_speed_is_taken() {
        let status = "hub port sta spd dev      sockfd local_busid\n\
                      hs  0000 006 002 00010002 000005 0-0\n\
                      hs  0001 004 000 00000000 000000 0-0\n\
                      hs  0002 004 000 00000000 000000 0-0\n\
                      ss  0008 004 000 00000000 000000 0-0\n";
        assert_eq!(free_port(status), Some(1));
        assert_eq!(free_port("hub port sta\nss  0008 004 000\n"), None);
        assert_eq!(free_port(""), None);
    }
}
