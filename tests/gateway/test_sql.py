"""Routing of statements: what is an insert with rows to come, what is refused, what is changed on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded.gateway.errors import GatewayError
from embedded.gateway.sql import InsertTarget, parse
from embedded.gateway.tokens import tokenize


@pytest.mark.parametrize(
    ("sql", "target"),
    [
        ("INSERT INTO t VALUES", InsertTarget("t", None, "")),
        ("insert into db.t (a, b) values ", InsertTarget("db.t", ("a", "b"), "(a, b)")),
        ("INSERT INTO `my db` . `t(1)` FORMAT Native;", InsertTarget("`my db` . `t(1)`", None, "")),
        ("INSERT t (n.a, `x``y`) VALUES", InsertTarget("t", ("n.a", "x`y"), "(n.a, `x``y`)")),
        (
            "INSERT INTO t (into, table, settings, with) VALUES",
            InsertTarget("t", ("into", "table", "settings", "with"), "(into, table, settings, with)"),
        ),
        ("INSERT INTO t (a) SETTINGS x = tuple(1, 2) VALUES", InsertTarget("t", ("a",), "(a)", {"x": "tuple(1, 2)"})),
        ("INSERT INTO t (*) VALUES", InsertTarget("t", None, "(*)")),
        (
            "INSERT INTO TABLE t SETTINGS a = 1, b = 'x, y' VALUES",
            InsertTarget("t", None, "", {"a": "1", "b": "'x, y'"}),
        ),
    ],
)
def test_an_insert_whose_rows_follow(sql, target):
    assert parse(sql).insert == target


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t VALUES (1)",
        "INSERT INTO t FORMAT CSV 1,2",
        "INSERT INTO t SELECT 1",
        "INSERT INTO t SELECT * FROM values('a UInt8', 1)",
        "INSERT INTO t WITH 1 AS x SELECT x FORMAT Native",
    ],
)
def test_an_insert_that_brings_its_own_rows_is_an_ordinary_statement(sql):
    statement = parse(sql)
    assert (statement.kind, statement.insert, statement.text) == ("INSERT", None, sql)


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        ("SELECT 1 FORMAT JSON", "SELECT 1 "),
        ("SELECT 1 format TSV SETTINGS a = 1;", "SELECT 1  SETTINGS a = 1"),
        ("SELECT format FROM t", "SELECT format FROM t"),
        ("SELECT 'x FORMAT JSON'", "SELECT 'x FORMAT JSON'"),
        ("SELECT 1 -- FORMAT JSON", "SELECT 1"),
        ("SELECT formatRow('CSV', 1) ;;", "SELECT formatRow('CSV', 1)"),
    ],
)
def test_the_format_clause_and_trailing_semicolons_are_cut(sql, sent):
    assert parse(sql).text == sent


@pytest.mark.parametrize(
    "harmless",
    [
        "SELECT 'SYSTEM SHUTDOWN'",
        "SELECT 1 /* ; SELECT 2 */",
        "SELECT `system`, shutdown FROM t",
        "SELECT $$a; SELECT 2$$",
        "SELECT 'it''s; \\'; x'",
        'SELECT 1 AS "into", outfile FROM t',
        "SYSTEM FLUSH LOGS",
    ],
)
def test_words_inside_quotes_and_comments_are_not_refused(harmless):
    assert parse(harmless).text == harmless.removesuffix(" /* ; SELECT 2 */")


@given(st.text())
def test_any_text_is_routed_or_refused_with_a_number(sql):
    try:
        code, kind = 0, parse(sql).kind
    except GatewayError as error:
        code, kind = error.code, ""
    assert kind or code in {48, 62}


@given(st.text(), st.text())
def test_a_string_literal_is_one_token_whatever_is_in_it(content, comment):
    quoted = "'" + content.replace("\\", "\\\\").replace("'", "\\'") + "'"
    tokens = [token.text for token in tokenize(f"SELECT {quoted} /*{comment.replace('*', '')}*/ FROM t")]
    assert tokens == ["SELECT", quoted, "FROM", "T"]


def test_a_statement_of_too_many_words_is_refused_with_a_way_out():
    with pytest.raises(GatewayError, match="external table") as raised:
        parse("SELECT " + "1," * 300_000 + "1")
    assert raised.value.code == 168


def test_rows_in_an_insert_may_be_many():
    assert parse("INSERT INTO t VALUES " + "(1)," * 130_000 + "(1)").insert is None
