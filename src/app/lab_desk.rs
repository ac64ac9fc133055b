//! The page's side of the lab's worker: it is started when the lab is first opened, asked for more at most once a frame, and
//! started again when it is lost.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::render::{AnimationFrame, request_animation_frame};
use gloo::timers::callback::Timeout;
use gloo::worker::Codec;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{MessageEvent, Worker};

use crate::app::codec::Bytes;
use crate::app::platform;
use crate::app::state::Action;
use crate::app::wire::{FromLab, ToLab};

/// What is heard, and what went wrong.
type Listener = Closure<dyn Fn(MessageEvent)>;

/// The worker of the lab.
pub(crate) struct LabDesk {
    worker: RefCell<Option<(Worker, Listener)>>,
    /// Whether the worker has said that it listens; what is sent before waits.
    listens: Cell<bool>,
    waiting: RefCell<Vec<ToLab>>,
    /// Messages that are not answered yet.
    owed: Cell<u32>,
    frame: RefCell<Option<AnimationFrame>>,
    script: String,
    tell: Box<dyn Fn(Action)>,
}

impl LabDesk {
    /// A desk without a worker yet; what it hears goes to `tell`.
    pub(crate) fn new(script: String, tell: impl Fn(Action) + 'static) -> Rc<Self> {
        Rc::new(Self {
            worker: RefCell::default(),
            listens: Cell::new(false),
            waiting: RefCell::default(),
            owed: Cell::new(0),
            frame: RefCell::default(),
            script,
            tell: Box::new(tell),
        })
    }

    /// Stops training, where there is any.
    pub(crate) fn pause(self: &Rc<Self>) {
        if self.worker.borrow().is_some() {
            self.send(ToLab::Pause);
        }
    }

    /// Sends a message; the first one starts the worker.
    pub(crate) fn send(self: &Rc<Self>, message: ToLab) {
        if self.worker.borrow().is_none() {
            self.spawn();
        }
        // The work stops here as well, before the worker has heard of it.
        if !matches!(message, ToLab::Frame) {
            *self.frame.borrow_mut() = None;
        }
        match &*self.worker.borrow() {
            Some((worker, _)) if self.listens.get() => {
                self.owed.set(self.owed.get() + 1);
                let _ = worker.post_message(&Bytes::encode(message));
            }
            _ => self.waiting.borrow_mut().push(message),
        }
    }

    fn spawn(self: &Rc<Self>) {
        // A browser that has no workers does not come this far.
        let Ok(worker) = Worker::new(&self.script) else { return };
        let desk = Rc::downgrade(self);
        let listener = Listener::new(move |event: MessageEvent| {
            if let Some(desk) = desk.upgrade() {
                desk.hear(&event);
            }
        });
        let function = listener.as_ref().unchecked_ref();
        worker.set_onmessage(Some(function));
        // Its message has no data, and so says that the worker died.
        worker.set_onerror(Some(function));
        *self.worker.borrow_mut() = Some((worker, listener));
    }

    fn hear(self: &Rc<Self>, event: &MessageEvent) {
        let message = Bytes::read(&event.data());
        let message = message.unwrap_or(FromLab { died: true, ..FromLab::default() });
        if message.died {
            // Not within its own message.
            let desk = self.clone();
            Timeout::new(0, move || desk.lose()).forget();
            return;
        }
        if !self.listens.replace(true) {
            for waiting in self.waiting.take() {
                self.send(waiting);
            }
            return;
        }
        if let Some((name, kind, text)) = &message.file {
            platform::save(name, kind, text);
        }
        self.owed.set(self.owed.get().saturating_sub(1));
        // The last answer decides whether there is more to do.
        if message.busy && self.owed.get() == 0 {
            let desk = self.clone();
            *self.frame.borrow_mut() = Some(request_animation_frame(move |_| desk.send(ToLab::Frame)));
        }
        (self.tell)(Action::LabHeard(Box::new(message)));
    }

    fn lose(&self) {
        if let Some((worker, _)) = self.worker.take() {
            worker.terminate();
        }
        self.listens.set(false);
        self.owed.set(0);
        self.waiting.take();
        *self.frame.borrow_mut() = None;
        (self.tell)(Action::LabLost);
    }
}
