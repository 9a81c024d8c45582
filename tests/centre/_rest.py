"""The calls of docs/supabase.md as PostgREST answers them: upserts, updates and reads with simple filters, functions. One
request is one transaction, under the role and claims of its token. Nothing else of PostgREST is here."""
import json
import re
from urllib.parse import parse_qsl, urlsplit

import psycopg2

OPERATORS = {"eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "is": "is"}
NOT_FILTERS = {"select", "order", "limit", "offset", "columns", "on_conflict"}


class Fault(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.body = status, {"code": code, "message": message, "details": None, "hint": None}


def status_of(sqlstate, anonymous):
    """PostgREST's table (docs: errors)."""
    exact = {"23503": 409, "23505": 409, "25006": 405, "42883": 404, "42P01": 404, "42P17": 500, "53400": 500, "57P01": 503, "P0001": 400,
             "21000": 500, "42501": 401 if anonymous else 403}
    classes = {"08": 503, "09": 500, "0L": 403, "0P": 403, "25": 500, "28": 403, "2D": 500, "38": 500, "39": 500, "3B": 500, "40": 500,
               "53": 503, "54": 500, "55": 500, "57": 500, "58": 500, "F0": 500, "HV": 500, "P0": 500, "XX": 500}
    if sqlstate.startswith("PT") and sqlstate[2:].isdigit():
        return int(sqlstate[2:])
    return exact.get(sqlstate, classes.get(sqlstate[:2], 400))


def name(text):
    return '"' + text.replace('"', '""') + '"'


class Rest:
    def __init__(self, owner):
        """Reads the schema once, as PostgREST does: it does not see tables that come later."""
        with owner() as cursor:
            cursor.execute("""
                select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid)
                from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
                where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')""")
            self.tables = {}
            for table, column, kind, default in cursor.fetchall():
                self.tables.setdefault(table, {})[column] = (kind, default)
            cursor.execute("select proname, proretset, proargnames[1:pronargs] from pg_proc where pronamespace = 'public'::regnamespace")
            self.functions = {row[0]: (row[1], row[2] or []) for row in cursor.fetchall()}

    def handle(self, db, claims, method, path, headers, body):
        """(status, body or None, headers) of a request below /rest/v1/."""
        url = urlsplit(path)
        query = parse_qsl(url.query, keep_blank_values=True)
        prefer = {part.strip() for part in headers.get("Prefer", "").split(",") if part.strip()}
        try:
            build, arguments, one = self.statement(method, url.path.removeprefix("/rest/v1/"), query, prefer, body)
            rows = self.run(db, claims, build, arguments)
        except psycopg2.Error as error:
            code = error.pgcode or "XX000"
            diag = error.diag
            raise Fault(status_of(code, claims["role"] == "anon"), code, diag.message_primary or str(error)) from error
        applied = [("Preference-Applied", ", ".join(sorted(p for p in prefer if p.split("=")[0] in ("resolution", "return", "missing"))))]
        if one or url.path.startswith("/rest/v1/rpc/"):
            return 200, (rows[0][0] if rows else None) if one else [row[0] for row in rows], [("Content-Range", "0-0/*")]
        if method == "GET":
            return 200, [row[0] for row in rows], [("Content-Range", f"0-{len(rows) - 1}/*" if rows else "*/*")]
        full = "return=representation" in prefer
        created = 201 if method == "POST" else 200 if full else 204
        return created, [row[0] for row in rows] if full else None, applied + [("Content-Range", "*/*")]

    @staticmethod
    def run(db, claims, statement, arguments):
        try:
            with db.cursor() as cursor:
                cursor.execute("select set_config('role', %s, true), set_config('request.jwt.claims', %s, true)", [claims["role"], json.dumps(claims)])
                # PostgREST takes the role's settings over; SET LOCAL ROLE alone would not.
                cursor.execute("select set_config(split_part(s, '=', 1), split_part(s, '=', 2), true) from pg_roles, unnest(rolconfig) s where rolname = %s",
                               [claims["role"]])
                cursor.execute(statement, arguments)
                rows = cursor.fetchall() if cursor.description else []
            db.commit()
            return rows
        except BaseException:
            if not db.closed:
                db.rollback()
            raise

    def statement(self, method, target, query, prefer, body):
        if target.startswith("rpc/") and method == "POST":
            return self.call(target.removeprefix("rpc/"), self.parse(body or b"{}"))
        if target not in self.tables:
            raise Fault(404, "PGRST205", f"Could not find the table 'public.{target}' in the schema cache")
        where, values = self.filters(target, query)
        options = dict(query)
        if method == "GET":
            return (*self.read(target, options, where, values), False)
        if method == "POST":
            return (*self.insert(target, options, prefer, self.parse(body)), False)
        if method == "PATCH":
            columns = self.columns(target, options, self.parse(body))
            sets = ", ".join(f"{name(c)} = b.{name(c)}" for c in columns)
            source, arguments = self.source(target, columns, [self.parse(body)], defaults=False)
            return f"update public.{name(target)} t set {sets} from {source}{where} returning to_jsonb(t)", arguments + values, False
        if method == "DELETE":
            return f"delete from public.{name(target)} t{where} returning 1", values, False
        raise Fault(405, "PGRST117", f"Unsupported HTTP method: {method}")

    @staticmethod
    def parse(body):
        try:
            return json.loads(body)
        except ValueError:
            raise Fault(400, "PGRST102", "Empty or invalid json") from None

    def call(self, function, arguments):
        many, known = self.functions.get(function, (False, None))
        if known is None or not set(arguments) <= set(known):
            raise Fault(404, "PGRST202", f"Could not find the function public.{function}({', '.join(arguments)}) in the schema cache")
        named = ", ".join(f"{name(key)} => %s" for key in arguments)
        values = [json.dumps(v) if isinstance(v, (dict, list)) else v for v in arguments.values()]
        return f"select to_jsonb(t) from public.{name(function)}({named}) t", values, not many

    def known(self, table, column):
        if column not in self.tables[table]:
            raise Fault(400, "PGRST204", f"Could not find the '{column}' column of '{table}' in the schema cache")
        return name(column)

    def filters(self, table, query):
        parts, values = [], []
        for key, text in query:
            if key in NOT_FILTERS:
                continue
            operator, _, value = text.partition(".")
            if operator == "in":
                parts.append(f"t.{self.known(table, key)}::text = any (%s)")
                values.append([item.strip('"') for item in value.strip("()").split(",")])
            elif operator == "is" and value in ("null", "true", "false"):
                parts.append(f"t.{self.known(table, key)} is {value}")
            elif operator in OPERATORS:
                parts.append(f"t.{self.known(table, key)} {OPERATORS[operator]} %s")
                values.append(value)
            else:
                raise Fault(400, "PGRST100", f'"failed to parse filter ({text})"')
        return (" where " + " and ".join(parts) if parts else ""), values

    def read(self, table, options, where, values):
        wanted = [c for c in options.get("select", "*").split(",") if c != "*"]
        columns = ", ".join(f"t.{self.known(table, c)}" for c in wanted) or "t.*"
        order = []
        for part in filter(None, options.get("order", "").split(",")):
            column, _, way = part.partition(".")
            order.append(f"t.{self.known(table, column)} {'desc' if way.startswith('desc') else 'asc'}")
        tail = f" order by {', '.join(order)}" if order else ""
        limit = min(int(options.get("limit", 1000)), 1000)
        return f"select to_jsonb(r) from (select {columns} from public.{name(table)} t{where}{tail} limit {limit}) r", values

    def columns(self, table, options, body):
        if "columns" in options:
            columns = [c.strip('"') for c in options["columns"].split(",")]
        else:
            rows = body if isinstance(body, list) else [body]
            columns = list(rows[0]) if rows else []
            if any(set(row) != set(columns) for row in rows):
                raise Fault(400, "PGRST102", "All object keys must match")
        for column in columns:
            self.known(table, column)
        return columns

    def source(self, table, columns, rows, defaults):
        kinds = self.tables[table]
        typed = ", ".join(f"{name(c)} {kinds[c][0]}" for c in columns)
        given = [c for c in columns if defaults and kinds[c][1]]
        base = "jsonb_build_object(" + ", ".join(f"'{c}', {kinds[c][1]}" for c in given) + ")"
        return (f"(select * from jsonb_to_recordset((select coalesce(jsonb_agg({base} || e), '[]') from jsonb_array_elements(%s::jsonb) e)) "
                f"as _ ({typed})) b", [json.dumps(rows)])

    def insert(self, table, options, prefer, body):
        columns = self.columns(table, options, body)
        rows = body if isinstance(body, list) else [body]
        if not rows:
            return f"select 1 from public.{name(table)} where false", []
        listed = ", ".join(name(c) for c in columns)
        source, arguments = self.source(table, columns, rows, defaults="missing=default" in prefer)
        conflict = ""
        key = ", ".join(self.known(table, c) for c in options["on_conflict"].split(",")) if "on_conflict" in options else None
        if key and "resolution=merge-duplicates" in prefer:
            conflict = f" on conflict ({key}) do update set " + ", ".join(f"{name(c)} = excluded.{name(c)}" for c in columns)
        elif key and "resolution=ignore-duplicates" in prefer:
            conflict = f" on conflict ({key}) do nothing"
        answer = "to_jsonb(t)" if "return=representation" in prefer else "1"
        return f"insert into public.{name(table)} as t ({listed}) select {listed} from {source}{conflict} returning {answer}", arguments


def in_words(text):
    """For the log: without anything that looks like a token."""
    return re.sub(r"eyJ[\w.-]+", "eyJ***", text)
