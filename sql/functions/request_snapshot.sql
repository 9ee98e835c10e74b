-- SPDX-License-Identifier: GPL-3.0-or-later
-- All that is needed to work out a new request {vendor, subject (alias; null = the caller's own), sent, idempotency, right, homework}: the vendor's
-- document, the subject with the version the write will insist on, and its earlier requests to this vendor. What the homework has already is
-- answered as a call that was done before. DS404 for what is not there.
CREATE OR REPLACE FUNCTION api.request_snapshot(p jsonb) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    slug_found text := dsr.vendor_find(p ->> 'vendor');
    found_subject record;
    replay json := dsr.idempotency_known(p -> 'idempotency');
    there text;
BEGIN
    IF replay IS NOT NULL THEN
        RETURN replay;
    END IF;
    SELECT s.id, s.alias, s.version, s.residence INTO found_subject FROM dsr.subject s
     WHERE s.library_id = dsr.library()
       AND CASE WHEN p ->> 'subject' IS NULL THEN s.id = dsr.my_subject()
                ELSE s.alias = p ->> 'subject' AND (dsr.has_role('staff') OR s.id = dsr.my_subject()) END;
    IF found_subject.id IS NULL AND p ->> 'subject' IS NOT NULL THEN
        PERFORM dsr.raise_error('404', 'subject', format('There is no subject %s. `dsr subject list` shows the aliases.', p ->> 'subject'));
    END IF;
    there := dsr.homework_request(p ->> 'homework', found_subject.id, slug_found, p ->> 'right');
    IF there IS NOT NULL THEN
        RETURN json_build_object('replay', json_build_object('ref', there, 'status', 200));
    END IF;
    RETURN json_build_object(
        'vendor', (SELECT doc FROM dsr.vendor WHERE library_id = dsr.library() AND slug = slug_found),
        'trouble', (SELECT json_object_agg(c.channel, json_build_object('bouncing', c.bouncing, 'on', CASE WHEN c.bouncing THEN c.bounced_on ELSE c.fresh_on END))
                      FROM dsr.vendor_channel c, dsr.library l WHERE c.library_id = dsr.library() AND c.vendor = slug_found AND l.id = c.library_id
                       AND dsr.channel_status(c, dsr.today(), l.stale_days) <> 'ok'),
        'subject', CASE WHEN found_subject.id IS NOT NULL THEN row_to_json(found_subject) END,
        'another', found_subject.id IS NOT NULL AND dsr.filed_for_another(dsr.me(), found_subject.id),
        'authorities', dsr.authorities_of(found_subject.id),
        'asked', CASE WHEN p ->> 'homework' IS NOT NULL THEN dsr.asked_already(found_subject.id, slug_found, p ->> 'right') END,
        'earlier', dsr.earlier_requests(found_subject.id, slug_found, NULL),
        'purged', dsr.purged_requests(slug_found, (p ->> 'sent')::date),
        'library', (SELECT json_build_object('zone', zone, 'due_soon_days', due_soon_days) FROM dsr.library WHERE id = dsr.library()),
        'filer', (SELECT json_build_object('has_email', email IS NOT NULL) FROM dsr.account
                   WHERE library_id = dsr.library() AND id = dsr.me()));
END
$function$;

ALTER FUNCTION api.request_snapshot(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.request_snapshot(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.request_snapshot(jsonb) TO dsrd_api;
