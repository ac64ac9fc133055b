//! What the state becomes when the worker has said something.

use std::rc::Rc;

use super::{Asides, Loading, State, Worker};
use crate::app::wire::FromWorker;
use crate::bilingual::Bilingual;
use crate::engine::EMBEDDED;

impl State {
    /// Takes what the worker said.
    pub(super) fn hear(&mut self, message: FromWorker) {
        match message {
            FromWorker::Hello(hello) => {
                self.worker = Worker::Running;
                self.hello = Rc::new(hello);
            }
            FromWorker::Indexed { rows, share, done } => {
                if let Some(file) = &mut self.file {
                    (file.rows, file.share, file.done) = (rows, share, done);
                }
            }
            FromWorker::Row(row, text) => {
                if let Some(text) = self.file.as_mut().and_then(|file| file.take(row, &text)) {
                    self.replace_text(text);
                }
            }
            FromWorker::Decoded(encoding) => {
                self.notice = Some(Bilingual::new(
                    format!(
                        "The file isn’t UTF-8 and was read as {encoding}. Where words look wrong, save it as UTF-8 and open it again."
                    ),
                    format!(
                        "文件不是 UTF-8，已按 {encoding} 读取。若有文字显示不对，请另存为 UTF-8 后重新打开。"
                    ),
                ));
            }
            FromWorker::NoFile(why) => {
                let name = self.file.take().map(|file| file.name).unwrap_or_default();
                let hint = why.hint.unwrap_or_else(|| Bilingual::fixed("", ""));
                self.notice = Some(Bilingual::new(
                    format!("{name}: {}. {}.", why.message.en, hint.en),
                    format!("{name}：{}。{}。", why.message.zh, hint.zh),
                ));
            }
            FromWorker::Report(_, report, took) => {
                let mut report = *report;
                report.complete(self.report.as_deref());
                let report = Rc::new(report);
                if report.has_outcome() {
                    self.last_good = Some(report.clone());
                }
                self.report = Some(report);
                self.took = took;
                self.waiting = false;
                self.worker = Worker::Running;
                self.drop_lost_tokens();
            }
            FromWorker::Compared(_, comparison, _) => self.comparison = Some(Rc::new(*comparison)),
            FromWorker::Sheet(_, sheet) => self.template.take(*sheet),
            FromWorker::Inspected(_, found) => self.template.inspection = Some(Rc::new(*found)),
            FromWorker::Batched(_, batches, _) => self.batches = Some(Rc::new(*batches)),
            FromWorker::Lab(material) => {
                // The same samples again are no reason to forget what was trained.
                if self.lab.material.as_deref() != Some(&material) {
                    self.lab.material = Some(material.into());
                }
            }
            FromWorker::Made(work, made) => self.made = Some((work, Rc::new(*made))),
            FromWorker::Shared(shared) => self.shared = Some(shared.into()),
            FromWorker::Past(list) => self.past.list = Some(list.into()),
            FromWorker::Unpacked(unpacked) => self.hear_unpacked(*unpacked),
            FromWorker::Loading(id, loaded, total) => {
                self.tokenizers.insert(id, Loading::Coming(loaded, total));
            }
            FromWorker::Loaded(id, entries) => {
                self.tokenizers.insert(id, Loading::Ready(entries));
            }
            FromWorker::Failed(id, why) => {
                if id == self.choices.tokenizer {
                    // The page goes on with the tokenizer that needs no network.
                    EMBEDDED.clone_into(&mut self.choices.tokenizer);
                    self.notice = Some(Bilingual::new(
                        format!("{}. The built-in tokenizer is used instead.", why.message.en),
                        format!("{}。已改用内置分词器。", why.message.zh),
                    ));
                }
                self.tokenizers.insert(id, Loading::Failed(Rc::new(why)));
            }
            FromWorker::Lesson(words) => self.lesson.words = Some(words.into()),
            FromWorker::Kept(kept) => self.hear_kept(&kept),
            FromWorker::Brought(brought) => self.hear_brought(brought),
            FromWorker::Died(_) => {
                self.waiting = false;
                self.asides = Asides::default();
            }
            // The desk's matter.
            FromWorker::Parked(_) => {}
        }
    }
}
