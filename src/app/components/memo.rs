//! A part that is drawn from its properties alone, and drawn again only when they change.
//!
//! For Yew each component is a type of its own, with some kilobytes of code that drive it. Parts share one component instead:
//! they are functions from their properties, [`memo`] where they have no hooks and [`hooked`] where they have some.

use std::any::Any;
use std::rc::Rc;

use yew::functional::HookContext;
use yew::prelude::*;

/// Properties and what draws them.
trait Part {
    fn draw(&self, context: &mut HookContext) -> Html;
    fn is_like(&self, other: &dyn Part) -> bool;
    fn as_any(&self) -> &dyn Any;
}

/// The function that draws a part.
enum Draw<P> {
    Plain(fn(&P) -> Html),
    Hooked(fn(&P, &mut HookContext) -> Html),
}

impl<P> Draw<P> {
    fn address(&self) -> usize {
        match self {
            Self::Plain(draw) => *draw as usize,
            Self::Hooked(draw) => *draw as usize,
        }
    }
}

struct With<P> {
    props: P,
    draw: Draw<P>,
}

impl<P: PartialEq + 'static> Part for With<P> {
    fn draw(&self, context: &mut HookContext) -> Html {
        match self.draw {
            Draw::Plain(draw) => draw(&self.props),
            Draw::Hooked(draw) => draw(&self.props, context),
        }
    }

    fn is_like(&self, other: &dyn Part) -> bool {
        other
            .as_any()
            .downcast_ref::<Self>()
            .is_some_and(|other| other.draw.address() == self.draw.address() && other.props == self.props)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[derive(Clone, Properties)]
struct Props {
    part: Rc<dyn Part>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        self.part.is_like(&*other.part)
    }
}

/// The hooks of a part, run in the component that stands for it.
struct Drawn<'a>(&'a dyn Part);

impl Hook for Drawn<'_> {
    type Output = Html;

    fn run(self, context: &mut HookContext) -> Html {
        self.0.draw(context)
    }
}

fn use_drawn(part: &dyn Part) -> Drawn<'_> {
    Drawn(part)
}

#[component]
fn Memo(props: &Props) -> Html {
    use_drawn(&*props.part)
}

/// Draws a part without hooks, and again only when its properties are others.
pub(crate) fn memo<P: PartialEq + 'static>(props: P, draw: fn(&P) -> Html) -> Html {
    let part: Rc<dyn Part> = Rc::new(With { props, draw: Draw::Plain(draw) });
    html! { <Memo {part} /> }
}

/// Draws a part with hooks, and again only when its properties are others or a hook asks for it.
///
/// A part keeps its hooks as long as it stands in its place. Another part in the same place must not inherit them, so the
/// function that draws is the key: two siblings among siblings that all have keys can't be the same part.
pub(crate) fn hooked<P: PartialEq + 'static>(props: P, draw: fn(&P, &mut HookContext) -> Html) -> Html {
    listed(draw as usize, props, draw)
}

/// The same for a part of a list of such parts, each with a key of its own.
pub(crate) fn listed<P: PartialEq + 'static>(
    key: usize,
    props: P,
    draw: fn(&P, &mut HookContext) -> Html,
) -> Html {
    let part: Rc<dyn Part> = Rc::new(With { props, draw: Draw::Hooked(draw) });
    html! { <Memo {key} {part} /> }
}
