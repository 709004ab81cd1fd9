"""Carries out one query of one client and writes its answer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass

from embedded.gateway.blocks import Column, retyped, shape_of, split_blocks
from embedded.gateway.columns import carried
from embedded.gateway.engine import Engine
from embedded.gateway.errors import QUERY_WAS_CANCELLED, GatewayError
from embedded.gateway.external import receive_tables, visible
from embedded.gateway.insert import Spool, expected_columns, insert_spooled, receive_rows
from embedded.gateway.limits import Limits
from embedded.gateway.link import Link
from embedded.gateway.packets import Answer, Query
from embedded.gateway.progress import ProgressReport
from embedded.gateway.session import Chunk, EngineSession
from embedded.gateway.sql import InsertTarget, Statement, parse
from embedded.gateway.watch import Job, Watcher

# Repeatable without effect, so an empty answer can be queried again for its columns.
_DESCRIPTIVE = frozenset({"SHOW", "DESCRIBE", "DESC", "EXISTS", "EXPLAIN", "CHECK"})


@dataclass(slots=True)
class Result:
    """Totals of what was sent so far."""

    rows: int = 0
    blocks: int = 0
    size: int = 0


class QueryRunner:
    """For one client. Every method leaves the session ready for the next query, or raises FatalError."""

    def __init__(self, link: Link, session: EngineSession, engine: Engine, watcher: Watcher, limits: Limits) -> None:
        self._link = link
        self._answer = Answer(link.writer)
        self._session = session
        self._watcher = watcher
        self._engine = engine
        self._spool = engine.directory.spool
        self._limits = limits

    def run(self, query: Query) -> None:
        """Read what belongs to the query, execute it, answer up to the end of the stream."""
        with ExitStack() as files:
            tables = receive_tables(self._link.reader, self._limits, self._spool, files)
            statement = parse(query.sql)
            inserted = statement.insert.settings if statement.insert else {}
            self._session.apply_settings({**query.settings, **inserted}, query.important | frozenset(inserted))
            with visible(self._session, tables):
                self._dispatch(statement)
        self._answer.end_of_stream()

    def _dispatch(self, statement: Statement) -> None:
        if statement.insert:
            self._insert(statement.insert)
            return
        with self._watcher.watching(self._link, self._session) as job:
            try:
                self._query(statement, job)
            except GatewayError as error:
                # Reading that its own client cancelled ends quietly; a write must never look done when it is not.
                if not (job.cancelled and statement.selects and error.code == QUERY_WAS_CANCELLED):
                    raise

    def _insert(self, target: InsertTarget) -> None:
        self._answer.header(expected_columns(self._session, target))
        self._answer.flush()
        with Spool(self._spool, self._limits) as spool:
            receive_rows(self._link.reader, self._limits, spool)
            with self._watcher.watching(self._link, self._session):
                insert_spooled(self._session, target.table, target.column_list, spool)
            self._answer.progress(written_rows=spool.rows)

    def _query(self, statement: Statement, job: Job) -> None:
        report = ProgressReport(self._answer)
        self._session.report_progress_to(report.show)
        try:
            result = self._stream(statement, job, report) if statement.selects else None
            if result is None:
                result = self._execute(statement)
        finally:
            self._session.report_progress_to(None)
        report.finish()
        self._answer.profile_info(rows=result.rows, blocks=result.blocks, size=result.size)

    def _stream(self, statement: Statement, job: Job, report: ProgressReport) -> Result | None:
        """Send block after block as the engine produces them. None: this statement cannot be streamed."""
        columns = self._zoned_columns(statement)
        chunks = self._session.stream(statement.text)
        if chunks is None:
            return None
        result = Result()
        with closing(chunks):
            for chunk in chunks:
                report.check()
                if job.cancelled:
                    break
                self._send_chunk(chunk, columns, result)
                report.add(chunk)
        if not result.blocks and not job.cancelled:
            self._answer.header(columns or self._columns_of_select(statement.text))
        return result

    def _send_chunk(self, chunk: Chunk, columns: Sequence[Column], result: Result) -> None:
        if not result.blocks:
            self._answer.header(columns or shape_of(chunk.payload, self._limits).columns)
        self._answer.block(
            retyped(chunk.payload, [type_name for _name, type_name in columns]) if columns else chunk.payload
        )
        result.rows += chunk.rows
        result.blocks += 1
        result.size += len(chunk.payload)

    def _zoned_columns(self, statement: Statement) -> list[Column]:
        """The true columns where one is a DateTime with a time zone, which the engine's blocks omit; else none."""
        if not self._engine.zones.may_be_in(statement.mentioned):
            return []
        columns = self._columns_of_select(statement.text)
        if not any(type_name.startswith("DateTime(") for _name, type_name in columns):
            return []
        return [(name, carried(type_name)) for name, type_name in columns]

    def _columns_of_select(self, sql: str) -> list[Column]:
        """The engine writes nothing for an empty result, not even its columns: ask for them."""
        try:
            return [(name, type_name) for name, type_name, *_ in self._session.rows(f"DESCRIBE TABLE ({sql}\n)")]
        except GatewayError:
            return []

    def _execute(self, statement: Statement) -> Result:
        """Statements that answer at once: DDL, SHOW, INSERT … SELECT."""
        try:
            payload = self._session.execute(statement.text)
        finally:
            self._engine.zones.after(statement.kind)
        if statement.assignments:
            self._session.remember_settings(statement.assignments)
        result = Result(size=len(payload))
        for shape, block in split_blocks(payload, self._limits):
            if not result.blocks:
                self._answer.header(shape.columns)
            self._answer.block(block)
            result.rows += shape.rows
            result.blocks += 1
        if not payload and statement.kind in _DESCRIPTIVE:
            self._answer.header(self._columns_of_answer(statement.text))
        return result

    def _columns_of_answer(self, sql: str) -> Sequence[Column]:
        lines = self._session.execute(sql, "TSVWithNamesAndTypes").decode().splitlines()
        return list(zip(lines[0].split("\t"), lines[1].split("\t"), strict=True)) if len(lines) >= 2 else []
