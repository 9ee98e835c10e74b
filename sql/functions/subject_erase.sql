-- SPDX-License-Identifier: GPL-3.0-or-later
-- Erases what is held about a subject, but for what must stay (dsr.must_stay): {"erased": {requests, authorities, mails, person}, "stays":
-- [{what, ref, why, until}]}. It goes as by a purge, tombstones and all. While anything stays, so do the person and its authorities, on
-- which it rests; else the alias is gone too. The caller has taken the lock of the purge, then dsr.gather_wait().
CREATE OR REPLACE FUNCTION dsr.subject_erase(p_subject uuid) RETURNS jsonb
    LANGUAGE plpgsql SET dsr.reach = 'library' -- what it concerns is other people's too: none of it may be overlooked here
AS $function$
DECLARE
    s dsr.subject;
    accounts uuid[] := ARRAY(SELECT id FROM dsr.account WHERE library_id = dsr.library() AND subject_id = p_subject);
    authorities integer := (SELECT count(*) FROM dsr.authority WHERE library_id = dsr.library() AND subject_id = p_subject);
    going bigint[];
    stays jsonb;
    taken jsonb;
    mails integer;
BEGIN
    PERFORM dsr.subject_lock(p_subject);
    -- Who files for this person now waits, and then finds the version changed.
    UPDATE dsr.subject SET version = version + 1 WHERE library_id = dsr.library() AND id = p_subject RETURNING * INTO s;
    SELECT coalesce(array_agg(id) FILTER (WHERE why IS NULL), '{}'),
           coalesce(jsonb_agg(jsonb_build_object('what', 'request', 'ref', ref) || why ORDER BY id) FILTER (WHERE why IS NOT NULL), '[]')
      INTO going, stays
      FROM (SELECT r.id, r.ref, dsr.must_stay(r) AS why FROM dsr.request r WHERE r.library_id = s.library_id AND r.subject_id = s.id) asked;
    taken := dsr.purge_requests(going);
    PERFORM dsr.purge_subjects(ARRAY[s.id]); -- also when there was no request
    -- Mails to the person that tell of nothing which stays, such as tests.
    DELETE FROM dsr.message m
     WHERE m.library_id = s.library_id AND NOT m.digest AND m.audit_after IS NULL AND m.state <> 'sending'
       AND (m.recipient_id = s.id OR m.recipient_id = ANY (accounts) OR m.address_hash = s.email_hash)
       AND NOT EXISTS (SELECT FROM dsr.reminder d WHERE d.library_id = m.library_id AND d.message_id = m.id)
       AND NOT EXISTS (SELECT FROM dsr.letter l WHERE l.library_id = m.library_id AND l.message_id = m.id);
    GET DIAGNOSTICS mails = ROW_COUNT;
    mails := mails + (taken -> 'mails')::int;
    IF EXISTS (SELECT FROM dsr.subject WHERE library_id = s.library_id AND id = s.id) THEN
        RETURN jsonb_build_object('erased', jsonb_build_object('requests', taken -> 'requests', 'mails', mails,
                                                               'authorities', 0, 'person', false),
            'stays', jsonb_build_array(jsonb_build_object('what', 'person', 'ref', s.alias,
                'why', CASE WHEN stays = '[]' THEN 'hold' ELSE 'requests' END,
                'until', CASE WHEN stays = '[]' THEN dsr.subject_held_until(s.id) END)) || stays);
    END IF;
    RETURN jsonb_build_object('stays', stays, 'erased', jsonb_build_object('requests', taken -> 'requests', 'mails', mails,
                                                                           'authorities', authorities, 'person', true));
END
$function$;

ALTER FUNCTION dsr.subject_erase(uuid) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.subject_erase(uuid) FROM PUBLIC;
