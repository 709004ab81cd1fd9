"""Settings sent with a query hold for that query only; those SET in a session stay."""

from __future__ import annotations

import pytest
from clickhouse_driver.errors import ErrorCodes, ServerException

SETTINGS_AS_TEXT = pytest.mark.since("20.1")  # before, the driver leaves settings out that it knows no type of
SHOW = "SELECT name, value, changed FROM system.settings WHERE name = '{}'"


def value_of(client, name, **options):
    return client.execute(SHOW.format(name), **options)[0][1]


@pytest.mark.parametrize(
    ("name", "sent", "value"),
    [
        ("max_block_size", 142, "142"),
        ("totals_auto_threshold", 1.23, "1.23"),
        ("force_index_by_date", True, "1"),
        ("format_csv_delimiter", "|", "|"),
        ("max_threads", 5, "5"),
    ],
)
def test_a_query_setting_is_applied(client, name, sent, value):
    assert client.execute(SHOW.format(name), settings={name: sent}) == [(name, value, 1)]


def test_a_query_setting_is_gone_with_the_next_query(client):
    before = client.execute(SHOW.format("max_block_size"))
    client.execute("SELECT 1", settings={"max_block_size": 7})
    assert client.execute(SHOW.format("max_block_size")) == before


def test_a_query_setting_gives_way_to_what_the_session_set(client):
    client.execute("SET max_block_size = 100, max_threads = 3")
    assert value_of(client, "max_block_size", settings={"max_block_size": 7}) == "7"
    assert (value_of(client, "max_block_size"), value_of(client, "max_threads")) == ("100", "3")


def test_client_settings_hold_for_all_its_queries_and_query_settings_win(gateway):
    with gateway.client(settings={"max_block_size": 142}) as client:
        assert value_of(client, "max_block_size") == "142"
        assert value_of(client, "max_block_size", settings={"max_block_size": 242}) == "242"
        assert value_of(client, "max_block_size") == "142"


def test_settings_do_not_leak_between_clients(gateway, client):
    client.execute("SET max_block_size = 100")
    with gateway.client() as other:
        assert value_of(other, "max_block_size") != "100"


@pytest.mark.since("20.7")
def test_a_setting_is_read_with_its_type(client):
    client.execute("SET max_block_size = 100")
    assert client.execute("SELECT getSetting('max_block_size')") == [(100,)]


def test_an_unknown_setting_is_passed_over_as_clickhouse_does(client):
    assert value_of(client, "max_block_size", settings={"nope": 1, "max_block_size": 9}) == "9"


@SETTINGS_AS_TEXT
def test_an_unknown_setting_that_is_important_is_refused(gateway):
    with gateway.client(settings_is_important=True) as strict:
        with pytest.raises(ServerException) as raised:
            strict.execute("SELECT 1", settings={"nope": 1})
        assert raised.value.code == ErrorCodes.UNKNOWN_SETTING
        assert strict.execute("SELECT 1") == [(1,)]


@pytest.mark.ours("a server honours them")
@pytest.mark.parametrize("settings", [{"readonly": 1}, {"extremes": 1}])
def test_settings_that_cannot_be_honoured_are_refused(client, settings):
    with pytest.raises(ServerException) as raised:
        client.execute("SELECT 1", settings=settings)
    assert raised.value.code == ErrorCodes.NOT_IMPLEMENTED


def test_a_setting_value_cannot_break_out_of_its_quotes(client):
    hostile = "x', max_block_size = 1, log_comment = '\\"
    assert value_of(client, "format_schema", settings={"format_schema": hostile}) == hostile
    assert value_of(client, "max_block_size") != "1"


def test_a_limit_on_the_result_is_enforced_for_its_query_only(client):
    with pytest.raises(ServerException) as raised:
        client.execute("SELECT number FROM numbers(10)", settings={"max_result_rows": 5})
    assert raised.value.code in {ErrorCodes.TOO_MANY_ROWS_OR_BYTES, ErrorCodes.TOO_MANY_ROWS}
    assert len(client.execute("SELECT number FROM numbers(10)")) == 10


def test_a_time_limit_is_enforced(client):
    with pytest.raises(ServerException) as raised:
        client.execute("SELECT sum(sipHash64(number)) FROM numbers(20000000000)", settings={"max_execution_time": 1})
    assert raised.value.code == ErrorCodes.TIMEOUT_EXCEEDED
