"""Words that were cut at a length or read in the wrong encoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebug.derive.identifiers import TOKEN

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column
    from mldebug.derive.word_counts import WordCounts

CONTROLS = "\u0080-\u009f"
HIGH = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ™š›œžŸ¡-¿" + CONTROLS
"""What the second byte of a UTF-8 character looks like in cp1252 or Latin-1, but for the quotes and
dashes that stand after letters in honest text."""
GARBLED = "|".join(
    (
        "\ufffd",
        f"Ã[{HIGH}]",
        "Â[\u00a0-¿]",
        f"â€[{HIGH}“”‘’–—˜•]",
        f"(?:[ÐÑ][{HIGH}\u00a0“”‘’–—˜•°-¿]){{2}}",
        "ï»¿|ï¿½",
    )
)
"""é, £, quotes, Cyrillic and byte order marks of UTF-8 that were read as cp1252 or Latin-1."""

SHORTEST_CUT = 10
CHANCE_AT_A_LIMIT, CHANCE = 1e-5, 1e-8
FEWEST_CUT = 2
WINDOW = 0.1
"""The lengths below the longest that tell how many values end at a length: this share of it."""
FEWEST_OTHERS, FEWEST_LENGTHS = 20, 5
TOKENS = 0.5
LOOKED_AT = 2_000
PUNCTUATION = ".,;:!?()[]{}\"'“”‘’…"


def garbled(column: Column) -> np.ndarray:
    """Which words of a coded column's dictionary hold characters of another encoding, dtype bool."""
    import numpy as np
    import pyarrow.compute as pc

    words = column.data.chunk(0).dictionary
    return np.array(pc.match_substring_regex(words, GARBLED).to_pylist(), dtype=bool)


def cut_short(column: Column, held: WordCounts) -> tuple[int, np.ndarray]:
    """The length at which words were cut, and which words of the dictionary have it, dtype bool.

    Notes
    -----
    Texts count once each, whatever their rows. The longest length is a cut if the texts that have
    it are more than the density just below explains and end within a word more often than others:
    the Poisson tail of the one times the binomial tail of the other is under `CHANCE_AT_A_LIMIT`
    at a customary limit, `CHANCE` elsewhere. The other lengths must be spread, and most of the
    texts no tokens, which have one length by nature. O(k) for k texts.
    """
    import numpy as np
    import pyarrow.compute as pc

    from mldebug.stats.intervals import poisson_tail

    none = 0, np.zeros(len(held.words), dtype=bool)
    there = held.counts > 0
    if there.sum() < FEWEST_OTHERS:
        return none
    lengths = np.array(pc.utf8_length(column.data.chunk(0).dictionary).to_pylist(), dtype=np.int64)
    longest = int(lengths[there].max())
    at = there & (lengths == longest)
    others = lengths[there & ~at]
    if longest < SHORTEST_CUT or int(at.sum()) < FEWEST_CUT:
        return none
    if len(others) < FEWEST_OTHERS or len(np.unique(others)) < FEWEST_LENGTHS:
        return none
    window = max(round(WINDOW * longest), 2)
    density = (int(np.sum(others >= longest - window)) + 1) / window
    chance = CHANCE_AT_A_LIMIT if _is_limit(longest) else CHANCE
    piled = poisson_tail(int(at.sum()), density)
    if piled * _broken_off(held, at, there & ~at) >= chance:
        return none
    tokens = sum(_is_token(held.words[one]) for one in np.flatnonzero(at))
    return none if tokens > TOKENS * int(at.sum()) else (longest, at)


def _broken_off(held: WordCounts, at: np.ndarray, others: np.ndarray) -> float:
    """The chance that so many of these texts end in a word that no text holds elsewhere.

    Judged by how often the other texts do; 1 where texts are single words.
    """
    import numpy as np

    from mldebug.stats.intervals import binomial_tail

    these, those = (_spread(np.flatnonzero(which)) for which in (at, others))
    tokens = [held.words[one].casefold().split() for one in those]
    known = {word.strip(PUNCTUATION) for text in tokens for word in text[:-1]}
    unknown = sum(_ends_unknown(text, known) for text in tokens)
    broken = sum(_ends_unknown(held.words[one].casefold().split(), known) for one in these)
    return binomial_tail(broken, len(these), (unknown + 1) / (len(tokens) + 1)) if known else 1.0


def _spread(places: np.ndarray) -> np.ndarray:
    """At most `LOOKED_AT` of these, evenly spread."""
    return places[:: -(-len(places) // LOOKED_AT)]


def _ends_unknown(tokens: list[str], known: set[str]) -> bool:
    return len(tokens) > 1 and tokens[-1].strip(PUNCTUATION) not in known


def _is_limit(length: int) -> bool:
    """Whether a field may well have this length: a multiple of 5, a power of 2 or one less."""
    return length % 5 == 0 or bool({length, length + 1} & {2**power for power in range(4, 17)})


def _is_token(word: str) -> bool:
    return bool(TOKEN.match(word)) and any(letter.isdigit() for letter in word)
