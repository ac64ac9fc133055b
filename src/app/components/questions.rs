//! What the page asks of its workers, and when: whatever an answer depends on changes, and it is asked for again.

use std::rc::Rc;

use gloo::events::EventListener;
use gloo::utils::document;
use web_sys::Url;
use yew::prelude::*;

use crate::app::BUILD;
use crate::app::components::shared::{Store, use_rest};
use crate::app::desk::Desk;
use crate::app::lab_desk::LabDesk;
use crate::app::platform;
use crate::app::state::{Aside, Choices, Dialog, Loading, State, Tab, Worker};
use crate::app::wire::{MOST_CONVERSATIONS, Scope, Share, ToLab, ToWorker};
use crate::engine::{Request, TemplateChoice};

/// The loader of the lab's worker.
const LAB_SCRIPT: &str = "lab_loader.js?";
/// So many losses of the lab's worker, and the page starts no more.
const LAB_LIVES: u32 = 3;
/// A template is looked at when the keys have rested so long.
const INSPECT_AFTER_MS: u32 = 400;

/// A question at the time that was set, or now.
fn timed(question: Request, clock: Option<chrono::NaiveDateTime>) -> Request {
    Request { now: clock.unwrap_or_else(platform::local_time), ..question }
}

/// Asks for everything that is looked at; what it gives tells the loss lab something.
#[hook]
pub(crate) fn use_questions(store: &UseReducerHandle<Store>, desk: &Rc<Desk>) -> Callback<ToLab> {
    let state = &store.0;
    // The tokenizer that was chosen is asked for once, by every worker.
    let missing = state.tokenizer().is_none().then(|| state.choices.tokenizer.clone());
    {
        let desk = desk.clone();
        use_effect_with((missing, state.lost_workers), move |(missing, _)| {
            if let Some(id) = missing {
                desk.load(id);
            }
        });
    }

    // Whatever a report depends on changes: ask for a new one. The worker answers when it has the tokenizer.
    let can_ask = !matches!(state.tokenizer(), Some(Loading::Failed(_)))
        && state.worker != Worker::Failed
        && state.link.is_none();
    // A tokenizer that was brought may have the name of one before it.
    let anew = (state.lost_workers, state.own.brought);
    let clock = state.choices.render.clock();
    let question = use_question(state);
    let question = can_ask.then_some(question);
    {
        let desk = desk.clone();
        use_effect_with((question.clone(), clock, anew), move |(question, clock, _)| {
            if let Some(question) = question {
                desk.ask(timed((**question).clone(), *clock));
            }
        });
    }

    // The comparison and the batches are asked for only while they are looked at, and when there is a tokenizer.
    let ready = matches!(state.tokenizer(), Some(Loading::Ready(_)));
    let tab = state.tab();
    let of =
        |view: Tab| question.as_ref().filter(|_| ready && tab == view).map(|question| (**question).clone());
    let batched = of(Tab::Dataset).map(|question| state.batch_question(question));
    {
        let desk = desk.clone();
        // Of a file that is still being looked through there are more conversations by and by.
        let file = state.file.as_ref().map(|file| (file.url.clone(), file.rows.min(MOST_CONVERSATIONS)));
        let file = file.filter(|_| state.choices.dataset.scope == Scope::File);
        use_effect_with((batched, file, clock, anew), move |(batched, _, clock, _)| {
            if let Some(mut question) = batched.clone() {
                question.request = timed(question.request, *clock);
                let question = Box::new(question);
                desk.ask_aside(Aside::Batches, |number| ToWorker::Batch(number, question));
            }
        });
    }
    let tell_lab = use_lab(store, desk, of(Tab::Lab));
    let compared = of(Tab::Compare).map(|mut question| {
        question.recipe.clear();
        question.options.clear();
        (question, state.asked())
    });
    {
        let desk = desk.clone();
        use_effect_with((compared, clock, anew), move |(compared, clock, _)| {
            if let Some((question, asked)) = compared.clone() {
                let question = Box::new((timed(question, *clock), asked));
                desk.ask_aside(Aside::Comparison, |number| ToWorker::Compare(number, question));
            }
        });
    }

    // What a dialog shows is made when it is opened, and again by a new worker.
    let wanted = match state.dialog {
        Some(Dialog::Work(work)) if ready => question.clone().map(|question| (question, work)),
        _ => None,
    };
    {
        let desk = desk.clone();
        use_effect_with((wanted, clock, state.lost_workers), move |(wanted, clock, _)| {
            if let Some((question, work)) = wanted.clone() {
                let question = Box::new(timed((*question).clone(), *clock));
                desk.ask_aside(Aside::Work, move |_| ToWorker::Make(work, question));
            }
        });
    }

    let shared = question.as_ref().filter(|_| ready && state.dialog == Some(Dialog::Share));
    use_links(state, desk, shared.map(|question| (**question).clone()));

    // So is what the template makes of the conversation; and what is found of the template, when it has rested.
    let sheet = of(Tab::Template).map(|question| {
        let Request { recipe, options, ignore_index, .. } = Request::default();
        Request { recipe, options, ignore_index, ..question }
    });
    let inspected_template = sheet.as_ref().map(|question| Request {
        template: match state.template.sheet.as_ref().and_then(|sheet| sheet.name.clone()) {
            Some(name) if question.template == TemplateChoice::TokenizersOwn => TemplateChoice::Named(name),
            _ => question.template.clone(),
        },
        tokenizer: question.tokenizer.clone(),
        now: question.now,
        ..Request::default()
    });
    {
        let desk = desk.clone();
        let prompt = state.choices.render.add_generation_prompt;
        use_effect_with((sheet, prompt, clock, anew), move |(sheet, prompt, clock, _)| {
            if let Some(question) = sheet.clone() {
                let (question, prompt) = (Box::new(timed(question, *clock)), *prompt);
                desk.ask_aside(Aside::Sheet, move |number| ToWorker::Sheet(number, question, prompt));
            }
        });
    }
    {
        let desk = desk.clone();
        use_rest((inspected_template, anew), INSPECT_AFTER_MS, move |(question, _)| {
            if let Some(question) = question {
                let question = Box::new(timed(question, clock));
                desk.ask_aside(Aside::Inspection, |number| ToWorker::Inspect(number, question));
            }
        });
    }

    // The open file is known to every worker, and so is the conversation that is wanted.
    {
        let desk = desk.clone();
        let url = state.file.as_ref().map(|file| file.url.clone());
        use_effect_with((url, state.lost_workers), move |(url, _)| {
            if let Some(url) = url {
                desk.open_file(url);
            }
        });
    }
    {
        let desk = desk.clone();
        let wanted =
            state.file.as_ref().filter(|file| file.is_waiting() && file.rows > 0).map(|file| file.wanted);
        use_effect_with((wanted, state.lost_workers), move |(wanted, _)| {
            if let Some(row) = *wanted {
                desk.row(row);
            }
        });
    }

    // What the lesson says, while it is open and not yet there.
    {
        let desk = desk.clone();
        let silent = state.choices.lesson.is_open() && state.lesson.words.is_none();
        use_effect_with((silent, state.lost_workers), move |(silent, _)| {
            if *silent {
                desk.lesson();
            }
        });
    }

    use_own(state, desk);
    tell_lab
}

