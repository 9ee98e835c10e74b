-- SPDX-License-Identifier: GPL-3.0-or-later
-- A page of requests {status, overdue, due_within, vendor, law, right, state, mine, subject, homework, sort, limit, cursor}, by keyset: the
-- answer's `next` is the cursor of the page after. The statement is put together from constants of this file only.
CREATE OR REPLACE FUNCTION api.request_list(p jsonb) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    key text := CASE WHEN ltrim(p ->> 'sort', '-') = 'sent' THEN 'r.sort_sent'
                     WHEN ltrim(p ->> 'sort', '-') = 'vendor' THEN 'r.vendor'
                     WHEN ltrim(p ->> 'sort', '-') = 'ref' THEN 'r.ref'
                     WHEN (p ->> 'overdue')::boolean THEN 'r.late_at' -- by what is due, from the index of what is overdue
                     ELSE 'r.sort_due' END;
    descending boolean := p ->> 'sort' LIKE '-%';
    wanted int := (p ->> 'limit')::int;
    after_text text;
    soon int := (SELECT due_soon_days FROM dsr.library WHERE id = dsr.library());
    mine_subject uuid := dsr.my_subject();
    vendor_slugs text[] := CASE WHEN p ->> 'vendor' IS NOT NULL THEN dsr.vendor_family(dsr.vendor_find(p ->> 'vendor')) END;
    condition text := 'r.library_id = $1';
    answer json;
BEGIN
    BEGIN
        after_text := convert_from(decode(p ->> 'cursor', 'hex'), 'UTF8');
    EXCEPTION WHEN OTHERS THEN
        PERFORM dsr.raise_error('422', 'cursor', 'This is no cursor of an earlier page.');
    END;
    IF after_text IS NOT NULL AND after_text !~ '^[^|]+\|[0-9]{1,18}$' THEN
        PERFORM dsr.raise_error('422', 'cursor', 'This is no cursor of an earlier page.');
    END IF;
    IF (p ->> 'overdue')::boolean THEN
        condition := condition || ' AND r.state = ''open'' AND NOT r.answered AND NOT r.paused AND r.late_at <= now()';
    END IF;
    IF NOT dsr.sees_all() THEN
        condition := condition || ' AND r.subject_id = $4';
    ELSIF (p ->> 'mine')::boolean THEN
        condition := condition || ' AND (r.filer = $3 OR r.subject_id = $4)';
    END IF;
    IF cardinality(vendor_slugs) = 1 THEN
        condition := condition || ' AND r.vendor = $5[1]';
    ELSIF vendor_slugs IS NOT NULL THEN -- it took others over
        condition := condition || ' AND r.vendor = ANY ($5)';
    END IF;
    IF p ? 'due_within' THEN
        condition := condition || ' AND r.state = ''open'' AND NOT r.answered AND r.sort_due <= (now() AT TIME ZONE r.zone)::date + ($2 ->> ''due_within'')::int';
    END IF;
    IF p ? 'law' THEN condition := condition || ' AND r.law = $2 ->> ''law'''; END IF;
    IF p ? 'right' THEN condition := condition || ' AND r."right" = $2 ->> ''right'''; END IF;
    IF p ? 'state' THEN condition := condition || ' AND r.state = $2 ->> ''state'''; END IF;
    IF p ? 'homework' THEN condition := condition || ' AND r.homework = $2 ->> ''homework'''; END IF;
    IF p ? 'status' THEN condition := condition || ' AND dsr.status_of(r, now(), $6) = $2 ->> ''status'''; END IF;
    IF p ? 'subject' THEN
        IF NOT EXISTS (SELECT FROM dsr.subject WHERE library_id = dsr.library() AND alias = p ->> 'subject'
                          AND (dsr.sees_all() OR id = mine_subject)) THEN
            PERFORM dsr.raise_error('404', 'subject', format('There is no subject %s; `dsr subject list` shows them.', p ->> 'subject'));
        END IF;
        condition := condition || ' AND r.subject_id = (SELECT s.id FROM dsr.subject s WHERE s.library_id = $1 AND s.alias = $2 ->> ''subject'')';
    END IF;
    IF after_text IS NOT NULL THEN
        condition := condition || format(' AND (%s, r.id) %s (split_part($7, ''|'', 1)::%s, split_part($7, ''|'', 2)::bigint)', key,
            CASE WHEN descending THEN '<' ELSE '>' END,
            CASE key WHEN 'r.late_at' THEN 'timestamptz' WHEN 'r.vendor' THEN 'dsr.slug' WHEN 'r.ref' THEN 'text' ELSE 'date' END);
    END IF;
    EXECUTE format($q$
        WITH page AS MATERIALIZED (SELECT r, %1$s AS key, r.id FROM dsr.request r WHERE %2$s ORDER BY %1$s %3$s, r.id %3$s LIMIT $8 + 1),
             shown AS MATERIALIZED (SELECT *, row_number() OVER () AS n FROM page LIMIT $8)
        SELECT json_build_object(
            'requests', coalesce((SELECT json_agg(dsr.request_json(shown.r) ORDER BY n) FROM shown), '[]'),
            'next', CASE WHEN (SELECT count(*) FROM page) > $8 THEN
                (SELECT encode(convert_to(key::text || '|' || id, 'UTF8'), 'hex') FROM shown ORDER BY n DESC LIMIT 1) END) $q$,
        key, condition, CASE WHEN descending THEN 'DESC' ELSE 'ASC' END)
    INTO answer USING dsr.library(), p, dsr.me(), mine_subject, vendor_slugs, soon, after_text, wanted;
    RETURN answer;
EXCEPTION WHEN invalid_datetime_format OR invalid_text_representation OR datetime_field_overflow THEN
    PERFORM dsr.raise_error('422', 'cursor', 'This is no cursor of an earlier page.');
END
$function$;

ALTER FUNCTION api.request_list(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.request_list(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.request_list(jsonb) TO dsrd_api;
