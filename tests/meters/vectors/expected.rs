//! What a vector expects, and which of it has been looked at.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Index;
use std::rc::Rc;

use serde_json::Value;

/// The fields of an object, each of which somebody must look at.
pub(super) struct Expected {
    /// Where it stands, for messages.
    place: String,
    value: Value,
    read: RefCell<BTreeSet<String>>,
    waived: RefCell<Vec<String>>,
    /// The objects of lists that were looked into, by the name of the list.
    lists: RefCell<Vec<(String, Rc<Vec<Expected>>)>>,
}

impl Expected {
    pub(super) fn new(place: &str, value: Value) -> Self {
        assert!(value.is_object(), "{place} expects {value}");
        Self {
            place: place.to_owned(),
            value,
            read: RefCell::default(),
            waived: RefCell::default(),
            lists: RefCell::default(),
        }
    }

    /// The field of this name, if it is expected.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.read.borrow_mut().insert(name.to_owned());
        self.value.get(name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.value.get(name).is_some()
    }

    /// The text of the field of this name, if it is expected and a text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// Fails unless the field of this name is expected and equals `found`.
    #[track_caller]
    pub(super) fn says(&self, name: &str, found: impl Into<Value>) {
        assert_eq!(self.get(name), Some(&found.into()), "{name} of {}", self.place);
    }

    /// Fails unless the field of this name, if any is expected, equals `found`.
    #[track_caller]
    pub(super) fn says_if_at_all(&self, name: &str, found: impl Into<Value>) {
        if self.has(name) {
            self.says(name, found);
        }
    }

    /// Takes a field, if it is expected, for one that our code cannot tell, for this reason.
    pub(super) fn waive(&self, name: &str, reason: &str) {
        if self.get(name).is_some() {
            self.waived.borrow_mut().push(format!("{name}: {reason}"));
        }
    }

    /// The objects of a list.
    pub(super) fn list(&self, name: &str) -> Rc<Vec<Self>> {
        let items = self.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let place = |number: usize| format!("{}.{name}[{number}]", self.place);
        let items = items.into_iter().enumerate().map(|(number, item)| Self::new(&place(number), item));
        let items = Rc::new(items.collect::<Vec<_>>());
        self.lists.borrow_mut().push((name.to_owned(), Rc::clone(&items)));
        items
    }

    /// The fields that nobody looked at.
    pub(super) fn unread(&self) -> Vec<String> {
        let read = self.read.borrow();
        let names = self.value.as_object().into_iter().flat_map(serde_json::Map::keys);
        let mut unread: Vec<String> = names.filter(|name| !read.contains(*name)).cloned().collect();
        for (name, items) in self.lists.borrow().iter() {
            for (number, item) in items.iter().enumerate() {
                unread.extend(item.unread().iter().map(|field| format!("{name}[{number}].{field}")));
            }
        }
        unread
    }

    /// What was waived, with the reasons.
    pub(super) fn waived(&self) -> Vec<String> {
        self.waived.borrow().clone()
    }
}

impl Index<&str> for Expected {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&Value::Null)
    }
}
