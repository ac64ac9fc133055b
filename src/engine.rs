//! The one function every face calls: [`Request`] ▶ [`Report`].
