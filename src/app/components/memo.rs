//! A part of the page that is drawn from its properties alone, and drawn again only when they change.
//!
//! For Yew each component is a type of its own, with some kilobytes of code that drive it. Those that have no hooks share
//! this one: they are functions from their properties, and [`memo`] keeps them from being called when nothing changed.

use std::any::Any;
use std::rc::Rc;

use yew::prelude::*;

/// Properties and what draws them.
trait Part {
    fn draw(&self) -> Html;
    fn is_like(&self, other: &dyn Part) -> bool;
    fn as_any(&self) -> &dyn Any;
}

struct With<P> {
    props: P,
    draw: fn(&P) -> Html,
}

impl<P: PartialEq + 'static> Part for With<P> {
    fn draw(&self) -> Html {
        (self.draw)(&self.props)
    }

    fn is_like(&self, other: &dyn Part) -> bool {
        other
            .as_any()
            .downcast_ref::<Self>()
            .is_some_and(|other| std::ptr::fn_addr_eq(self.draw, other.draw) && other.props == self.props)
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

#[component]
fn Memo(props: &Props) -> Html {
    props.part.draw()
}

/// Draws a part, and again only when its properties are others.
pub(crate) fn memo<P: PartialEq + 'static>(props: P, draw: fn(&P) -> Html) -> Html {
    let part: Rc<dyn Part> = Rc::new(With { props, draw });
    html! { <Memo {part} /> }
}
