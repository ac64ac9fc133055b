//! The page's side of the worker: one request at a time, always the newest, and a new worker when one is lost.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use gloo::worker::{Spawnable, WorkerBridge};

use crate::app::codec::Bytes;
use crate::app::state::{Action, Aside};
use crate::app::wire::{FromWorker, Given, History, ToWorker};
use crate::app::worker::Analyst;
use crate::app::{BUILD, TOKENIZER_FOLDER, platform};
use crate::engine::Request;

/// A worker that has not answered for so long is lost: every step of the engine is bounded to far less.
const PATIENCE_MS: u32 = 20_000;
/// So many losses without an answer in between, and the page gives up.
const LIVES: u32 = 3;

/// What makes the message of a question, given its number.
type Question = Box<dyn FnOnce(u32) -> ToWorker>;

/// The worker and what it owes.
pub struct Desk {
    bridge: RefCell<Option<WorkerBridge<Analyst>>>,
    number: Cell<u32>,
    /// The number of the question for a report that is being answered.
    in_flight: Cell<Option<u32>>,
    /// What to ask when the answer is here.
    next: RefCell<Option<Box<Request>>>,
    /// What is asked beside the report and is being answered.
    aside: Cell<Option<Aside>>,
    /// What to ask beside the report when the worker is free: the newest of each kind.
    next_asides: RefCell<[Option<Question>; Aside::ALL.len()]>,
    losses: Cell<u32>,
    watch: RefCell<Option<Timeout>>,
    script: String,
    tell: Box<dyn Fn(Action)>,
}

impl Desk {
    /// Starts a worker from the address `script`; what it says goes to `tell`.
    pub fn open(script: String, tell: impl Fn(Action) + 'static) -> Rc<Self> {
        let desk = Rc::new(Self {
            bridge: RefCell::default(),
            number: Cell::new(0),
            in_flight: Cell::new(None),
            next: RefCell::default(),
            aside: Cell::new(None),
            next_asides: RefCell::default(),
            losses: Cell::new(0),
            watch: RefCell::default(),
            script,
            tell: Box::new(tell),
        });
        desk.spawn();
        desk
    }

    /// Asks for a report. While one is being made, only the newest request waits.
    pub fn ask(self: &Rc<Self>, request: Request) {
        (self.tell)(Action::Asked);
        if self.in_flight.get().is_some() {
            *self.next.borrow_mut() = Some(Box::new(request));
        } else {
            self.send(Box::new(request));
        }
    }

    /// Asks something beside the report; it is sent when the report is there, and what was asked before.
    pub fn ask_aside(self: &Rc<Self>, aside: Aside, question: impl FnOnce(u32) -> ToWorker + 'static) {
        (self.tell)(Action::AsideAsked(aside));
        self.next_asides.borrow_mut()[aside as usize] = Some(Box::new(question));
        self.send_aside();
    }

    /// Sends what waits beside the report, when nothing else is being answered.
    fn send_aside(self: &Rc<Self>) {
        if self.in_flight.get().is_some() || self.aside.get().is_some() {
            return;
        }
        for aside in Aside::ALL {
            let next = self.next_asides.borrow_mut()[aside as usize].take();
            if let Some(question) = next {
                self.aside.set(Some(aside));
                self.post(question(self.count()));
                return self.watch();
            }
        }
    }

    /// Asks for a tokenizer that is served beside the page.
    pub fn load(self: &Rc<Self>, id: &str) {
        let address = platform::site_file(&format!("{TOKENIZER_FOLDER}/{id}"));
        self.post(ToWorker::Load(id.to_owned(), address));
    }

    /// Hands over files that the user gave.
    pub fn bring(&self, given: Given) {
        self.post(ToWorker::Bring(given));
    }

    /// Forgets a tokenizer of the user's.
    pub fn forget(&self, id: &str) {
        self.post(ToWorker::Forget(id.to_owned()));
    }

    /// Asks for something of the dialogues that were worked on before, or hands one over.
    pub fn history(&self, asked: History) {
        self.post(ToWorker::History(asked));
    }

