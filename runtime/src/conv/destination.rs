//! Where the sums of tiles go: into an image, or spread over all that their positions look at.

use super::Float;
use super::options::Layout;
use super::plan::Run;
use super::tile::transpose;

/// Where the sums of one group of one image go.
pub(crate) enum Destination<'a, T> {
    /// Each to its place and output.
    Image {
        /// All channels of the image, or as many as there are sums for, at the places that there are sums for.
        image: &'a mut [T],
        layout: Layout,
        /// How far a channel, or with the channels last a place, is from the next.
        apart: usize,
        /// The group's first channel in it.
        first: usize,
        /// Where each position stands in the image, unless position is place.
        places: Option<&'a [usize]>,
    },
    /// The outputs of a position are added to the runs that it looks at in a copy of an image.
    Spread {
        copy: &'a mut [T],
        bases: &'a [usize],
        runs: &'a [Run],
    },
}

impl<T: Float> Destination<'_, T> {
    /// Takes the sums of positions from `from` on, for `there` outputs after `output`.
    #[inline(always)]
    pub fn take<const N: usize>(
        &mut self,
        from: usize,
        output: usize,
        there: usize,
        sums: &[[T; N]],
    ) {
        match self {
            Destination::Image {
                image,
                layout: Layout::ChannelsFirst,
                apart,
                first,
                places,
            } => {
                let plane = *apart;
                let channels = &mut image[(*first + output) * plane..][..there * plane];
                match places {
                    None => transpose(
                        sums.as_flattened(),
                        N,
                        &mut channels[from..],
                        plane,
                        sums.len(),
                        there,
                    ),
                    Some(places) => {
                        for (o, channel) in channels.chunks_exact_mut(plane).enumerate() {
                            for (place, sums) in places[from..].iter().zip(sums) {
                                channel[*place] = sums[o];
                            }
                        }
                    }
                }
            }
            Destination::Image {
                image,
                layout: Layout::ChannelsLast,
                apart,
                first,
                places,
            } => {
                let channel = *first + output;
                for (i, sums) in sums.iter().enumerate() {
                    let place = match places {
                        None => from + i,
                        Some(places) => places[from + i],
                    };
                    let to = &mut image[place * *apart + channel..][..there];
                    // Of a length that is known, in the common case.
                    match to.first_chunk_mut::<N>() {
                        Some(to) => *to = *sums,
                        None => to.copy_from_slice(&sums[..there]),
                    }
                }
            }
            Destination::Spread { copy, bases, runs } => {
                for run in *runs {
                    let low = run.start.max(output);
                    let high = (run.start + run.len).min(output + there);
                    if low >= high {
                        continue;
                    }
                    let offset = run.offset + low - run.start;
                    for (base, sums) in bases[from..].iter().zip(sums) {
                        let to = &mut copy[base + offset..][..high - low];
                        for (to, sum) in to.iter_mut().zip(&sums[low - output..]) {
                            *to += *sum;
                        }
                    }
                }
            }
        }
    }
}
