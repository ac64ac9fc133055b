//! Coloured samples as a picture for papers and slides: text over a track that is solid where it is trained and hatched
//! where it is masked. Lines are broken at a width of [`WIDTH`]; a Chinese character takes two columns, and every box
//! says how wide its text is, so that another font moves nothing.

use std::fmt::Write;

use super::cells::{Cell, cells, put, trained, words};
use super::html::numbers;
use super::{Place, Request};
use crate::diagnostic::display_width;

/// How wide the picture is, in its own units.
const WIDTH: usize = 960;
const MARGIN: usize = 24;
/// A column of text, in tenths.
const COLUMN: usize = 84;
const LINE: usize = 34;
/// The columns of the longest text that fits a line.
const MOST_COLUMNS: usize = (WIDTH - 2 * MARGIN) * 10 / COLUMN;

const STYLE: &str = r##"<style>
text { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono", "Noto Sans Mono CJK SC", monospace; font-size: 14px; fill: #4b515a; white-space: pre; }
.on { fill: #05372a; font-weight: 700; }
.head { font-family: system-ui, sans-serif; fill: #222; }
</style>
<defs><pattern id="masked" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="4" height="4" fill="#f2f2f2"/><line x1="1" y1="0" x2="1" y2="4" stroke="#868d96" stroke-width="1"/></pattern></defs>
"##;

/// The picture.
pub(super) fn picture(request: &Request, places: &[Place<'_>]) -> String {
    let mut body = String::new();
    let mut y = MARGIN + 14;
    head(&["lossmask · ", &request.recipe, " · ", &request.tokenizer].concat(), y, &mut body);
    y += 24;
    legend(y, &mut body);
    y += 40;
    for place in places {
        let (all, on) = (place.sample.input_ids.len(), trained(place.sample));
        let (conversation, number) = (place.conversation + 1, place.number + 1);
        let title = format!(
            "Conversation {conversation} · sample {number}: {all} tokens, {on} trained, {} masked",
            all - on
        );
        head(&title, y, &mut body);
        y = tokens(place, y + 30, &mut body) + 48;
    }
    let height = y + MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" \
         role=\"img\">\n<title>"
    );
    words(&["lossmask: which tokens ", &request.recipe, " trains"].concat(), &mut svg);
    svg.push_str("</title>\n");
    svg.push_str(STYLE);
    let _ = writeln!(svg, "<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>");
    svg.push_str(&body);
    svg.push_str("</svg>\n");
    svg
}

fn head(text: &str, y: usize, to: &mut String) {
    let _ = write!(to, "<text class=\"head\" x=\"{MARGIN}\" y=\"{y}\">");
    words(text, to);
    to.push_str("</text>\n");
}

fn legend(y: usize, to: &mut String) {
    for (x, fill, name) in [(MARGIN, ON, "trained · 参与训练"), (MARGIN + 200, OFF, "masked · 被忽略")]
    {
        let _ = write!(to, "<rect x=\"{x}\" y=\"{}\" width=\"28\" height=\"6\" {fill}/>", y - 8);
        let _ = writeln!(to, "<text class=\"head\" x=\"{}\" y=\"{y}\">{name}</text>", x + 36);
    }
}

const ON: &str = "fill=\"#0a7a56\"";
const OFF: &str = "fill=\"url(#masked)\"";

/// Draws the tokens of a sample from the line at `y` on; the line they end on.
fn tokens(place: &Place<'_>, mut y: usize, to: &mut String) -> usize {
    let mut x = MARGIN * 10;
    for cell in cells(place.sample) {
        let text = fitted(&cell);
        let width = display_width(&text).max(1) * COLUMN;
        if x + width > (WIDTH - MARGIN) * 10 && x > MARGIN * 10 {
            x = MARGIN * 10;
            y += LINE;
        }
        let is_on = cell.weight > 0.0;
        to.push_str("<g><title>");
        to.push_str(&numbers(place, cell.tokens));
        to.push_str("</title><text x=\"");
        to.push_str(&tenths(x));
        let _ = write!(to, "\" y=\"{y}\" textLength=\"{}\" ", tenths(width));
        to.push_str(if is_on {
            "lengthAdjust=\"spacingAndGlyphs\" class=\"on\">"
        } else {
            "lengthAdjust=\"spacingAndGlyphs\">"
        });
        put(&text, to);
        to.push_str("</text><rect x=\"");
        to.push_str(&tenths(x));
        let _ = write!(to, "\" y=\"{}\" width=\"{}\" height=\"6\" ", y + 6, tenths(width));
        to.push_str(if is_on { ON } else { OFF });
        to.push_str("/></g>\n");
        x += width + 30;
        if cell.ends_line {
            x = MARGIN * 10;
            y += LINE;
        }
    }
    if x == MARGIN * 10 { y - LINE } else { y }
}

/// The text of a box, cut to what a line holds.
fn fitted(cell: &Cell) -> String {
    let text = if cell.text.is_empty() { "∅" } else { &cell.text };
    if display_width(text) <= MOST_COLUMNS {
        return text.to_owned();
    }
    let mut columns = 0;
    let mut cut: String = text
        .chars()
        .take_while(|c| {
            columns += display_width(c.encode_utf8(&mut [0; 4]));
            columns < MOST_COLUMNS
        })
        .collect();
    cut.push('…');
    cut
}

/// A length in tenths as a number.
fn tenths(length: usize) -> String {
    format!("{}.{}", length / 10, length % 10)
}
