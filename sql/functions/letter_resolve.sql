-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a person decides about a letter {id: of its message, as}: that one in doubt was `sent`, or goes out `again`, or that one in doubt or
-- waiting is `dropped`. Audited. DS404, DS409.
CREATE OR REPLACE FUNCTION api.letter_resolve(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    m dsr.message := dsr.message_find(p ->> 'id');
    word text := p ->> 'as';
    l dsr.letter;
BEGIN
    SELECT * INTO m FROM dsr.message WHERE library_id = m.library_id AND id = m.id FOR UPDATE;
    -- Of a chaser the one that may least go out speaks for all.
    SELECT * INTO l FROM dsr.letter k WHERE library_id = m.library_id AND message_id = m.id ORDER BY dsr.letter_barred(k), id LIMIT 1;
    IF l.id IS NULL THEN
        PERFORM dsr.raise_error('409', 'id', 'This mail is no letter to a vendor; `dsr mail retry` sends it again.');
    ELSIF m.state <> 'in_doubt' AND NOT (word = 'dropped' AND m.state IN ('queued', 'leased')) THEN
        PERFORM dsr.raise_error('409', 'id', format('This letter is %s; only one in doubt is decided about, or one that waits dropped.',
                                                CASE l.state WHEN 'approved' THEN 'on its way' ELSE l.state END));
    ELSIF word = 'again' AND dsr.letter_barred(l) IS NOT NULL THEN
        PERFORM dsr.raise_error('409', 'id', dsr.letter_barred(l) || ' It cannot be sent again.');
    ELSIF word = 'again' AND m.bytes IS NULL THEN -- dsr.purge_mails
        PERFORM dsr.raise_error('409', 'id', 'A request that it named was erased meanwhile. It cannot be sent again.');
    END IF;
    UPDATE dsr.message SET state = CASE word WHEN 'sent' THEN 'sent' WHEN 'again' THEN 'queued' ELSE 'cancelled' END,
           bytes = CASE WHEN word = 'again' THEN bytes END, next_at = clock_timestamp(), version = version + 1,
           incarnation = NULL, lease_until = NULL, last_problem = CASE word WHEN 'dropped' THEN 'A person dropped it.' END
     WHERE library_id = m.library_id AND id = m.id;
    IF word = 'sent' THEN -- on the day of the try that is in doubt
        UPDATE dsr.letter SET sent_at = (SELECT max(began_at) FROM dsr.attempt WHERE library_id = m.library_id AND message_id = m.id)
         WHERE library_id = m.library_id AND message_id = m.id;
    END IF;
    PERFORM dsr.letter_follow(m.id);
    IF word = 'again' THEN
        NOTIFY dsr, 'outbox';
    END IF;
    FOR l IN SELECT * FROM dsr.letter WHERE library_id = m.library_id AND message_id = m.id ORDER BY id LOOP
        PERFORM dsr.audit_add('letter_resolve', (SELECT ref FROM dsr.request WHERE library_id = l.library_id AND id = l.request_id),
                              jsonb_build_object('letter', l.id, 'as', word));
    END LOOP;
    RETURN dsr.letter_json(l, false);
END
$function$;

ALTER FUNCTION api.letter_resolve(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.letter_resolve(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.letter_resolve(jsonb) TO dsrd_api;