/// The question that the choices come to, made anew only where a choice is another one: this runs whenever the pointer moves,
/// and a dialogue may be long.
#[hook]
fn use_question(state: &State) -> Rc<Request> {
    use_memo(state.choices.clone(), Choices::request)
}

/// The loss lab: `question` is what its samples are made of, while it is looked at.
#[hook]
fn use_lab(store: &UseReducerHandle<Store>, desk: &Rc<Desk>, question: Option<Request>) -> Callback<ToLab> {
    let state = &store.0;
    let lab = {
        let dispatch = store.dispatcher();
        use_memo((), move |()| {
            LabDesk::new(platform::worker_script(&format!("{LAB_SCRIPT}{BUILD}")), move |action| {
                dispatch.dispatch(action);
            })
        })
    };
    let looked_at = question.is_some() && state.lab.lost < LAB_LIVES;
    let choices = looked_at.then(|| (state.lang, state.choices.lab.clone()));
    {
        let lab = lab.clone();
        use_effect_with((choices, state.lab.lost), move |(choices, _)| {
            if let Some((lang, choices)) = choices.clone() {
                lab.send(ToLab::Choices(lang, choices));
            }
        });
    }
    // Other samples are on their way: what is trained now is of no use any more.
    {
        let (lab, desk) = (lab.clone(), desk.clone());
        let asked = question.filter(|_| looked_at).map(|question| (question, state.choices.lab.together));
        let clock = state.choices.render.clock();
        let anew = (state.lost_workers, state.own.brought);
        use_effect_with((asked, clock, anew), move |(asked, clock, _)| {
            if let Some((question, together)) = asked.clone() {
                lab.send(ToLab::Pause);
                let question = Box::new(timed(question, *clock));
                desk.ask_aside(Aside::Lab, move |number| ToWorker::Lab(number, question, together));
            }
        });
    }
    {
        let lab = lab.clone();
        use_effect_with((state.lab.material.clone(), state.lab.lost), move |(material, lost)| {
            if let Some(material) = material
                && *lost < LAB_LIVES
            {
                lab.send(ToLab::Material(material.to_string()));
            }
        });
    }
    {
        let lab = lab.clone();
        use_effect_with((), move |()| {
            let listener = EventListener::new(&document(), "visibilitychange", move |_| {
                if document().hidden() {
                    lab.pause();
                }
            });
            move || drop(listener)
        });
    }
    use_callback((), move |message, ()| lab.send(message))
}

