"""spaCy's greedy entity decoder, all tokens of a batch at once.

Why not spaCy's: its state machine takes Python's global lock several times per token and class (C++ methods compiled
with exception checks), which costs more than the neural network itself. Outside of an entity the model looks at the
current token only, so one matrix product scores every token of the batch; the few tokens that open an entity are then
followed one by one. Same weights, same rules (spacy/pipeline/_parser_internals/ner.pyx), same entities:
tests/nlp/test_ner_decoder.py compares both.

It holds for what it checks in `supports`: a greedy model with three features per state and an upper layer, on fresh
docs (no preset entities, no sentence starts).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IS_SPACE

Floats = NDArray[np.float32]
Found = tuple[int, int, str]  # first token, token after the last, label
_FEATURES = 3  # current token, first token of the open entity, token before the current one if inside


class BulkDecoder:
    """Finds the entities of docs with the weights of a spaCy `ner` component."""

    def __init__(self, ner: Any) -> None:
        self._tok2vec = ner.model.get_ref("tok2vec")
        self._lower = ner.model.get_ref("lower")
        upper = ner.model.get_ref("upper")
        self._weights: Floats = upper.get_param("W")
        self._bias: Floats = upper.get_param("b")
        self._hidden_bias: Floats = self._lower.get_param("b")
        # Not `ner.move_names`: that list leaves out the label-less "U-", which shifts every number after it.
        moves: list[str] = [ner.moves.get_class_name(number) for number in range(len(self._bias))]
        self._class = {move: number for number, move in enumerate(moves)}
        self._outside = self._class["O"]
        self._closed = np.array([n for n, m in enumerate(moves) if m == "O" or (m[0] in "BU" and len(m) > 2)])
        self._closed_moves = [moves[n] for n in self._closed]
        self._singles = np.array([move[0] != "B" for move in self._closed_moves])
        self._closed_outside = self._closed_moves.index("O")

    @staticmethod
    def supports(ner: Any) -> bool:
        """Whether this decoder's assumptions hold for the component."""
        attributes = ner.model.attrs
        greedy = ner.cfg["beam_width"] == 1 and attributes["has_upper"] and not attributes["unseen_classes"]
        return bool(greedy and ner.model.get_ref("lower").get_dim("nF") == _FEATURES)

    def find(self, docs: Sequence[Any]) -> list[list[Found]]:
        """For each doc its entities in order; docs must not be empty."""
        cached: Floats = self._lower.predict(self._tok2vec.predict(docs))
        padding, features = cached[0], cached[1:]
        choices = self._choices_outside(docs, features, padding)
        found, first = [], 0
        for doc in docs:
            rows = slice(first, first + len(doc))
            found.append(self._follow(choices[rows], features[rows]))
            first += len(doc)
        return found

    def _choices_outside(self, docs: Sequence[Any], features: Floats, padding: Floats) -> NDArray[np.intp]:
        """For every token the best move (an index into the closed moves) if no entity is open there."""
        scores = self._scores(features[:, 0] + padding[1] + padding[2], self._closed)
        blank = np.concatenate([doc.to_array(IS_SPACE) for doc in docs]).astype(bool)
        last = np.cumsum([len(doc) for doc in docs]) - 1
        scores[np.ix_(last, ~self._singles)] = -np.inf  # the last token cannot begin what needs a second one
        choices: NDArray[np.intp] = scores.argmax(axis=1)
        choices[blank] = self._closed_outside  # nothing starts on whitespace
        return choices

    def _follow(self, choices: NDArray[np.intp], features: Floats) -> list[Found]:
        found: list[Found] = []
        position = 0
        for candidate in np.flatnonzero(choices != self._closed_outside).tolist():
            if candidate < position:
                continue  # inside the entity found before
            move = self._closed_moves[choices[candidate]]
            label = move[2:]
            position = candidate + 1 if move[0] == "U" else self._end(candidate, label, features)
            found.append((candidate, position, label))
        return found

    def _end(self, start: int, label: str, features: Floats) -> int:
        """The token after the entity's last one; the doc's last token always closes it."""
        moves = np.array([self._class[f"I-{label}"], self._class[f"L-{label}"]])
        for token in range(start + 1, len(features) - 1):
            state = features[token, 0] + features[start, 1] + features[token - 1, 2]
            inside, last = self._scores(state[np.newaxis], moves)[0]
            # Of equal scores spaCy takes the move with the lower number.
            if last > inside or (last == inside and moves[1] < moves[0]):
                return token + 1
        return len(features)

    def _scores(self, states: Floats, moves: NDArray[np.intp]) -> Floats:
        """Scores of the given moves (columns) for each state (rows of unmaxed hidden pieces)."""
        hidden = (states + self._hidden_bias).max(axis=-1)
        scores: Floats = hidden @ self._weights[moves].T + self._bias[moves]
        return scores
