//! One axis for lists of token ids that are not the same: which tokens of the lists stand in one column.
//!
//! The lists are taken one after the other. Each is compared with the axis so far by the shortest edit script (Myers,
//! "An O(ND) difference algorithm", 1986); what it shares stands in the columns that are there, tokens that stand in
//! for others stand in their columns, and what only it has makes new ones.

use std::ops::Range;

/// No token of a list stands in the column.
pub const ABSENT: u32 = u32::MAX;

/// Edits within which a stretch is compared exactly. Past it, the best beginning found is kept and the search starts
/// again there.
const MOST_EDITS: usize = 1024;
/// The same, once a comparison has done [`MOST_STEPS`].
const FEW_EDITS: usize = 64;
/// Steps of the search, of a comparison of two lists.
const MOST_STEPS: usize = 4_000_000;

/// Which tokens stand in one column.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Axis {
    /// For each column the list that made it and the token there.
    pub(super) makers: Vec<(u32, u32)>,
    /// For each list and each column the token that stands there, [`ABSENT`] where none does.
    pub(super) places: Vec<Vec<u32>>,
}

/// The axis of some lists.
pub(super) fn axis(lists: &[&[u32]]) -> Axis {
    let mut ids: Vec<u32> = Vec::new();
    let mut axis = Axis::default();
    for (number, list) in lists.iter().enumerate() {
        let mut order = Vec::with_capacity(ids.len());
        let mut place = Vec::with_capacity(ids.len());
        let (mut column, mut token) = (0, 0);
        let shared = common(&ids, list);
        // A last, empty stretch takes in what is left of both.
        for (columns, tokens) in shared.into_iter().chain([(ids.len()..ids.len(), list.len()..list.len())]) {
            let both = (columns.start - column).min(tokens.start - token);
            for at in column..columns.start {
                order.push(Some(at));
                place.push(if at - column < both { (token + at - column) as u32 } else { ABSENT });
            }
            for at in token + both..tokens.start {
                order.push(None);
                place.push(at as u32);
            }
            for (at, of) in columns.clone().zip(tokens.clone()) {
                order.push(Some(at));
                place.push(of as u32);
            }
            (column, token) = (columns.end, tokens.end);
        }
        let old = |values: &[u32], at: &Option<usize>| at.map_or(ABSENT, |at| values[at]);
        for values in &mut axis.places {
            *values = order.iter().map(|at| old(values, at)).collect();
        }
        axis.makers = order
            .iter()
            .zip(&place)
            .map(|(at, token)| at.map_or((number as u32, *token), |at| axis.makers[at]))
            .collect();
        ids = order
            .iter()
            .zip(&place)
            .map(|(at, token)| at.map_or_else(|| list[*token as usize], |at| ids[at]))
            .collect();
        axis.places.push(place);
    }
    axis
}

/// Stretches that both lists have, in order: where they stand in `a` and in `b`.
fn common(a: &[u32], b: &[u32]) -> Vec<(Range<usize>, Range<usize>)> {
    let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let mut found = vec![(0..head, 0..head)];
    let (end_a, end_b) = (a.len() - tail, b.len() - tail);
    let (mut x, mut y) = (head, head);
    let mut steps = 0;
    while x < end_a && y < end_b {
        let edits = if steps < MOST_STEPS { MOST_EDITS } else { FEW_EDITS };
        let (stretches, (to_x, to_y)) = beginning(&a[x..end_a], &b[y..end_b], edits, &mut steps);
        found.extend(stretches.into_iter().map(|(at, of, n)| (x + at..x + at + n, y + of..y + of + n)));
        (x, y) = (x + to_x, y + to_y);
    }
    found.push((end_a..a.len(), end_b..b.len()));
    found.retain(|(columns, _)| !columns.is_empty());
    found
}

/// Where a stretch begins in both lists, and its length.
type Stretch = (usize, usize, usize);

/// The stretches that the two lists share up to the point reached, and that point: the ends of both, or the furthest one
/// within so many edits.
fn beginning(old: &[u32], new: &[u32], most: usize, steps: &mut usize) -> (Vec<Stretch>, (usize, usize)) {
    let (old_end, new_end) = (old.len() as isize, new.len() as isize);
    let most = most.min(old.len() + new.len());
    let middle = most as isize + 1;
    // For each diagonal x - y the furthest x, after each number of edits.
    let mut furthest = vec![0_isize; 2 * most + 3];
    let mut trace: Vec<Vec<isize>> = Vec::new();
    let (mut best, mut best_edits, mut best_diagonal) = (0, 0, 0);
    let at = |diagonal: isize| (middle + diagonal) as usize;
    'search: for edits in 0..=most as isize {
        trace.push(furthest[at(-edits - 1)..=at(edits + 1)].to_vec());
        for diagonal in (-edits..=edits).step_by(2) {
            let (left, right) = (furthest[at(diagonal - 1)], furthest[at(diagonal + 1)]);
            let down = diagonal == -edits || (diagonal != edits && left < right);
            let mut x = if down { right } else { left + 1 };
            let mut y = x - diagonal;
            while x < old_end && y < new_end && y >= 0 && old[x as usize] == new[y as usize] {
                (x, y) = (x + 1, y + 1);
                *steps += 1;
            }
            *steps += 1;
            furthest[at(diagonal)] = x;
            if x <= old_end && y <= new_end && x + y > best {
                (best, best_edits, best_diagonal) = (x + y, edits, diagonal);
            }
            if x >= old_end && y >= new_end {
                break 'search;
            }
        }
    }
    let x = isize::midpoint(best, best_diagonal);
    (walk_back(&trace, best_edits, best_diagonal, x), (x as usize, (x - best_diagonal) as usize))
}

