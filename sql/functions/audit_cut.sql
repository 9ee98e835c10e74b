-- SPDX-License-Identifier: GPL-3.0-or-later
-- Takes away the oldest entries of a chain, as far as all of them are from before p_before, p_limit at most, and leaves a checkpoint,
-- and an entry that tells of it, from which verifying goes on. Returns how many went.
CREATE OR REPLACE FUNCTION dsr.audit_cut(p_before timestamptz, p_limit integer) RETURNS integer
    LANGUAGE plpgsql
AS $function$
DECLARE
    origin record;
    through bigint;
    through_hash bytea;
    taken integer;
BEGIN
    PERFORM FROM dsr.audit_head WHERE library_id = dsr.library() FOR UPDATE; -- nobody writes meanwhile, and two purges do not meet
    SELECT * INTO origin FROM dsr.audit_origin();
    SELECT max(seq) INTO through
      FROM (SELECT seq, bool_and(at < p_before) OVER (ORDER BY seq) AS old FROM dsr.audit
             WHERE library_id = dsr.library() AND seq > origin.seq AND seq <= origin.seq + p_limit) e
     WHERE old;
    IF through IS NULL THEN
        RETURN 0;
    END IF;
    SELECT hash INTO through_hash FROM dsr.audit WHERE library_id = dsr.library() AND seq = through;
    PERFORM set_config('dsr.audit_purge', 'yes', true);
    DELETE FROM dsr.audit WHERE library_id = dsr.library() AND seq > origin.seq AND seq <= through;
    GET DIAGNOSTICS taken = ROW_COUNT;
    PERFORM set_config('dsr.audit_purge', '', true);
    INSERT INTO dsr.audit_checkpoint (library_id, seq, hash) VALUES (dsr.library(), through, through_hash);
    PERFORM dsr.audit_add('audit_purge', NULL,
                          jsonb_build_object('through', through, 'hash', encode(through_hash, 'hex'), 'entries', taken));
    RETURN taken;
END
$function$;

ALTER FUNCTION dsr.audit_cut(timestamptz, integer) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.audit_cut(timestamptz, integer) FROM PUBLIC;
