"""Just enough SQL to route a statement: what kind it is, where its own data begins, what only a local client may do.

The engine parses everything again and validates the syntax. But it is built as a local client: it would run several
statements at once, write INTO OUTFILE, print in another FORMAT, or end the whole process on SYSTEM SHUTDOWN.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Final

from embedded.gateway.errors import NOT_IMPLEMENTED, SYNTAX_ERROR, TOO_BIG_AST, GatewayError
from embedded.gateway.tokens import Token, assignments_in, bare, split_at_commas, tokenize

_REFUSED: Final = {
    ("SYSTEM", "SHUTDOWN"): "would stop the gateway; stop its process instead",
    ("SYSTEM", "KILL"): "would stop the gateway; stop its process instead",
    ("SYSTEM", "SUSPEND"): "would halt the gateway for every client",
    ("INTO", "OUTFILE"): "writes on the client's side; write the result of the query yourself",
    ("FROM", "INFILE"): "reads on the client's side; send the rows as data",
    ("WITH", "TOTALS"): "has a second result that the gateway does not carry; use WITH ROLLUP",
}
_ONE_STATEMENT: Final = "Syntax error (Multi-statements are not allowed): send one statement a query."
_PLAIN_NAMES: Final = "The column list of an INSERT must be plain names; write the names out."
_MAX_TOKENS: Final = 500_000
_SELECTS: Final = frozenset({"SELECT", "WITH", "FROM", "(", "VALUES"})


@dataclass(frozen=True, slots=True)
class InsertTarget:
    """An INSERT whose rows follow as blocks: the table as written, and the columns it names (None: all)."""

    table: str
    columns: tuple[str, ...] | None
    column_list: str
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statement:
    """`kind` is the first keyword; `text` goes to the engine. `assignments` are those of a SET, as SQL literals.

    `mentioned`: its words, names and string literals in upper case, without quotes.
    """

    kind: str
    text: str
    insert: InsertTarget | None = None
    assignments: dict[str, str] = field(default_factory=dict)
    mentioned: frozenset[str] = frozenset()

    @property
    def selects(self) -> bool:
        """Its result may be streamed."""
        return self.kind in _SELECTS


def parse(text: str) -> Statement:
    """Route one statement. GatewayError 62 for none or several, 48 for what the gateway refuses."""
    if _first_word(text) == "INSERT":
        return _parse_insert(text)
    tokens = _single(_bounded(tokenize(text)))
    _refuse(tokens)
    assignments = assignments_in(text, tokens[1:]) if tokens[0].text == "SET" else {}
    mentioned = frozenset(bare(token.text).upper() for token in tokens if token.kind != "mark")
    return Statement(tokens[0].text, _without_format(text, tokens), assignments=assignments, mentioned=mentioned)


def _bounded(tokens: Iterator[Token]) -> list[Token]:
    found = list(islice(tokens, _MAX_TOKENS))
    if len(found) == _MAX_TOKENS:
        raise GatewayError(
            TOO_BIG_AST, f"The statement has more than {_MAX_TOKENS} words; send long lists as an external table."
        )
    return found


def _first_word(text: str) -> str:
    first = next(tokenize(text), None)
    return first.text if first else ""


def _single(tokens: list[Token]) -> list[Token]:
    ends = [index for index, token in enumerate(tokens) if token.text == ";"]
    body = tokens[: ends[0]] if ends else tokens
    if not body:
        raise GatewayError(SYNTAX_ERROR, "Empty query.")
    if len(tokens) - len(body) > len(ends):
        raise GatewayError(SYNTAX_ERROR, _ONE_STATEMENT)
    return body


def _refuse(tokens: Sequence[Token]) -> None:
    for first, second in pairwise(tokens):
        reason = _REFUSED.get((first.text, second.text))
        if reason and first.kind == second.kind == "word":
            raise GatewayError(NOT_IMPLEMENTED, f"{first.text} {second.text} is refused: it {reason}.")
    if len(tokens) == 1 and tokens[0].text in {"EXIT", "QUIT"}:
        raise GatewayError(SYNTAX_ERROR, "Syntax error: EXIT is a command of the interactive client.")


def _without_format(text: str, tokens: Sequence[Token]) -> str:
    """Cut `FORMAT name` from the end: over the native protocol results are always blocks."""
    end = tokens[-1].end
    for index in range(len(tokens) - 1):
        after = tokens[index + 2].text if index + 2 < len(tokens) else ""
        if tokens[index].text == "FORMAT" and tokens[index + 1].kind == "word" and after in {"", "SETTINGS"}:
            return text[: tokens[index].start] + text[tokens[index + 1].end : end]
    return text[:end]


def _parse_insert(text: str) -> Statement:
    """The head of an INSERT up to VALUES or FORMAT; what comes after it may be data in any shape, so is not read."""
    stream = tokenize(text)
    head: list[Token] = []
    depth = 0
    for token in islice(stream, _MAX_TOKENS):
        depth += (token.text == "(") - (token.text == ")")
        if not depth and token.kind == "word" and token.text in {"VALUES", "FORMAT"}:
            return _insert_with_data(text, head, token, stream)
        head.append(token)
    head = _single(_bounded(iter(head)))
    _refuse(head)
    return Statement("INSERT", text[: head[-1].end])


def _outside(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens outside brackets, and the closing brackets."""
    depth = 0
    for token in tokens:
        depth += token.text == "("
        depth -= token.text == ")"
        if not depth:
            yield token


