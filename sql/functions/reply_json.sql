-- SPDX-License-Identifier: GPL-3.0-or-later
-- A mail that came, as lists show it.
CREATE OR REPLACE FUNCTION dsr.reply_json(p dsr.reply) RETURNS json
    LANGUAGE plpgsql STABLE
AS $function$
BEGIN RETURN (
SELECT json_build_object('id', p.id, 'came', (p.came_at AT TIME ZONE coalesce(r.zone, l.zone))::date, 'kind', p.kind, 'event', p.event, 'state', p.state, 'ref', r.ref,
           'vendor', coalesce(p.vendor, r.vendor), 'match_by', p.match_by, 'sender_domain', p.sender_domain, 'size', p.size, 'media_types', p.media_types,
           'sha256', encode(p.sha256, 'hex'), 'cut', p.cut, 'has_text', p.text IS NOT NULL, 'recorded', (SELECT e.event FROM dsr.event e
             WHERE e.library_id = p.library_id AND e.request_id = p.request_id AND e.id = p.event_id AND e.voided_at IS NULL))
  FROM dsr.library l LEFT JOIN dsr.request r ON r.library_id = l.id AND r.id = p.request_id
 WHERE l.id = p.library_id
); END
$function$;

ALTER FUNCTION dsr.reply_json(dsr.reply) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.reply_json(dsr.reply) FROM PUBLIC;
