//! The lab's worker without its worker: what it is told ▶ what it answers, in words, numbers and paths.
//!
//! Pure, so that it is tested natively. It works only while it is asked to, a slice at a time, so that a pause is heard at
//! once and a page that draws nothing trains nothing.
//!
//! | file | what is there |
//! | --- | --- |
//! | `about.rs` | what a run is about, and which settings were typed |
//! | `picture.rs` | the losses of a run ▶ two charts |
//! | `reading.rs` | the losses of a step ▶ a table, and what it means in this run |
//! | `strip.rs` | the tokens of a sample with what each costs, and the formula |
//! | `time.rs` | how long the loss takes, for measuring |
//! | `writing.rs` | what both models write, token by token |

use crate::app::i18n::Lang;
use crate::app::state::LabChoices;
use crate::app::wire::{FromLab, Material, RunView, ToLab};
use crate::diagnostic::Diagnostic;
use crate::lab;
use writing::Desk;

mod about;
mod picture;
mod reading;
mod strip;
#[cfg(test)]
mod tests;
mod time;
mod writing;

/// So long the worker works before it shows what it has, in milliseconds.
const SLICE_MS: f64 = 12.0;
/// A run lasts for at least so many pictures, so that it can be watched.
const PICTURES: usize = 120;
/// While training, the tokens are drawn anew with every so many pictures.
const TOKENS_EVERY: u32 = 10;

/// Two models, what they train on, and what the page shows of them.
#[derive(Default)]
pub struct Bench {
    lang: Lang,
    choices: LabChoices,
    material: Option<Material>,
    /// How large the models are; the choices have their say on the rest.
    settings: lab::Settings,
    lab: Option<lab::Lab>,
    /// Why there is no lab, or why it can't go on.
    failed: Option<Diagnostic>,
    /// Why nothing is written.
    complaint: Option<Diagnostic>,
    running: bool,
    /// The step after which it stops.
    until: usize,
    pictures: u32,
    /// Milliseconds that went into steps, and how many steps.
    spent: (f64, usize),
    /// Whether the tokens are to be drawn anew when there is time.
    look: bool,
    desk: Desk,
    /// What the page does not have yet.
    stale: Stale,
}

/// What must be sent again.
#[derive(Clone, Copy, Default)]
struct Stale {
    about: bool,
    run: bool,
    tokens: bool,
}

impl Stale {
    const ALL: Self = Self { about: true, run: true, tokens: true };
}

impl Bench {
    /// Does what it is told, works for a moment where there is something to do, and says what has changed. `now` is the time
    /// in milliseconds.
    pub fn hear(&mut self, message: ToLab, now: impl Fn() -> f64) -> FromLab {
        let (mut file, mut timed) = (None, None);
        match message {
            ToLab::Material(text) => match serde_json::from_str(&text) {
                Ok(material) => {
                    self.material = Some(material);
                    self.reset();
                }
                Err(error) => self.failed = Some(about::unreadable(&error.to_string())),
            },
            ToLab::Choices(lang, choices) => self.choose(lang, choices),
            ToLab::Run => self.start(),
            ToLab::Pause => self.stop(),
            ToLab::Step => {
                self.desk.stop();
                self.until = self.steps().0 + 1;
                self.running = self.lab.is_some();
                self.frame(now);
                self.stale.run = true;
            }
            ToLab::Reset => self.reset(),
            ToLab::Write => self.write(true),
            ToLab::Frame => self.frame(now),
            ToLab::Save(what) => file = self.save(&what),
            ToLab::Time(rows, words) => timed = time::loss(rows, words, now),
        }
        FromLab { file, timed, ..self.answer() }
    }

    fn choose(&mut self, lang: Lang, choices: LabChoices) {
        let old = std::mem::replace(&mut self.choices, choices);
        let new = &self.choices;
        let moved = LabChoices { at: new.at, ..old.clone() };
        if self.lang == lang && moved == *new {
            // The slider moves often, and the tokens are a lot to draw.
            self.stale.run = true;
            return;
        }
        if (&old.rate, &old.steps, &old.seed) != (&new.rate, &new.steps, &new.seed) {
            self.reset();
        } else if old.temperature != new.temperature || old.sample != new.sample {
            self.write(false);
        }
        self.lang = lang;
        self.stale = Stale::ALL;
        self.desk.stale = true;
    }

    /// Two new models.
    fn reset(&mut self) {
        (self.running, self.look) = (false, false);
        self.desk = Desk::default();
        self.desk.stale = true;
        self.stale = Stale::ALL;
        (self.lab, self.failed, self.complaint) = (None, None, None);
        if let Some(material) = &self.material {
            match about::start(material, self.settings, &self.choices) {
                Ok(lab) => self.lab = Some(lab),
                Err(why) => self.failed = Some(why),
            }
        }
    }