def _insert_with_data(text: str, head: list[Token], marker: Token, rest: Iterator[Token]) -> Statement:
    """VALUES may also be a table function after SELECT; rows may stand in the statement itself."""
    _refuse(head)
    if marker.text == "FORMAT":
        next(rest, None)
    brings_rows = _ends_after_one(rest) if marker.text == "VALUES" else any(token.text != ";" for token in rest)
    if brings_rows or any(token.text in {"SELECT", "WITH"} for token in _outside(head)):
        return Statement("INSERT", text)
    return Statement("INSERT", text, _target(text, head))


def _ends_after_one(rest: Iterator[Token]) -> bool:
    """Whether anything stands before the end of the statement; GatewayError 62 when something stands after it."""
    something = ended = False
    for token in rest:
        if token.text == ";":
            ended = True
        elif ended:
            raise GatewayError(SYNTAX_ERROR, _ONE_STATEMENT)
        else:
            something = True
    return something


def _target(text: str, head: list[Token]) -> InsertTarget:
    """INSERT [INTO] [TABLE] name [(columns)] [SETTINGS …]"""
    table, tail = _table_and_tail(head)
    listed, rest = _bracketed(tail)
    return InsertTarget(
        table=text[table[0].start : table[-1].end],
        columns=_column_names(text, listed) if listed else None,
        column_list=f"({text[listed[0].start : listed[-1].end]})" if listed else "",
        settings=assignments_in(text, rest[1:]),
    )


def _table_and_tail(head: list[Token]) -> tuple[list[Token], list[Token]]:
    body = head[1:]
    at = next((index for index, token in enumerate(body) if token.text in {"(", "SETTINGS"}), len(body))
    table, tail = body[:at], body[at:]
    for keyword in ("INTO", "TABLE"):
        if table and table[0].text == keyword:
            table = table[1:]
    if not table:
        raise GatewayError(SYNTAX_ERROR, "Syntax error: INSERT INTO needs a table name.")
    if table[0].text == "FUNCTION":
        raise GatewayError(
            NOT_IMPLEMENTED, "Rows can be inserted into a table only: INSERT INTO name (columns) VALUES."
        )
    return table, tail


def _bracketed(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """What stands in the brackets that come first, if any, and what follows them."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        if not depth:
            return tokens[1:index], tokens[index + 1 if index else 0 :]
    return [], tokens


def _column_names(text: str, tokens: Sequence[Token]) -> tuple[str, ...] | None:
    """Names with quotes removed; `n.a` of a Nested column is one name. None for `(*)`."""
    if [token.text for token in tokens] == ["*"]:
        return None
    names = []
    for part in split_at_commas(tokens):
        if any(token.kind not in {"word", "name"} and token.text != "." for token in part):
            raise GatewayError(NOT_IMPLEMENTED, _PLAIN_NAMES)
        names.append("".join(bare(text[token.start : token.end]) for token in part))
    return tuple(names)