    /// Has the state of a link unpacked.
    pub fn unpack(&self, link: &str) {
        self.post(ToWorker::Unpack(link.to_owned()));
    }

    /// Asks for what the lesson says.
    pub fn lesson(&self) {
        self.post(ToWorker::Lesson);
    }

    /// Asks for the conversations of the file at this address.
    pub fn open_file(&self, url: &str) {
        self.post(ToWorker::Open(url.to_owned()));
    }

    /// Asks for the text of one conversation of the open file.
    pub fn row(&self, row: usize) {
        self.post(ToWorker::Row(row));
    }

    fn spawn(self: &Rc<Self>) {
        let desk = Rc::downgrade(self);
        let bridge = Analyst::spawner()
            .encoding::<Bytes>()
            .callback(move |message| {
                if let Some(desk) = desk.upgrade() {
                    desk.hear(message);
                }
            })
            .spawn_with_loader(&self.script);
        *self.bridge.borrow_mut() = Some(bridge);
        self.watch();
    }

    fn send(self: &Rc<Self>, request: Box<Request>) {
        let number = self.count();
        self.in_flight.set(Some(number));
        self.post(ToWorker::Analyze(number, request));
        self.watch();
    }

    /// The number of the next question.
    fn count(&self) -> u32 {
        self.number.set(self.number.get().wrapping_add(1));
        self.number.get()
    }

    fn post(&self, message: ToWorker) {
        if let Some(bridge) = &*self.bridge.borrow() {
            bridge.send(message);
        }
    }

    /// Takes the worker for lost when nothing is heard for too long.
    fn watch(self: &Rc<Self>) {
        let desk = Rc::downgrade(self);
        *self.watch.borrow_mut() = Some(Timeout::new(PATIENCE_MS, move || {
            if let Some(desk) = desk.upgrade() {
                desk.lose();
            }
        }));
    }

    fn hear(self: &Rc<Self>, message: FromWorker) {
        match &message {
            FromWorker::Died(_) => return self.lose_soon(),
            FromWorker::Hello(hello) if hello.build != BUILD => return self.lose_soon(),
            FromWorker::Report(number, ..) => {
                self.losses.set(0);
                // A parked question may be answered while a newer one is on its way.
                self.in_flight.set(self.in_flight.get().filter(|newest| newest != number));
            }
            // It waits for the network, and a newer question need not.
            FromWorker::Parked(_) => self.in_flight.set(None),
            _ => {}
        }
        let answered = Aside::answered_by(&message);
        if answered.is_some() {
            self.losses.set(0);
            self.aside.set(None);
        }
        *self.watch.borrow_mut() = None;
        let answering = self.in_flight.get().is_some();
        if answering || self.aside.get().is_some() {
            self.watch();
        }
        // An answer that a newer question has overtaken is still newer than what is on the page: show it.
        (self.tell)(Action::Heard(message));
        if answering {
            (self.tell)(Action::Asked);
        } else if let Some(request) = self.next.take() {
            (self.tell)(Action::Asked);
            self.send(request);
        }
        if let Some(aside) = answered
            && self.next_asides.borrow()[aside as usize].is_none()
        {
            (self.tell)(Action::AsideAnswered(aside));
        }
        self.send_aside();
    }

    /// Not within the worker's own message: its bridge can't be dropped while it is calling.
    fn lose_soon(self: &Rc<Self>) {
        let desk = self.clone();
        Timeout::new(0, move || desk.lose()).forget();
    }

    fn lose(self: &Rc<Self>) {
        self.losses.set(self.losses.get() + 1);
        self.in_flight.set(None);
        self.next.take();
        self.aside.set(None);
        *self.next_asides.borrow_mut() = Default::default();
        *self.watch.borrow_mut() = None;
        *self.bridge.borrow_mut() = None;
        let restarted = self.losses.get() < LIVES;
        if restarted {
            self.spawn();
        }
        (self.tell)(Action::WorkerLost { restarted });
    }
}