    fn start(&mut self) {
        if self.is_over() || self.failed.is_some() {
            self.reset();
        }
        (self.running, self.until) = (self.lab.is_some(), self.steps().1);
        (self.pictures, self.spent) = (0, (0.0, 0));
        self.desk.stop();
        self.stale = Stale { tokens: false, ..Stale::ALL };
    }

    /// Stops training, and then shows what both models are like; or stops the writing. What takes time comes later, so that
    /// the answer does not wait for it.
    fn stop(&mut self) {
        if self.running {
            (self.running, self.look) = (false, true);
            self.write(false);
        } else {
            self.desk.stop();
        }
        self.stale.run = true;
    }

    fn steps(&self) -> (usize, usize) {
        self.lab.as_ref().map_or((0, 0), |lab| (lab.records().len(), lab.settings().steps))
    }

    fn is_over(&self) -> bool {
        let (step, steps) = self.steps();
        self.lab.is_some() && step >= steps
    }

    /// A piece of a step of both models; whether it was the last of the step.
    fn work(&mut self) -> bool {
        let done = self.lab.as_mut().map_or(Ok(lab::Progress::Over), lab::Lab::work);
        match done {
            Ok(lab::Progress::Underway) => return false,
            Ok(lab::Progress::Step(record)) => {
                self.running = record.step < self.until && !self.is_over();
                return true;
            }
            Ok(lab::Progress::Over) => {}
            Err(why) => {
                self.failed = Some(why);
                self.stale.about = true;
            }
        }
        self.running = false;
        false
    }

    fn frame(&mut self, now: impl Fn() -> f64) {
        let start = now();
        if std::mem::take(&mut self.look) {
            self.stale.tokens = true;
            return;
        }
        if self.running {
            let most = (self.steps().1 / PICTURES).max(1);
            let mut made = 0;
            while self.running && made < most {
                made += usize::from(self.work());
                if now() - start > SLICE_MS {
                    break;
                }
            }
            self.spent = (self.spent.0 + now() - start, self.spent.1 + made);
            if made > 0 || !self.running {
                self.pictures += 1;
                self.stale.run = true;
                self.look = !self.running || self.pictures % TOKENS_EVERY == 1;
            }
            if self.is_over() || self.failed.is_some() {
                self.write(false);
            }
            return;
        }
        while let (true, Some(lab)) = (self.desk.is_busy(), &mut self.lab) {
            self.desk.write(lab);
            self.desk.stale = true;
            if now() - start > SLICE_MS {
                break;
            }
        }
    }

    /// Lays out what is to be written; with other draws where `anew`.
    fn write(&mut self, anew: bool) {
        self.desk.stale = true;
        let (Some(lab), Some(material)) = (&self.lab, &self.material) else { return };
        let sample = about::shown(lab, &self.choices);
        let result = self.desk.begin(lab, material, sample, &self.choices.temperature, anew);
        self.complaint = result.err();
        self.stale.about = true;
    }

    fn save(&self, what: &str) -> Option<(String, String, String)> {
        let records = self.lab.as_ref()?.records();
        let (kind, text) = if what == "svg" {
            ("image/svg+xml", lab::svg(records, self.lang.tag(), |words| self.lang.of(words)))
        } else {
            ("text/csv", lab::csv(records))
        };
        Some((format!("lossmask-lab.{what}"), kind.to_owned(), text))
    }

    fn answer(&mut self) -> FromLab {
        let stale = std::mem::take(&mut self.stale);
        let written = std::mem::take(&mut self.desk.stale).then(|| self.written());
        FromLab {
            busy: self.running || self.look || self.desk.is_busy(),
            about: stale.about.then(|| self.about()),
            run: stale.run.then(|| self.run()),
            tokens: if stale.tokens { Some(self.tokens()) } else { None },
            written,
            ..FromLab::default()
        }
    }

    fn run(&self) -> RunView {
        let (step, steps) = self.steps();
        let records = self.lab.as_ref().map_or(&[][..], lab::Lab::records);
        let at = self.choices.at.filter(|_| !self.running).map_or(step, |at| at.clamp(1.min(step), step));
        let (reads, lesson) = reading::of(self.lang, records, at, self.shares());
        RunView {
            running: self.running,
            step,
            steps,
            pace: self.spent.0 / self.spent.1.max(1) as f64,
            at,
            status: self.status(),
            charts: picture::charts(self.lang, records, steps, at),
            reads,
            lesson,
        }
    }

    fn status(&self) -> String {
        let (step, steps) = self.steps();
        let pick = |en: String, zh: String| if self.lang == Lang::En { en } else { zh };
        if self.lab.is_none() {
            String::new()
        } else if self.running {
            pick("training".to_owned(), "训练中".to_owned())
        } else if step == 0 {
            pick("not trained yet".to_owned(), "尚未训练".to_owned())
        } else if step >= steps {
            pick(format!("done after {steps} steps"), format!("{steps} 步训练完成"))
        } else {
            pick(format!("paused at step {step} of {steps}"), format!("已暂停：第 {step} 步，共 {steps} 步"))
        }
    }
}
