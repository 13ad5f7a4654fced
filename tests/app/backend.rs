//! A station and a platform that fail a number of times before they do what they are asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use glucodock::domain::association::IdempotencyKey;
use glucodock::domain::clinic::Actor;
use glucodock::domain::patient::{ComparedPeople, NewPatient, PageCursor, Patient, PatientId, SearchPage};
use glucodock::engine::effects::Backend;
use glucodock::platform::{CreatedPerson, PatientDirectory, RemoteError};
use glucodock::station::Call;
use glucodock::store::StoreError;

/// What fails how many times more; shared by all openings of the store.
#[derive(Clone, Default)]
pub(crate) struct Failures {
    pub(crate) assign: Arc<AtomicUsize>,
    pub(crate) quarantine: Arc<AtomicUsize>,
    pub(crate) search: Arc<AtomicUsize>,
}

fn fails(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}

impl Failures {
    /// These failures before the backend.
    pub(crate) fn before(&self, backend: Backend) -> Backend {
        let Backend { station, mut platform } = backend;
        let (assign, quarantine) = (Arc::clone(&self.assign), Arc::clone(&self.quarantine));
        let station = station.behind(Arc::new(move |call| {
            let left = match call {
                Call::Assign => &assign,
                Call::Quarantine => &quarantine,
                _ => return Ok(()),
            };
            if fails(left) { Err(StoreError::Write { code: 0 }) } else { Ok(()) }
        }));
        let search = Arc::clone(&self.search);
        platform.directory = Arc::new(FailingDirectory { inner: platform.directory, search });
        Backend { station, platform }
    }
}

/// A directory before another one.
struct FailingDirectory {
    inner: Arc<dyn PatientDirectory>,
    search: Arc<AtomicUsize>,
}

#[async_trait]
impl PatientDirectory for FailingDirectory {
    async fn search(
        &self,
        actor: &Actor,
        query: &str,
        from: Option<&PageCursor>,
        limit: u32,
    ) -> Result<SearchPage, RemoteError> {
        if fails(&self.search) {
            return Err(RemoteError::Unreachable("staged".into()));
        }
        self.inner.search(actor, query, from, limit).await
    }

    async fn fetch(&self, actor: &Actor, id: &PatientId) -> Result<Option<Patient>, RemoteError> {
        self.inner.fetch(actor, id).await
    }

    async fn look_alikes(&self, actor: &Actor, new: &NewPatient) -> Result<ComparedPeople, RemoteError> {
        self.inner.look_alikes(actor, new).await
    }

    async fn create(&self, actor: &Actor, new: &NewPatient, key: &IdempotencyKey) -> Result<Patient, RemoteError> {
        self.inner.create(actor, new, key).await
    }

    async fn created(&self, actor: &Actor, key: &IdempotencyKey) -> Result<Option<CreatedPerson>, RemoteError> {
        self.inner.created(actor, key).await
    }
}
