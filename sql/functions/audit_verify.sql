-- SPDX-License-Identifier: GPL-3.0-or-later
-- Verifies a page of a chain {chain, cursor, limit, head: SEQ:HEX}: {entries, from, head: SEQ:HEX, faults, next}. What concerns the
-- chain as a whole is looked at with the first page. For officers and operators: it shows numbers and no content.
CREATE OR REPLACE FUNCTION api.audit_verify(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    origin record;
    after bigint;
    faults jsonb := '[]';
    page jsonb;
BEGIN
    PERFORM dsr.audit_enter(p ->> 'chain');
    IF p ->> 'head' !~ '^[1-9][0-9]{0,17}:[0-9a-f]{64}$' THEN
        PERFORM dsr.raise_error('422', 'head',
                                'head must be a number, a colon and 64 hexadecimal digits, as the log and the officers'' mail have it.');
    ELSIF p ->> 'cursor' !~ '^[0-9]{1,18}$' THEN
        PERFORM dsr.raise_error('422', 'cursor', 'This is no cursor of an earlier page.');
    END IF;
    SELECT * INTO origin FROM dsr.audit_origin();
    after := greatest((p ->> 'cursor')::bigint, origin.seq); -- what lies before may have been taken away since the page before
    IF p ->> 'cursor' IS NULL THEN
        faults := dsr.audit_compare(split_part(p ->> 'head', ':', 1)::bigint, decode(split_part(p ->> 'head', ':', 2), 'hex'));
    END IF;
    page := dsr.audit_walk(after, (p ->> 'limit')::int);
    RETURN json_build_object('entries', page -> 'entries', 'from', origin.seq + 1, 'head', dsr.audit_head_text(),
                             'faults', faults || (page -> 'faults'),
                             'next', CASE WHEN NOT (page ->> 'end')::boolean THEN page ->> 'last' END);
END
$function$;

ALTER FUNCTION api.audit_verify(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.audit_verify(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.audit_verify(jsonb) TO dsrd_api;
