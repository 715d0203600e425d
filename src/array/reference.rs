//! References to namespaces, as scalars in arrays; `⎕NULL`, which refers to nothing; and object representations, `⎕OR`:
//! functions and copies of namespaces as scalars.
//!
//! Two references are equal only if they are the same. Here a namespace is only a number and the text by which it is
//! displayed; the namespace itself is stored in the workspace. So values can be sent to other threads, and no chain of
//! namespaces is dropped recursively. When the last holder of a reference is dropped, its number is added to the
//! [`DroppedNamespaces`] of the workspace that made it, a queue of namespaces to be emptied later.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use super::arr::Element;

/// A reference. Cloning it makes another holder of the same identity.
#[derive(Clone, Debug, Default)]
pub struct Reference(Option<Arc<Identity>>);

#[derive(Debug)]
struct Identity {
    number: u64,
    text: RwLock<Arc<str>>,
    dropped: DroppedNamespaces,
    /// The object representation that it is, if it is no reference.
    code: Option<Code>,
}

impl Drop for Identity {
    fn drop(&mut self) {
        self.dropped.0.lock().unwrap_or_else(PoisonError::into_inner).push(self.number);
    }
}

/// An object representation: a function, an operator, or all that is in a namespace.
#[derive(Clone, Debug)]
pub struct Code {
    /// The name that it was asked for by.
    pub name: Arc<str>,
    /// Its definition: the lines of a traditional function, what stands to the right of the arrow of another one, the text
    /// of a namespace as in the file of a workspace.
    pub definition: Arc<str>,
    /// What it represents.
    pub form: Represented,
}

/// What an object representation represents.
#[derive(Clone, Debug)]
pub enum Represented {
    /// A traditional function or operator.
    Traditional,
    /// A dfn, a dop, or a function or an operator that is derived.
    Direct,
    /// A namespace, whose large arrays are in these bytes.
    Space(Arc<[u8]>),
}

impl Code {
    /// Whether it is a function that a name can stand for by assignment.
    pub fn is_direct(&self) -> bool {
        matches!(self.form, Represented::Direct)
    }
}

/// The numbers of the namespaces of one workspace whose last reference has been dropped.
#[derive(Clone, Debug, Default)]
pub struct DroppedNamespaces(Arc<Mutex<Vec<u64>>>);

impl DroppedNamespaces {
    /// The numbers that have come since the last call.
    pub fn take(&self) -> Vec<u64> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Reference {
    /// `⎕NULL`.
    pub fn null() -> Reference {
        Reference(None)
    }

    /// A new reference: `number` is that of the namespace in its workspace, `text` what it is displayed as.
    pub fn new(number: u64, text: impl Into<Arc<str>>, dropped: &DroppedNamespaces) -> Reference {
        Reference(Some(Arc::new(Identity {
            number,
            text: RwLock::new(text.into()),
            dropped: dropped.clone(),
            code: None,
        })))
    }

    /// An object representation, and the text by which it is displayed.
    pub fn of_code(code: Code, text: impl Into<Arc<str>>) -> Reference {
        let (number, dropped) = (0, DroppedNamespaces::default());
        Reference(Some(Arc::new(Identity { number, text: RwLock::new(text.into()), dropped, code: Some(code) })))
    }

    /// The object representation that it is, if it is no reference.
    pub fn code(&self) -> Option<&Code> {
        self.0.as_ref()?.code.as_ref()
    }

    /// The number that the workspace that owns the queue `dropped` has given it; `None` for `⎕NULL` and for a reference of another
    /// workspace.
    pub fn number(&self, dropped: &DroppedNamespaces) -> Option<u64> {
        let identity = self.0.as_ref()?;
        Arc::ptr_eq(&identity.dropped.0, &dropped.0).then_some(identity.number)
    }

    /// Whether it is `⎕NULL`.
    pub fn is_null(&self) -> bool {
        self.0.is_none()
    }

    /// Whether it refers to a namespace.
    pub fn is_space(&self) -> bool {
        self.0.is_some() && self.code().is_none()
    }

    /// What it is displayed as.
    pub fn text(&self) -> Arc<str> {
        match &self.0 {
            Some(identity) => identity.text.read().unwrap_or_else(PoisonError::into_inner).clone(),
            None => "[Null]".into(),
        }
    }

    /// Changes the text by which it is displayed, for all holders.
    pub fn show_as(&self, text: impl Into<Arc<str>>) {
        if let Some(identity) = &self.0 {
            *identity.text.write().unwrap_or_else(PoisonError::into_inner) = text.into();
        }
    }

    /// The same for the same identity, and for no other one that is held at the same time. Functions are the same if they
    /// are displayed in the same way, copies of namespaces if all in them is the same.
    pub fn address(&self) -> usize {
        match self.0.as_deref() {
            None => 0,
            Some(Identity { code: Some(code), .. }) => {
                let mut hasher = DefaultHasher::new();
                match &code.form {
                    Represented::Space(data) => (&code.definition, data).hash(&mut hasher),
                    _ => self.text().hash(&mut hasher),
                }
                hasher.finish() as usize
            }
            Some(identity) => ptr::from_ref(identity) as usize,
        }
    }

    /// A weak reference to the same identity, for the workspace.
    pub fn memo(&self) -> Memo {
        Memo(self.0.as_ref().map(Arc::downgrade).unwrap_or_default())
    }

    /// How many hold it, in arrays and elsewhere.
    pub fn holders(&self) -> usize {
        self.0.as_ref().map_or(0, Arc::strong_count)
    }
}

/// A weak reference: it does not keep the namespace alive.
#[derive(Clone, Debug, Default)]
pub struct Memo(Weak<Identity>);

impl Memo {
    /// The reference, as long as anybody holds it.
    pub fn reference(&self) -> Option<Reference> {
        self.0.upgrade().map(|identity| Reference(Some(identity)))
    }
}

impl PartialEq for Reference {
    fn eq(&self, other: &Reference) -> bool {
        self.address() == other.address()
    }
}

impl Eq for Reference {}

impl Element for Reference {
    fn blank() -> Reference {
        Reference::null()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_is_identity() {
        let dropped = DroppedNamespaces::default();
        let (a, b) = (Reference::new(1, "a", &dropped), Reference::new(1, "a", &dropped));
        assert_eq!(a, a.clone());
        assert_ne!(a, b);
        assert_eq!(Reference::null(), Reference::default());
        assert_eq!(a.number(&dropped), Some(1));
        assert_eq!(a.number(&DroppedNamespaces::default()), None);
    }

    #[test]
    fn the_last_holder_adds_the_number_to_the_queue() {
        let dropped = DroppedNamespaces::default();
        let a = Reference::new(7, "#.[Namespace]", &dropped);
        let b = a.clone();
        assert_eq!(a.holders(), 2);
        b.show_as("b");
        assert_eq!(&*a.text(), "b");
        drop(a);
        assert!(dropped.take().is_empty());
        let memo = b.memo();
        assert_eq!(memo.reference().as_ref(), Some(&b));
        drop(b);
        assert_eq!(dropped.take(), [7]);
        assert!(memo.reference().is_none());
    }
}
