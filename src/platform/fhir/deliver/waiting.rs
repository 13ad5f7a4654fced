//! Meters that wait for their patients, told to others as tasks where the settings want that. Nothing depends on it:
//! what does not come through is told at the next opportunity.

use serde_json::Value;

use super::super::FhirPlatform;
use super::super::error::FhirError;
use super::super::json::text;
use super::super::mapping::{completed_task, is_ours, pending_task};
use super::super::references::{reference_of, referred};
use super::super::write::{SeenResource, version};
use super::not_carried::NotCarried;
use super::parties::Parties;
use crate::domain::association::{Owner, Upload};
use crate::domain::taken_back::TakenBack;

/// How a task is that is done (FHIR R4, valueset-task-status).
const DONE: &str = "completed";

impl FhirPlatform {
    /// Tells that these wait, each once.
    pub(in crate::platform::fhir) async fn tell_waiting(&self, uploads: &[Upload]) {
        // A meter that cannot be told from others of its model has no device of its own, and one with an owner waits
        // for nobody.
        for upload in uploads.iter().filter(|upload| upload.owner == Owner::Nobody) {
            let is_told = self.told.lock().await.contains(&upload.id);
            if !is_told && self.try_to_tell(upload).await.is_ok() {
                self.told.lock().await.insert(upload.id.clone());
            }
        }
    }

    async fn try_to_tell(&self, upload: &Upload) -> Result<(), NotCarried> {
        let devices = self.devices_of(&upload.meter).await?;
        let terminal = self.terminal().await?;
        let (ours, task) = pending_task(upload, &terminal, &devices.meter, &devices.gateway, self.zone());
        let mut task = self.marked(task);
        // A program before this one may have told it.
        match self.find(&task, &ours).await?.into_iter().next() {
            None => drop(self.create_once(&task, &ours, false).await?),
            // It was done with an assignment that was undone: it waits again.
            Some(done) if upload.taken_back.is_some_and(TakenBack::is_undone) && text(&done, "/status") == DONE => {
                let reference = reference_of("Task", &done);
                if let Value::Object(fields) = &mut task {
                    fields.insert("id".to_owned(), text(&done, "/id").into());
                }
                let seen = SeenResource { version: version(&done), resource: Value::Null };
                self.client.replace(&reference, &seen, &task).await?;
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// The tasks of a meter that is somebody's now are done. What comes of it changes nothing.
    pub(super) async fn complete_tasks(&self, parties: &Parties) {
        let _ = self.try_to_complete(parties).await;
    }

    async fn try_to_complete(&self, parties: &Parties) -> Result<(), FhirError> {
        let found = self.client.search("Task", &[("focus", &parties.devices.meter)]).await?;
        let is_open = |task: &Value| {
            let focus = referred(task, "/focus");
            is_ours(task) && text(task, "/status") == "requested" && focus.as_ref() == Some(&parties.devices.meter)
        };
        for task in found.matches.into_iter().filter(is_open) {
            // Inside the loop, since as a rule no task is open and nothing more has to be asked.
            let statement = self.open_statement(parties).await?;
            let reference = format!("Task/{}", text(&task, "/id"));
            let seen = SeenResource { version: version(&task), resource: Value::Null };
            let done = completed_task(task, &parties.patient, statement.as_deref());
            self.client.replace(&reference, &seen, &done).await?;
        }
        Ok(())
    }

    /// The statement by which the meter is the patient's, where such are written.
    async fn open_statement(&self, parties: &Parties) -> Result<Option<String>, FhirError> {
        let statements = self.statements(&parties.devices.meter).await?;
        let own = statements.iter().find(|statement| {
            let subject = referred(statement, "/subject");
            text(statement, "/status") == "active" && subject.as_ref() == Some(&parties.patient.0)
        });
        Ok(own.map(|statement| format!("DeviceUseStatement/{}", text(statement, "/id"))))
    }
}
