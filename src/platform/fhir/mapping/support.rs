//! Which stations stand behind what is on a server: who created it, and whoever delivered the same and found it there.
//!
//! A reading has one identifier whichever station delivers it, and so does whose a meter is. So what one station undoes
//! may be right at another one. A `Provenance` says by which parcel a station stands behind something, and for whom
//! (entity `source`); another one says that this parcel was undone (entity `removal`), of whatever it was told. Neither
//! is ever changed, and in whichever order they arrive they say the same.

use serde_json::{Value, json};

use super::super::json::{at, list, text};
use super::super::references::referred;
use super::identifier::Ours;
use crate::domain::association::IdempotencyKey;
use crate::domain::patient::PatientId;

/// The entity of a parcel by which a station stands behind something.
const SOURCE: &str = "source";

/// The entity of a parcel that was undone.
const REMOVAL: &str = "removal";

/// By which parcel a station stands behind something, and for whom.
pub(super) fn stands_behind(key: &IdempotencyKey, patient: &PatientId) -> Vec<Value> {
    vec![
        json!({ "role": SOURCE, "what": { "identifier": Ours::assignment(key).json() } }),
        json!({ "role": SOURCE, "what": { "reference": patient.0 } }),
    ]
}

/// That nobody stands behind anything any more by the parcel of this identifier.
pub(super) fn nullifies(parcel: &Ours) -> Value {
    json!({ "role": REMOVAL, "what": { "identifier": parcel.json() } })
}

/// What is said of who stands behind one resource.
#[derive(Default)]
pub(in crate::platform::fhir) struct Support {
    /// By which parcel, and for whom.
    said: Vec<(Ours, PatientId)>,
    /// The parcels that were undone.
    undone: Vec<Ours>,
}

impl Support {
    /// What these provenances say of a resource.
    pub(in crate::platform::fhir) fn of(reference: &str, provenances: &[Value]) -> Self {
        let mut support = Self::default();
        let targets = |provenance: &Value| {
            let mut targets = list(provenance, "/target").iter();
            targets.any(|target| referred(&json!({ "target": target }), "/target").as_deref() == Some(reference))
        };
        for provenance in provenances.iter().filter(|provenance| targets(provenance)) {
            let entities = list(provenance, "/entity");
            let parcels = |role: &str| {
                let of_role = entities.iter().filter(|entity| text(entity, "/role") == role);
                of_role.filter_map(|entity| Ours::parcel(at(entity, "/what/identifier"))).collect::<Vec<_>>()
            };
            let patient = entities
                .iter()
                .find_map(|entity| referred(entity, "/what").filter(|who| who.starts_with("Patient/")).map(PatientId));
            if let Some(patient) = patient {
                support.said.extend(parcels(SOURCE).into_iter().map(|parcel| (parcel, patient.clone())));
            }
            support.undone.extend(parcels(REMOVAL));
        }
        support
    }

    /// Whether it is said that this parcel was undone.
    pub(in crate::platform::fhir) fn is_undone(&self, parcel: &Ours) -> bool {
        self.undone.contains(parcel)
    }

    /// Whether it is said that a station stands behind it by this parcel.
    pub(in crate::platform::fhir) fn says(&self, parcel: &Ours) -> bool {
        self.said.iter().any(|(said, _)| said == parcel)
    }

    /// For whom others than this parcel stand behind it.
    pub(in crate::platform::fhir) fn others(&self, than: &Ours) -> impl Iterator<Item = &PatientId> {
        self.said
            .iter()
            .filter(move |(parcel, _)| parcel != than && !self.is_undone(parcel))
            .map(|(_, patient)| patient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever came first, and however often: what was undone stands behind nothing.
    #[test]
    fn a_parcel_stands_behind_something_until_it_is_undone_in_whatever_order_that_is_told() {
        let key = |name: &str| IdempotencyKey(name.to_owned());
        let ours = |name: &str| Ours::assignment(&key(name));
        let about = |target: &str, entity: Value| json!({ "target": [{ "reference": target }], "entity": entity });
        let by = |name: &str| about("Observation/1", json!(stands_behind(&key(name), &PatientId("Patient/1".into()))));
        let undone = |name: &str| about("Observation/1", json!([nullifies(&ours(name))]));
        let others = |told: &[Value]| {
            let support = Support::of("Observation/1", told);
            support.others(&ours("own")).map(|patient| patient.0.clone()).collect::<Vec<_>>()
        };
        assert_eq!(others(&[]), [""; 0]);
        assert_eq!(others(&[by("own")]), [""; 0], "its own parcel is no other one");
        assert_eq!(others(&[by("a")]), ["Patient/1"]);
        assert_eq!(others(&[by("a"), undone("b")]), ["Patient/1"]);
        for told in [[by("a"), undone("a")], [undone("a"), by("a")]] {
            assert_eq!(others(&told), [""; 0]);
        }
        assert_eq!(others(&[undone("a"), by("a"), by("b"), by("a")]), ["Patient/1"]);
        // Of another resource.
        let elsewhere = about("Observation/12", json!(stands_behind(&key("a"), &PatientId("Patient/1".into()))));
        assert_eq!(others(&[elsewhere]), [""; 0]);
        // What another program says in the same words has no parcel of ours.
        let foreign = json!([
            { "role": "source", "what": { "identifier": { "system": "https://a.example", "value": "1" } } },
            { "role": "source", "what": { "reference": "Patient/1" } },
        ]);
        assert_eq!(others(&[about("Observation/1", foreign)]), [""; 0]);
        let support = Support::of("Observation/1", &[by("own"), undone("b")]);
        assert!(support.says(&ours("own")) && !support.says(&ours("b")));
        assert!(support.is_undone(&ours("b")) && !support.is_undone(&ours("own")));
    }
}