/// Has the link that is in the address opened, and what hands the state on made: `question` is the state's, while its dialog
/// is open.
#[hook]
fn use_links(state: &State, desk: &Rc<Desk>, question: Option<Request>) {
    {
        let desk = desk.clone();
        use_effect_with((state.link.clone(), state.lost_workers), move |(link, _)| {
            if let Some(link) = link {
                desk.unpack(link);
            }
        });
    }
    // It is in the state now, and what the address says would soon be another one. In a frame nothing else has it.
    let opened = state.opened > 0 && !state.embed;
    use_effect_with((opened, state.opened), |(opened, _)| {
        if *opened {
            platform::forget_link();
        }
    });
    let share = question.map(|request| Share {
        request,
        choices: state.choices.clone(),
        file: state.file.as_ref().map(|file| file.name.to_string()),
        address: platform::address(),
        lang: state.lang,
    });
    let desk = desk.clone();
    use_effect_with((share, state.lost_workers), move |(share, _)| {
        if let Some(mut share) = share.clone() {
            share.request = timed(share.request, share.choices.render.clock());
            desk.ask_aside(Aside::Work, move |_| ToWorker::Share(Box::new(share)));
        }
    });
}

/// Hands over what the user brings, once, and lets go of its addresses when it was read; and what is to be forgotten.
#[hook]
fn use_own(state: &State, desk: &Rc<Desk>) {
    {
        let desk = desk.clone();
        use_effect_with(state.own.coming.clone(), move |given| {
            let given = given.clone();
            if let Some(given) = &given {
                desk.bring((**given).clone());
            }
            move || {
                for (_, url) in given.iter().flat_map(|given| &given.files) {
                    let _ = Url::revoke_object_url(url);
                }
            }
        });
    }
    let desk = desk.clone();
    use_effect_with(state.own.forgotten.clone(), move |forgotten| {
        for id in forgotten {
            desk.forget(id);
        }
    });
}