/// The stretches on the way to a point, found backwards from edit to edit.
fn walk_back(trace: &[Vec<isize>], edits: isize, diagonal: isize, end: isize) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let (mut diagonal, mut x) = (diagonal, end);
    for edits in (0..=edits).rev() {
        // `trace[edits]` holds the diagonals from -edits - 1 on.
        let before = |diagonal: isize| trace[edits as usize][(diagonal + edits + 1) as usize];
        let down = diagonal == -edits || (diagonal != edits && before(diagonal - 1) < before(diagonal + 1));
        let start = match (edits, down) {
            (0, _) => 0,
            (_, true) => before(diagonal + 1),
            (_, false) => before(diagonal - 1) + 1,
        };
        if x > start {
            stretches.push((start as usize, (start - diagonal) as usize, (x - start) as usize));
        }
        if edits > 0 {
            (diagonal, x) = if down { (diagonal + 1, start) } else { (diagonal - 1, start - 1) };
        }
    }
    stretches.reverse();
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<u32> {
        text.chars().map(u32::from).collect()
    }

    /// The lists under each other: `.` where a list has no token.
    fn drawn(texts: &[&str]) -> Vec<String> {
        let lists: Vec<_> = texts.iter().map(|text| ids(text)).collect();
        let axis = axis(&lists.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let draw = |(list, places): (&Vec<u32>, &Vec<u32>)| {
            let one =
                |at: &u32| if *at == ABSENT { '.' } else { char::from_u32(list[*at as usize]).unwrap() };
            places.iter().map(one).collect()
        };
        lists.iter().zip(&axis.places).map(draw).collect()
    }

    #[test]
    fn equal_lists_share_every_column() {
        assert_eq!(drawn(&["abc", "abc"]), ["abc", "abc"]);
        assert_eq!(drawn(&["", ""]), ["", ""]);
    }

    #[test]
    fn what_one_list_has_alone_makes_columns_of_its_own() {
        assert_eq!(drawn(&["xaby", "sysxaby"]), ["...xaby", "sysxaby"]);
        assert_eq!(drawn(&["sysxaby", "xaby"]), ["sysxaby", "...xaby"]);
        assert_eq!(drawn(&["abcd", "abTTcd", "abcTd"]), ["ab..c.d", "abTTc.d", "ab..cTd"]);
    }

    #[test]
    fn tokens_that_stand_in_for_others_stand_in_their_columns() {
        assert_eq!(drawn(&["ab12cd", "abXYZcd"]), ["ab12.cd", "abXYZcd"]);
        assert_eq!(drawn(&["ab123cd", "abXcd"]), ["ab123cd", "abX..cd"]);
    }

    #[test]
    fn every_token_stands_in_one_column_in_order_whatever_the_lists_are() {
        let mut seed = 7_u32;
        let mut next = |most: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) % most
        };
        for round in 0..300 {
            let lists: Vec<Vec<u32>> =
                (0..4).map(|_| (0..next(40)).map(|_| next(1 + round % 9)).collect()).collect();
            let axis = axis(&lists.iter().map(Vec::as_slice).collect::<Vec<_>>());
            for (list, places) in lists.iter().zip(&axis.places) {
                let placed: Vec<u32> = places.iter().copied().filter(|at| *at != ABSENT).collect();
                assert_eq!(placed, (0..list.len() as u32).collect::<Vec<_>>());
                assert_eq!(places.len(), axis.makers.len());
            }
        }
    }

    #[test]
    fn the_shortest_edit_script_is_found() {
        let shared =
            |a: &str, b: &str| common(&ids(a), &ids(b)).iter().map(|(at, _)| at.len()).sum::<usize>();
        assert_eq!(shared("abcabba", "cbabac"), 4);
        assert_eq!(shared("xyz", "abc"), 0);
        assert_eq!(shared("axbxcx", "abc"), 3);
    }

    #[test]
    fn long_lists_that_share_nothing_or_little_come_to_an_end() {
        let a: Vec<u32> = (0..60_000).collect();
        let b: Vec<u32> = (60_000..120_000).collect();
        assert_eq!(common(&a, &b), []);
        let c: Vec<u32> = (0..60_000).map(|at| if at % 7 == 0 { at + 200_000 } else { at }).collect();
        let shared: usize = common(&a, &c).iter().map(|(at, _)| at.len()).sum();
        assert_eq!(shared, a.iter().zip(&c).filter(|(a, c)| a == c).count());
    }
}
