//! References to namespaces, as scalars in arrays; `⎕NULL`, which refers to nothing; and functions as scalars, `⎕OR`.
//!
//! Two references are equal only if they are the same. Here a namespace is only a number and the text by which it is
//! displayed; the namespace itself is stored in the workspace. So values can be sent to other threads, and no chain of
//! namespaces is dropped recursively. When the last holder of a reference is dropped, its number is added to the
//! [`DroppedNamespaces`] of the workspace that made it, a queue of namespaces to be emptied later.

use std::hash::{DefaultHasher, Hash, Hasher};
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
    /// The function that it is, if it is no namespace.
    code: Option<Code>,
}

impl Drop for Identity {
    fn drop(&mut self) {
        self.dropped.0.lock().unwrap_or_else(PoisonError::into_inner).push(self.number);
    }
}

/// A function or an operator as an array.
#[derive(Clone, Debug)]
pub struct Code {
    /// The name that it was asked for by.
    pub name: Arc<str>,
    /// Its definition: the lines of a traditional one, otherwise what stands to the right of the arrow.
    pub definition: Arc<str>,
    /// Whether it is a traditional one.
    pub traditional: bool,
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

    /// A function, and the text by which it is displayed.
    pub fn of_code(code: Code, text: impl Into<Arc<str>>) -> Reference {
        let (number, dropped) = (0, DroppedNamespaces::default());
        Reference(Some(Arc::new(Identity { number, text: RwLock::new(text.into()), dropped, code: Some(code) })))
    }

    /// The function that it is, if it is no namespace.
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
    /// are displayed in the same way.
    pub fn address(&self) -> usize {
        match &self.0 {
            None => 0,
            Some(identity) if identity.code.is_some() => {
                let mut hasher = DefaultHasher::new();
                self.text().hash(&mut hasher);
                hasher.finish() as usize
            }
            Some(identity) => Arc::as_ptr(identity) as usize,
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
