-- SPDX-License-Identifier: GPL-3.0-or-later
-- Makes a vendor a name of another one, to which whoever asks for it is led from now on. Whom it took over itself goes along, so there is
-- never a chain, and what a hold covers of the other one it covers of this one too. False when that was so already.
CREATE OR REPLACE FUNCTION dsr.vendor_merge_into(p_old text, p_into text) RETURNS boolean
    LANGUAGE plpgsql
AS $function$
DECLARE
    target text := (SELECT coalesce(merged_into, slug) FROM dsr.vendor WHERE library_id = dsr.library() AND slug = p_into FOR UPDATE);
BEGIN
    IF target = p_old THEN
        PERFORM dsr.raise_error('422', 'vendor', CASE WHEN p_into = p_old THEN format('%s cannot take over itself.', p_old)
            ELSE format('%s was taken over by %s; `dsr vendor merge %s --undo` takes that back.', p_into, p_old, p_into) END);
    END IF;
    UPDATE dsr.vendor SET merged_into = target, merged_on = dsr.today(), updated_at = clock_timestamp()
     WHERE library_id = dsr.library() AND slug = p_old AND merged_into IS DISTINCT FROM target;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE dsr.vendor SET merged_into = target WHERE library_id = dsr.library() AND merged_into = p_old;
    PERFORM pg_advisory_xact_lock(hashtextextended('dsr.purge', dsr.library())); -- as when a hold is set
    INSERT INTO dsr.hold_target (library_id, hold_id, vendor)
    SELECT t.library_id, t.hold_id, old.slug
      FROM dsr.hold_target t JOIN dsr.hold h ON h.library_id = t.library_id AND h.id = t.hold_id
      JOIN dsr.vendor old ON old.library_id = t.library_id AND old.slug IN (SELECT unnest(dsr.vendor_family(target)))
     WHERE t.library_id = dsr.library() AND t.vendor = target AND dsr.hold_is_in_force(h)
    ON CONFLICT DO NOTHING;
    RETURN true;
END
$function$;

ALTER FUNCTION dsr.vendor_merge_into(text, text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_merge_into(text, text) FROM PUBLIC;
